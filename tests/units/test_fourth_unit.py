"""A fourth unit is one folder and one line: the board wants no change and no migration for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TOP = Path(__file__).parents[2]


def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of the project as it is with the fourth unit."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {
        "DJANGO_SETTINGS_MODULE": "tests.economic.settings"
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=TOP, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_board_shows_a_fourth_unit_everywhere() -> None:
    ran = manage("test", "tests.economic.checks", "--settings=tests.economic.without_migrations")

    assert ran.returncode == 0, ran.stderr
    assert "Ran 13 tests" in ran.stderr


def test_a_fourth_unit_wants_no_migration_of_the_board() -> None:
    ran = manage("makemigrations", "--check", "--dry-run")

    assert ran.returncode == 0, ran.stdout
    assert "No changes detected" in ran.stdout
