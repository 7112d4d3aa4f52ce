"""Where the disk fills in the middle of publishing, the quarter is a draft as before."""

import os
import resource
import subprocess
import sys

import pytest
from django.db import connection

from boardreport.editions import hash_chain
from boardreport.models import Edition, EditionChart
from tests.boardreport.test_soak import database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SMALL = 300_000
"""Bytes that no file may exceed: less than an edition needs."""


def publish(*, small: bool = False) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [
            sys.executable, "manage.py", "publish", "2018-19-q3", "--by", "approver",
            "--on", "2019-01-21",
        ],
        env=os.environ
        | {"DATABASE_URL": database_url(), "SECRET_KEY": "k" * 50, "ALLOWED_HOSTS": "localhost"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, SMALL)))
        if small
        else None,
    )  # fmt: skip


def test_a_disk_that_fills_leaves_a_draft() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL’s files are its own server’s")
    counts = Edition.objects.count(), EditionChart.objects.count()

    ended = publish(small=True)

    assert ended.returncode == 1
    assert "Nothing was published" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert (Edition.objects.count(), EditionChart.objects.count()) == counts
    hash_chain.verify(quick=True)
    assert publish().returncode == 0
    assert Edition.objects.count() == counts[0] + 2
