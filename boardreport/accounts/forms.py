"""The forms of second factors, with limits on attempts."""

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm

from boardreport.accounts import attempts
from units.records.fields import TextFormField


class _Limited:
    """A form for a code, within our limits."""

    def clean_code(self) -> str:
        tried = attempts.attempt(context.request, self.user.get_username(), of="code")
        if tried is None:
            raise get_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()
        tried.succeeded()
        return code


class CodeForm(_Limited, AuthenticateForm):
    """The code at sign-in."""


class CodeAgainForm(_Limited, ReauthenticateForm):
    """The code before something of the account is changed."""


class NewKeyForm(AddWebAuthnForm):
    """A new security key, under a name of its holder's."""

    name = TextFormField(required=False)


class KeyForm(EditWebAuthnForm):
    """Another name for a security key."""

    name = TextFormField()
