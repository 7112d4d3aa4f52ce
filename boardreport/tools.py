"""The outside programs that a paper needs: how long each may take, and what is said where one fails."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread

LIMIT = 60.0
"""How many seconds an outside program or library may take before it is given up."""


class ToolFailed(Exception):
    """A program or library outside Python is missing or failed; the message gives the remedy."""


@contextmanager
def limited(what: str) -> Iterator[None]:
    """Gives up what takes longer than LIMIT inside: ToolFailed. `what` is such as "The paper".

    It works in the main thread, where workers and commands do all of it: a signal reaches no other.
    """
    if current_thread() is not main_thread():
        yield
        return

    def give_up(*_: object) -> None:
        raise ToolFailed(
            f"{what} was not finished within {LIMIT:g} seconds, and was given up. Try again when this "
            "machine has less to do; if it happens again, report it to those who keep the program."
        )

    before = signal.signal(signal.SIGALRM, give_up)
    # again each second, in case a library swallows the first
    signal.setitimer(signal.ITIMER_REAL, LIMIT, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
