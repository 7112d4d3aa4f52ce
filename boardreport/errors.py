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

    It is the processor's time that counts, since a machine may be busy with other work: three times as
    much passes at most. It works in the main thread, where workers and commands do all of it: a signal
    reaches no other.
    """
    if current_thread() is not main_thread():
        yield
        return

    def give_up(*_: object) -> None:
        raise ToolFailed(
            f"{what} was not finished within {LIMIT:g} seconds of work, and was given up. Try again "
            "when this machine has less to do; if it happens again, report it to those who keep the "
            "program."
        )

    timers = (
        (signal.ITIMER_PROF, signal.SIGPROF, LIMIT),
        (signal.ITIMER_REAL, signal.SIGALRM, 3 * LIMIT),
    )
    before = [signal.signal(number, give_up) for _, number, _ in timers]
    for timer, _, seconds in timers:
        signal.setitimer(timer, seconds, 1)  # again each second, in case a library swallows it
    try:
        yield
    finally:
        for timer, _, _ in timers:
            signal.setitimer(timer, 0)
        for handler, (_, number, _) in zip(before, timers, strict=True):
            signal.signal(number, handler)
