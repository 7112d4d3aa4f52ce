"""The password of the demonstration, which everybody knows, and where it is refused."""

from django.core.exceptions import ValidationError

DEMONSTRATION = "demonstration"


def known_to_everybody(password: str) -> bool:
    """Whether a password is the demonstration's, in whatever case and with whatever signs added."""
    letters = "".join(letter for letter in password.casefold() if letter.isalpha())
    return letters == DEMONSTRATION


class NotTheDemonstrations:
    """A validator of Django's: nobody chooses the demonstration's password."""

    def validate(self, password: str, user: object = None) -> None:
        """ValidationError where everybody knows the password."""
        if known_to_everybody(password):
            raise ValidationError(
                f"“{DEMONSTRATION}” is the password of the demonstration, which everybody knows. "
                "Choose another.",
                code="password_of_the_demonstration",
            )

    def get_help_text(self) -> str:
        return "Your password can’t be that of the demonstration."
