"""Settings, read from the environment; with nothing set, the embedded installation on this machine."""

import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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
        chosen["ENGINE"] = "boardreport.sqlite"
        chosen["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    else:
        chosen["CONN_MAX_AGE"] = 60
        chosen["CONN_HEALTH_CHECKS"] = True
        chosen.setdefault("OPTIONS", {}).setdefault("connect_timeout", 10)
    return chosen


def mailer() -> dict[str, Any]:
    """EMAIL_URL, or mail written to the console."""
    url = os.environ.get("EMAIL_URL", "")
    try:
        found = env.email_url_config(url or "consolemail://")
        smtp = found["EMAIL_BACKEND"].endswith(".smtp.EmailBackend")
        if smtp and not found["EMAIL_HOST"]:
            raise ValueError(url)
    except (ValueError, ImproperlyConfigured) as error:
        # the address itself may hold a password and is not repeated
        raise ImproperlyConfigured(
            f"The environment variable EMAIL_URL begins with “{url.split(':', 1)[0]}” and can’t be "
            "read: write smtp+tls://USER:PASSWORD@HOST:PORT, or leave it unset for the console."
        ) from error
    options = {
        "host": found["EMAIL_HOST"],
        "port": found["EMAIL_PORT"],
        "username": found["EMAIL_HOST_USER"],
        "password": found["EMAIL_HOST_PASSWORD"],
        "use_tls": found.get("EMAIL_USE_TLS", False),
        "use_ssl": found.get("EMAIL_USE_SSL", False),
        "timeout": 20,
    }
    told = {name: value for name, value in options.items() if value}
    return {"BACKEND": found["EMAIL_BACKEND"], "OPTIONS": told if smtp else {}}


def site() -> str:
    """BASE_URL: where readers find this installation, for the links in mails and papers.

    Unset, it is the first of ALLOWED_HOSTS.
    """
    host = ALLOWED_HOSTS[0].lstrip(".")
    named = host not in {"localhost", "127.0.0.1", "*"}
    default = f"{'https' if HTTPS else 'http'}://{host}" if named else "http://127.0.0.1:8000"
    url = os.environ.get("BASE_URL", default).rstrip("/")
    if not url.startswith(("http://", "https://")) or len(url.split("/")) > 3:
        raise ImproperlyConfigured(
            f"The environment variable BASE_URL is “{url}”: write the address at which readers open "
            "this installation, such as https://board.example."
        )
    return url


def identity_provider(server: str, name: str) -> list[dict[str, Any]]:
    """The OpenID Connect provider as allauth wants it; none where OIDC_SERVER is unset."""
    if not server:
        return []
    address = urlsplit(server)
    if address.scheme != "https" and address.hostname not in {"localhost", "127.0.0.1"}:
        raise ImproperlyConfigured(
            f"The environment variable OIDC_SERVER is “{server}”: write the identity provider’s "
            "address, beginning with https://."
        )
    missing = [key for key in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET") if not os.environ.get(key)]
    if missing:
        raise ImproperlyConfigured(
            f"The environment variable {missing[0]} is missing: set it to what the identity provider "
            "issued for this installation, or unset OIDC_SERVER."
        )
    return [
        {
            "provider_id": "office",
            "name": name,
            "client_id": os.environ["OIDC_CLIENT_ID"],
            "secret": os.environ["OIDC_CLIENT_SECRET"],
            "settings": {"server_url": server, "oauth_pkce_enabled": True},
        }
    ]


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
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
# In service is whatever has a database of its own, or is reached from elsewhere than this machine.
IN_SERVICE = bool(os.environ.get("DATABASE_URL")) or HTTPS or not set(ALLOWED_HOSTS) <= LOOPBACK
if IN_SERVICE and "ALLOWED_HOSTS" not in os.environ:
    raise ImproperlyConfigured(
        "The environment variable ALLOWED_HOSTS is missing: set it to the names by which readers reach "
        "this installation, separated by commas, or to localhost for this machine alone."
    )
if DEBUG and (HTTPS or not set(ALLOWED_HOSTS) <= LOOPBACK):
    raise ImproperlyConfigured(
        "The environment variable DEBUG is on, and would show records to whoever causes an error: set "
        "it to off where others than this machine reach the pages."
    )
if not ALLOWED_HOSTS or any("/" in host or not host for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        f"The environment variable ALLOWED_HOSTS is “{os.environ.get('ALLOWED_HOSTS')}”: write the "
        "host names alone, without https://, separated by commas."
    )
# The path below which the application is served; a request that names another one is refused.
SCRIPT_NAME = os.environ.get("SCRIPT_NAME", "").rstrip("/")
if SCRIPT_NAME and not re.fullmatch(r"(/[\w.~-]+)+", SCRIPT_NAME):
    raise ImproperlyConfigured(
        f"The environment variable SCRIPT_NAME is “{SCRIPT_NAME}”: write the path below which the "
        "pages are served, such as /board, or leave it unset."
    )
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []
SECRET_KEY = os.environ.get("SECRET_KEY", "")
if not SECRET_KEY:
    if IN_SERVICE:
        raise ImproperlyConfigured(
            "The environment variable SECRET_KEY is missing: set it to a long random text, "
            "the same on every host that shares DATABASE_URL."
        )
    SECRET_KEY = kept_secret_key()
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured(
        "The environment variable SECRET_KEY is too short: set it to at least 50 random characters."
    )
SECRET_KEY_FALLBACKS = setting(
    "SECRET_KEY_FALLBACKS", env.list, [], "write the former keys, separated by commas."
)

INSTALLED_APPS = [
    "boardreport.accounts.apps.EntryConfig",  # django.contrib.admin behind our own door
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
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
    "boardreport.middleware.Checked",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "boardreport.middleware.not_kept",
    "boardreport.accounts.middleware.Sessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "boardreport.accounts.middleware.SecondFactor",
    "simple_history.middleware.HistoryRequestMiddleware",
    "boardreport.publishing.confirm_withdrawal.AskBeforeWithdrawing",
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
    {"NAME": name}
    for name in (
        "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "django.contrib.auth.password_validation.MinimumLengthValidator",
        "django.contrib.auth.password_validation.CommonPasswordValidator",
        "django.contrib.auth.password_validation.NumericPasswordValidator",
        "boardreport.accounts.passwords.NotTheDemonstrations",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

MAILERS = {"default": mailer()}
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "board-report@localhost")
BASE_URL = site()


# Sign-in: accounts are made by the administrator; nobody signs up, and no e-mail is sent.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "boardreport.accounts.adapters.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# a session ends with the browser, after an hour in which nothing is asked for, or after a working day
ACCOUNT_SESSION_REMEMBER = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 60 * 60
SESSION_MOST_AGE = 12 * 60 * 60
SESSION_RENEWED_EVERY = 5 * 60  # so that looking at pages does not write each time
# limits of our own (boardreport.attempts): by these anybody could keep everybody of an office out
ACCOUNT_RATE_LIMITS = {"login": "", "login_failed": ""}
ALLAUTH_TRUSTED_PROXY_COUNT = setting(
    "PROXIES", env.int, 1 if HTTPS else 0, "write how many proxies stand before the application."
)
# Limits count across processes and hosts, so they are kept where all of these can read them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "boardreport_cache",
        # whoever tries many names must not push the limits of others out
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}
MFA_ADAPTER = "boardreport.accounts.adapters.Factors"
MFA_FORMS = {
    "add_webauthn": "boardreport.accounts.forms.NewKeyForm",
    "authenticate": "boardreport.accounts.forms.CodeForm",
    "reauthenticate": "boardreport.accounts.forms.CodeAgainForm",
    "edit_webauthn": "boardreport.accounts.forms.KeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # half a minute, for a telephone whose clock is a little off
MFA_ALLOW_UNVERIFIED_EMAIL = True
# browsers offer security keys on plain HTTP to localhost alone
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# Single sign-on by OpenID Connect, where OIDC_SERVER names the office's identity provider.
OIDC_SERVER = os.environ.get("OIDC_SERVER", "").rstrip("/")
OIDC_NAME = os.environ.get("OIDC_NAME", "single sign-on")
OIDC_SECOND_FACTOR = setting(
    "OIDC_SECOND_FACTOR",
    truth,
    False,
    "write on where the identity provider asks for a second factor itself, else off.",
)
SOCIALACCOUNT_ADAPTER = "boardreport.accounts.adapters.IdentityProvider"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": identity_provider(OIDC_SERVER, OIDC_NAME)}}
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
# a link, not a form: the strict form-action would stop at the identity provider's redirects
SOCIALACCOUNT_LOGIN_ON_GET = True

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "boardreport.formats"

# The most that a file to import may have, uploaded or named on the command line.
IMPORT_MAX_BYTES = 60_000_000

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
# The stylesheet is built by `npm run build`; plotly.js and the paper's font come from npm.
STATICFILES_DIRS = [
    BASE_DIR / "static",
    VAR / "build",
    ("plotly", BASE_DIR / "node_modules" / "plotly.js-basic-dist-min"),
    ("source-sans", BASE_DIR / "node_modules" / "source-sans" / "WOFF2" / "TTF"),
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

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# whether browsers are shipped with the office's domain is for the owner of the domain to ask for
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

# publishing goes on in the background, from a queue in the database: `manage.py db_worker`
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

DJANGO_TABLES2_TEMPLATE = "parts/records_table.html"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "refusals": {
            "()": "django.utils.log.CallbackFilter",
            "callback": "ext://boardreport.middleware.without_traceback",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["refusals"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
