"""The demonstration's database as that of an office at work, with passwords of its own."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from boardreport.models import Office

OWN_PASSWORD = "lantern-quarry-9"


def set_to_work() -> None:
    """What the demonstration waives is waived no longer, and its password opens nothing."""
    Office.objects.update(demonstration=False)
    User.objects.update(password=make_password(OWN_PASSWORD))


def statements() -> tuple[str, ...]:
    """As `set_to_work`, for a copy of the database."""
    return (
        "UPDATE boardreport_office SET demonstration = 0",
        f"UPDATE auth_user SET password = '{make_password(OWN_PASSWORD)}'",
    )
