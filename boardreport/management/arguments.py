"""What the commands read from their command line."""

from argparse import ArgumentTypeError

from units.quarters import Quarter, UnknownQuarter


def quarter(text: str) -> Quarter:
    """A quarter such as 2018-19-q2; ArgumentTypeError says what one looks like."""
    try:
        return Quarter.parse(text)
    except UnknownQuarter as error:
        raise ArgumentTypeError(str(error)) from error
