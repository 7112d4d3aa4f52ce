"""Accounts in the admin: people, the groups that give them their rights, a lost second factor."""

from collections.abc import Sequence
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from boardreport.accounts.second_factor import reset_second_factor
from units.domain.text import fold
from units.records.fields import TextFormField, entered

admin.site.unregister((User, Group))
# secrets and bindings of sign-in are nobody's to read or to edit
admin.site.unregister((Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken))


class NamedForm:
    """A form that gives a user name, which copies and histories bear: no two look alike."""

    def clean_username(self: Any) -> str:
        name = entered(self.cleaned_data["username"], lines=False)
        others = User.objects.exclude(pk=self.instance.pk).values_list("username", flat=True)
        for other in others:
            if fold(other) == fold(name):
                raise ValidationError(
                    f"“{name}” looks like “{other}”, which is another user: choose a name that "
                    "no one takes for it."
                )
        return name


class NewPersonForm(NamedForm, AdminUserCreationForm):
    """A new account."""


class PersonForm(NamedForm, UserChangeForm):
    """An account that is there."""


@admin.register(User)
class PersonAdmin(UserAdmin):
    """People and their groups. Rights come by groups alone; superusers are the command line's."""

    form = PersonForm
    add_form = NewPersonForm
    formfield_overrides = {models.CharField: {"form_class": TextFormField}}  # noqa: RUF012
    list_display = ("username", "first_name", "last_name", "email", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    filter_horizontal = ("groups",)
    readonly_fields = ("last_login", "date_joined")
    actions = ("reset_factors",)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Rights", {"fields": ("is_active", "groups")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": (
                    "username", "first_name", "last_name", "email", "groups",
                    "usable_password", "password1", "password2",
                )
            },
        ),
    )  # fmt: skip

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a superuser changes a superuser, whose rights an administrator could take over."""
        return super().has_change_permission(request, obj) and _within_reach(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As changing."""
        return super().has_delete_permission(request, obj) and _within_reach(request, obj)

    @admin.action(description="Reset the second factor of selected users", permissions=["change"])
    def reset_factors(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """For whoever lost app and key: confirmed, logged, and signed out everywhere."""
        people = [one for one in queryset if _within_reach(request, one)]
        if "confirmed" not in request.POST:
            return TemplateResponse(
                request,
                "admin/auth/user/reset_factors.html",
                {
                    **self.admin_site.each_context(request),
                    "title": "Reset the second factor?",
                    "opts": self.opts,
                    "people": people,
                    "beyond": len(queryset) - len(people),
                },
            )
        for person in people:
            reset_second_factor(person)
            self.log_change(request, person, "Second factor reset.")
        names = ", ".join(person.get_username() for person in people)
        messages.success(
            request, f"Reset for {names or 'nobody'}: they set up another on signing in."
        )
        return None


def _within_reach(request: HttpRequest, person: User | None) -> bool:
    return person is None or not person.is_superuser or request.user.is_superuser


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """The five groups with their rights, to be looked at: these follow from the records' models."""

    fields: Sequence[str] = ("name", "members", "permissions")
    readonly_fields = ("members",)

    @admin.display(description="members")
    def members(self, group: Group) -> str:
        """Who is in a group, by user name."""
        return ", ".join(group.user_set.order_by("username").values_list("username", flat=True))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
