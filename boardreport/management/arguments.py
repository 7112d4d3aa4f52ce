"""What the commands read from their command line."""

from argparse import ArgumentTypeError

from django.contrib.auth.models import User
from django.core.management.base import CommandError

from units.quarters import Quarter, UnknownQuarter


def quarter(text: str) -> Quarter:
    """A quarter such as 2018-19-q2; ArgumentTypeError says what one looks like."""
    try:
        return Quarter.parse(text)
    except UnknownQuarter as error:
        raise ArgumentTypeError(str(error)) from error


def active_user(name: str) -> User:
    """The active user of a name; CommandError where there is none."""
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active user “{name}”: name one with --by.")
    return user
