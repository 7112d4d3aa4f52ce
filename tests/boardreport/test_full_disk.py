"""A full disk: what is published is served all the same, and all goes on when there is room again."""

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from boardreport.accounts.passwords import DEMONSTRATION as PASSWORD
from tests import gunicorn

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.portable,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk"),
]

PUBLISHED = (
    "/2018-19/q2/", "/2018-19/q2/rocu/", "/2018-19/q2/ctu/", "/2018-19/q2/board-paper/",
    "/2018-19/q2/board-paper.pdf", "/2018-19/q2/edition.json", "/quarters/", "/feed/", "/healthz",
)  # fmt: skip


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", place]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    yield place
    subprocess.run(["umount", place], check=True)


def fill(disk: Path) -> Path:
    """Leaves no byte of a disk free; the file in the way."""
    path = disk / "in-the-way"
    with path.open("wb") as file:
        try:
            while True:
                file.write(b"x" * 4096)
                file.flush()
        except OSError:
            pass
    assert os.statvfs(disk).f_bavail == 0
    return path


@pytest.mark.parametrize("when", ["before the start", "while it runs"])
def test_on_a_full_disk_published_pages_are_served(when, disk) -> None:
    database = gunicorn.copy_of_the_database(disk / "board.sqlite3")
    in_the_way = fill(disk) if when == "before the start" else None

    with gunicorn.served(database, workers=2) as address:
        in_the_way = in_the_way or fill(disk)

        def status(path: str) -> int:
            return requests.get(address + path, timeout=60).status_code

        with ThreadPoolExecutor(8) as readers:
            found = list(readers.map(status, PUBLISHED * 3))
        in_the_way.unlink()
        browser = gunicorn.signed_in(address, "member", PASSWORD)
        records = browser.get(f"{address}/2018-19/q2/rocu/disruptions/", timeout=20)

    assert set(found) == {200}
    assert records.status_code == 200


def test_on_a_full_disk_a_session_goes_on(disk) -> None:
    database = gunicorn.copy_of_the_database(disk / "board.sqlite3")

    with gunicorn.served(database, SESSION_RENEWED_EVERY="0") as address:
        browser = gunicorn.signed_in(address, "member", PASSWORD)
        fill(disk)
        statuses = [
            browser.get(f"{address}/2018-19/q2/{page}", timeout=20).status_code
            for page in ("", "rocu/", "rocu/disruptions/")
        ]
        statuses.append(browser.get(f"{address}/quarters/", timeout=20).status_code)

    assert statuses == [200] * 4
