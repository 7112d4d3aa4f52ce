"""Settings from the environment: what is wrong is named, with its remedy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TOP = Path(__file__).resolve().parent.parent
READ = {
    "DATABASE_URL", "SECRET_KEY", "DEBUG", "HTTPS", "ALLOWED_HOSTS", "DJANGO_SETTINGS_MODULE",
    "PROXIES", "OIDC_SERVER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME", "OIDC_SECOND_FACTOR",
    "EMAIL_URL", "BASE_URL", "DEFAULT_FROM_EMAIL", "SCRIPT_NAME",
}  # fmt: skip
KEY = "k" * 50
HOST = {"ALLOWED_HOSTS": "board.example", "SECRET_KEY": KEY}
SINGLE_SIGN_ON = {"OIDC_SERVER": "https://id.example/office", "OIDC_CLIENT_ID": "board"}
SERVER = "postgresql://board:hunter2@db.example:5432/board"


def check(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check` with these variables and none of the tests' own."""
    # a test of the browser in the same process may have allowed what no deployment does
    own = {*READ, "DJANGO_ALLOW_ASYNC_UNSAFE"}
    plain = {name: value for name, value in os.environ.items() if name not in own}
    return subprocess.run(
        [sys.executable, "manage.py", "check", *options],
        cwd=TOP,
        env=plain | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {
            "DEBUG": "off",
            "HTTPS": "on",
            "ALLOWED_HOSTS": "board.example,b.example",
            "SECRET_KEY": KEY,
        },
        {"DATABASE_URL": SERVER, **HOST},
        {"DEBUG": "on", "ALLOWED_HOSTS": "localhost"},
        {
            "EMAIL_URL": "smtp+tls://board:hunter2@mail.example:587",
            "BASE_URL": "https://b.example/",
        },
        {"DATABASE_URL": "sqlite:////tmp/board.sqlite3", **HOST},
        {"SCRIPT_NAME": "/office/board/"},
        {**SINGLE_SIGN_ON, "OIDC_CLIENT_SECRET": "s", "OIDC_SECOND_FACTOR": "on", "PROXIES": "2"},
    ],
)
def test_a_good_environment_passes(environment: dict[str, str]) -> None:
    found = check(**environment)
    assert found.returncode == 0, found.stderr


@pytest.mark.parametrize(
    ("environment", "name", "remedy"),
    [
        (
            {"DATABASE_URL": "postgresql://board:hunter2@db:port/x", "SECRET_KEY": KEY},
            "DATABASE_URL",
            "write postgresql://USER:PASSWORD@HOST:PORT/NAME",
        ),
        (
            {"DATABASE_URL": "mysql://board:hunter2@db/x", "SECRET_KEY": KEY},
            "DATABASE_URL",
            "write postgresql://USER:PASSWORD@HOST:PORT/NAME",
        ),
        (
            {"DATABASE_URL": "board:hunter2@db", "SECRET_KEY": KEY},
            "DATABASE_URL",
            "write postgresql://USER:PASSWORD@HOST:PORT/NAME",
        ),
        ({"DEBUG": "maybe"}, "DEBUG", "write on or off"),
        ({"HTTPS": "443"}, "HTTPS", "write on"),
        (
            {"DATABASE_URL": SERVER, "ALLOWED_HOSTS": "b.example"},
            "SECRET_KEY",
            "a long random text",
        ),
        ({"DATABASE_URL": SERVER, "SECRET_KEY": KEY}, "ALLOWED_HOSTS", "by which readers reach"),
        ({"HTTPS": "on", "SECRET_KEY": KEY}, "ALLOWED_HOSTS", "by which readers reach"),
        ({"HTTPS": "on", "ALLOWED_HOSTS": "b.example"}, "SECRET_KEY", "a long random text"),
        ({"ALLOWED_HOSTS": "b.example"}, "SECRET_KEY", "a long random text"),
        ({"DEBUG": "on", **HOST}, "DEBUG", "set it to off"),
        ({"EMAIL_URL": "pigeon://loft"}, "EMAIL_URL", "write smtp+tls://USER:PASSWORD@HOST:PORT"),
        ({"EMAIL_URL": "smtp://board:hunter2@"}, "EMAIL_URL", "leave it unset for the console"),
        ({"BASE_URL": "board.example"}, "BASE_URL", "such as https://board.example"),
        ({"PROXIES": "many"}, "PROXIES", "write how many proxies stand before"),
        ({"OIDC_SECOND_FACTOR": "ours"}, "OIDC_SECOND_FACTOR", "write on where"),
        ({"OIDC_SERVER": "http://localhost.example"}, "OIDC_SERVER", "beginning with https://"),
        (SINGLE_SIGN_ON, "OIDC_CLIENT_SECRET", "set it to what the identity provider issued"),
        ({"SCRIPT_NAME": "board"}, "SCRIPT_NAME", "such as /board"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY", "set it to at least 50 random characters"),
    ],
)
def test_a_bad_variable_is_named_with_its_remedy(
    environment: dict[str, str], name: str, remedy: str
) -> None:
    found = check(**environment)
    assert found.returncode != 0
    last = found.stderr.strip().splitlines()[-1]
    assert f"The environment variable {name} " in last
    assert remedy in last


@pytest.mark.parametrize(
    "url",
    ["postgresql://board:hunter2@db:port/x", "mysql://board:hunter2@db/x", "board:hunter2@db"],
)
def test_no_complaint_repeats_the_database_password(url: str) -> None:
    found = check(DATABASE_URL=url, SECRET_KEY=KEY)
    assert "hunter2" not in found.stdout + found.stderr


def test_every_server_outside_has_a_limit_of_less_than_a_minute() -> None:
    asked = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        "from allauth.socialaccount.adapter import get_adapter\n"
        "print(settings.MAILERS['default']['OPTIONS']['timeout'],\n"
        "      settings.DATABASES['default']['OPTIONS']['connect_timeout'],\n"
        "      get_adapter().get_requests_session().request.keywords['timeout'])\n"
    )
    environment = {
        "DATABASE_URL": SERVER,
        "SECRET_KEY": KEY,
        "ALLOWED_HOSTS": "board.example",
        "EMAIL_URL": "smtp+tls://board:hunter2@mail.example:587",
        "DJANGO_SETTINGS_MODULE": "boardreport.settings",
    }

    told = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=TOP,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert [0 < int(seconds) < 60 for seconds in told.split()] == [True] * 3


IN_SERVICE = {
    "DATABASE_URL": SERVER,
    "SECRET_KEY": "uHb3-fXq9_Zr7LwK2vPd8TnYc5MgJs1RaEoV6iBxUkQy4WlDhStG0zNpCmFe",
    "ALLOWED_HOSTS": "board.example",
    "HTTPS": "on",
    "DEBUG": "off",
    "BASE_URL": "https://board.example",
    "EMAIL_URL": "smtp+tls://board:hunter2@mail.example:587",
    "DEFAULT_FROM_EMAIL": "board@office.example",
    "PROXIES": "1",
}


@pytest.mark.parametrize("more", [{}, {**SINGLE_SIGN_ON, "OIDC_CLIENT_SECRET": "s"}])
def test_a_deployment_as_the_readme_describes_it_gives_no_cause_for_warnings(more) -> None:
    found = check("--deploy", "--fail-level", "DEBUG", **IN_SERVICE, **more)

    assert found.returncode == 0, found.stderr
    assert "WARNINGS" not in found.stderr
    assert found.stderr == ""


def test_every_variable_of_the_deployment_is_in_the_readme() -> None:
    readme = (TOP / "README.md").read_text()

    assert not [name for name in IN_SERVICE if f"| `{name}`" not in readme]
