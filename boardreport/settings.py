"""Settings, read from the environment; with nothing set, the embedded installation on this machine."""

import os
import secrets
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"

env = environ.Env()


def setting[Kind](name: str, read: Any, default: Kind, remedy: str) -> Kind:
    """An environment variable's value, or its default; ImproperlyConfigured names it and the remedy."""
    try:
        return read(name, default=default)
    except (ValueError, TypeError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(
            f"The environment variable {name} is “{os.environ.get(name)}”: {remedy}"
        ) from error


def truth(name: str, default: bool) -> bool:
    """As env.bool, but a word that is neither yes nor no is refused instead of meaning no."""
    text = os.environ.get(name, str(default)).strip().lower()
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError(text)


def kept_secret_key() -> str:
    """The key of an embedded installation: made once, readable by its owner alone."""
    path = VAR / "secret-key"
    try:
        return path.read_text()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"secret-key.{os.getpid()}")
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(50))
        try:
            # a link is made whole or not at all: two first starts agree on one key
            os.link(unfinished, path)
        except FileExistsError:
            pass
        unfinished.unlink()
        return path.read_text()


def database() -> dict[str, Any]:
    """DATABASE_URL, or the embedded SQLite database."""
    url = os.environ.get("DATABASE_URL", "")
    remedy = (
        "write postgresql://USER:PASSWORD@HOST:PORT/NAME or sqlite:////PATH, "
        "or leave it unset for the embedded database."
    )
    if url and url.split(":", 1)[0] not in {"postgresql", "postgres", "sqlite"}:
        raise ImproperlyConfigured(
            f"The environment variable DATABASE_URL begins with “{url.split(':', 1)[0]}”: {remedy}"
        )
    try:
        chosen: dict[str, Any] = env.db_url_config(url or f"sqlite:///{VAR}/board.sqlite3")
    except (ValueError, ImproperlyConfigured) as error:
        # the address itself may hold a password and is not repeated
        raise ImproperlyConfigured(
            f"The environment variable DATABASE_URL can’t be read: {remedy}"
        ) from error
    if chosen["ENGINE"] == "django.db.backends.sqlite3":
        chosen["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    else:
        chosen["CONN_MAX_AGE"] = 60
        chosen["CONN_HEALTH_CHECKS"] = True
    return chosen


EMBEDDED = not os.environ.get("DATABASE_URL")
DATABASES = {"default": database()}
DEBUG = setting("DEBUG", truth, False, "write on or off.")
HTTPS = setting(
    "HTTPS", truth, False, "write on where a proxy serves the pages by HTTPS, else off."
)
ALLOWED_HOSTS = setting(
    "ALLOWED_HOSTS",
    env.list,
    ["localhost", "127.0.0.1", "[::1]"],
    "write the host names, separated by commas.",
)
if not ALLOWED_HOSTS or any("/" in host or not host for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        f"The environment variable ALLOWED_HOSTS is “{os.environ.get('ALLOWED_HOSTS')}”: write the "
        "host names alone, without https://, separated by commas."
    )
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []
SECRET_KEY = os.environ.get("SECRET_KEY", "")
if not SECRET_KEY:
    if not EMBEDDED:
        raise ImproperlyConfigured(
            "The environment variable SECRET_KEY is missing: set it to a long random text, "
            "the same on every host that shares DATABASE_URL."
        )
    SECRET_KEY = kept_secret_key()
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured(
        "The environment variable SECRET_KEY is too short: set it to at least 32 random characters."
    )

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_filters",
    "django_tables2",
    "simple_history",
    "django_tasks_db",
    "units.ctu",
    "units.rocu",
    "units.cyber",
    "boardreport",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]
ROOT_URLCONF = "boardreport.urls"
WSGI_APPLICATION = "boardreport.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
# The stylesheet is built by `npm run build`; plotly.js comes from its package.
STATICFILES_DIRS = [
    BASE_DIR / "static",
    VAR / "build",
    ("plotly", BASE_DIR / "node_modules" / "plotly.js-basic-dist-min"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Plotly writes an empty style element as it starts; its hash is that of the empty text.
EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF, EMPTY_STYLE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# what was decided or published is not put back by a click in the history
SIMPLE_HISTORY_REVERT_DISABLED = True

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

# publishing goes on in the background, from a queue in the database: `manage.py db_worker`
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

DJANGO_TABLES2_TEMPLATE = "parts/records_table.html"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
