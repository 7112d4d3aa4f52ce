"""What the commands read from their command line."""

from argparse import ArgumentTypeError

from django.contrib.auth.models import User
from django.core.management.base import CommandError

from units.domain import text as texts
from units.domain.quarters import Quarter, UnknownQuarter


def quarter(text: str) -> Quarter:
    """A quarter such as 2018-19-q2; ArgumentTypeError says what one looks like."""
    try:
        return Quarter.parse(text)
    except UnknownQuarter as error:
        raise ArgumentTypeError(str(error)) from error


def line(text: str) -> str:
    """A text on one line, as `units.text` has it; ArgumentTypeError where no output could show it."""
    return _entered(text, lines=False)


def words(text: str) -> str:
    """As `line`, of a text that may have several."""
    return _entered(text, lines=True)


def _entered(text: str, *, lines: bool) -> str:
    text = texts.normalise(text, lines=lines)
    if found := texts.fault(text):
        raise ArgumentTypeError(f"“{texts.legible(text)[:60]}” {found}")
    return text


def active_user(name: str) -> User:
    """The active user of a name; CommandError where there is none."""
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active user “{name}”: name one with --by.")
    return user
