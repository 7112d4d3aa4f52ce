"""The five groups: who may read, record, moderate, publish. Their rights follow from each model."""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.contrib.contenttypes.models import ContentType

from units.terms import Term


class Role(Term):
    """A group of users; the value is the group's name."""

    MEMBER = "Board member", "board member"
    OFFICER = "Policy officer", "policy officer"
    CHAIR = "Moderation panel chair", "moderation panel chair"
    APPROVER = "Approver", "approver"
    ADMINISTRATOR = "Administrator", "administrator"


READ_RESTRICTED = frozenset({Role.MEMBER, Role.OFFICER, Role.APPROVER})
READ_RECORDS = frozenset({Role.MEMBER, Role.OFFICER, Role.APPROVER})
READ_DRAFTS = frozenset({Role.OFFICER, Role.APPROVER})
READ_PANELS = frozenset({Role.OFFICER, Role.CHAIR, Role.APPROVER})
USE_ADMIN = frozenset({Role.OFFICER, Role.CHAIR, Role.APPROVER, Role.ADMINISTRATOR})

LOOK = ("view",)
KEEP = ("view", "add", "change", "delete")


def roles_of(user: User | AnonymousUser) -> frozenset[Role]:
    """The roles a user holds, asked once of a user object; none of an anonymous or inactive one."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if not hasattr(user, "_roles"):
        names = set(user.groups.values_list("name", flat=True))
        user._roles = frozenset(role for role in Role if role.value in names)
    return user._roles


def staff_follows_groups(
    action: str, instance: User | Group, reverse: bool, pk_set: set[int] | None, **_: Any
) -> None:
    """On every change of groups: whoever is in a group that uses the admin may, and nobody else."""
    if not action.startswith("post_"):
        return
    staff = User.objects.filter(groups__name__in=[role.value for role in USE_ADMIN])
    concerned = User.objects.filter(is_superuser=False)
    if not reverse:
        concerned = concerned.filter(pk=instance.pk)
    elif pk_set:
        concerned = concerned.filter(pk__in=pk_set)
    concerned.filter(is_staff=False, pk__in=staff).update(is_staff=True)
    concerned.filter(is_staff=True).exclude(pk__in=staff).update(is_staff=False)
    if isinstance(instance, User):
        instance.__dict__.pop("_roles", None)
        instance.refresh_from_db(fields=["is_staff"])


def grant(sender: AppConfig, **_: Any) -> None:
    """After every migration: the five groups, and each group's rights on the models of one app.

    A model names the role that keeps it (`kept_by`), or None where nobody enters it by hand;
    officers, approvers and chairs may look at all of them. Users and groups are the administrator's.
    """
    create_permissions(sender, verbosity=0)
    groups = {role: Group.objects.get_or_create(name=role.value)[0] for role in Role}
    for model in sender.get_models():
        if sender.label == "auth":
            # the history names users for good: one is made inactive, never deleted
            _allow(groups[Role.ADMINISTRATOR], model, KEEP[:3] if model is User else KEEP)
        elif hasattr(model, "kept_by"):
            for role in (Role.OFFICER, Role.APPROVER, Role.CHAIR):
                _allow(groups[role], model, LOOK)
            if model.kept_by:
                _allow(groups[model.kept_by], model, KEEP)


def _allow(group: Group, model: Any, actions: Iterable[str]) -> None:
    content_type = ContentType.objects.get_for_model(model)
    codenames = [f"{action}_{model._meta.model_name}" for action in actions]
    group.permissions.add(
        *Permission.objects.filter(content_type=content_type, codename__in=codenames)
    )
