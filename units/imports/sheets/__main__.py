"""The process that reads one spreadsheet: from standard input, within limits that the system holds.

Rows go to standard output and the verdict to standard error (see `wire`).
"""

import gc
import os
import resource
import sys
import traceback

import msgspec

from units.imports.sheets import (
    MEMORY,
    OUTPUT,
    SECONDS,
    TOO_COSTLY,
    reading,
    wire,
)


def limit() -> None:
    """Gives this process its limits, before it reads anything."""
    for what, most in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        _, highest = resource.getrlimit(what)
        allowed = most if highest == resource.RLIM_INFINITY else min(most, highest)
        resource.setrlimit(what, (allowed, allowed))


def main() -> None:
    """Reads, and says what came of it."""
    gc.disable()  # nothing here refers to itself, and the process ends soon
    try:
        verdict = reading.read(sys.stdin.buffer, sys.stdout.buffer.write)
        sys.stdout.buffer.flush()
    except (MemoryError, OSError):
        verdict = wire.Verdict(refusal=TOO_COSTLY)
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        verdict = wire.Verdict(crash=f"{type(error).__name__} at {last.filename}:{last.lineno}")
    sys.stderr.buffer.write(msgspec.json.encode(verdict))
    sys.stderr.flush()
    os._exit(0)  # what could not be sent is not tried again


if __name__ == "__main__":
    limit()
    main()
