"""manage.py in a process of a test's own, where it publishes short papers."""

import os
import sys

import django
import pytest
from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "boardreport.settings")
django.setup()  # before anything is imported that wants its models

from tests.short_papers import shorten_papers  # noqa: E402

if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patch:
        shorten_papers(patch)
        execute_from_command_line(sys.argv)
