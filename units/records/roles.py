"""The five groups in Django's terms: who holds which role, and the permissions that follow from it."""

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.contrib.contenttypes.models import ContentType

from units.domain.rights import (
    KIND_OF,
    TABLE,
    USE_ADMIN,
    Kind,
    Right,
    Role,
    allowed,
)

ACTIONS = {Right.READ: ("view",), Right.ENTER: ("add", "change"), Right.DELETE: ("delete",)}
"""Django's permissions that a right gives in the admin; the others are asked for by our own pages."""


def kind_of(label: str) -> Kind | None:
    """The kind of a model by its label, such as "rocu.panel"; None for what nobody reads by hand.

    A unit's application declares the kinds of its models; a record's history is read with the record.
    """
    app, _, name = label.partition(".")
    config = apps.get_app_config(app)
    if name.startswith("historical"):
        return None
    if hasattr(config, "kinds"):  # a unit’s application
        return config.kinds.get(name, config.kind)
    return KIND_OF.get(label)


def roles_of(user: User | AnonymousUser) -> frozenset[Role]:
    """The roles a user holds, asked once of a user object; none of an anonymous or inactive one."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if not hasattr(user, "_roles"):
        names = set(user.groups.values_list("name", flat=True))
        user._roles = frozenset(role for role in Role if role.value in names)
    return user._roles


def may(user: User | AnonymousUser, right: Right, kind: Kind) -> bool:
    """Whether a user has a right on a kind of record, by the table."""
    return allowed(roles_of(user), right, kind)


def may_with(user: User | AnonymousUser, right: Right, model: Any) -> bool:
    """As `may`, of the records of one model in the admin, where a superuser may everything."""
    kind = kind_of(model._meta.label_lower)
    return bool(user.is_active and user.is_superuser) or (
        kind is not None and may(user, right, kind)
    )


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
    """After every migration: the five groups, each with the table's rights on one app and no others."""
    create_permissions(sender, verbosity=0)
    groups = {role: Group.objects.get_or_create(name=role.value)[0] for role in Role}
    models = ContentType.objects.get_for_models(*sender.get_models(), for_concrete_models=False)
    for role, group in groups.items():
        codenames = {
            (content_type.pk, f"{action}_{model._meta.model_name}")
            for model, content_type in models.items()
            if (kind := kind_of(model._meta.label_lower))
            for right in TABLE[kind].get(role, ())
            for action in ACTIONS.get(right, ())
        }
        here = Permission.objects.filter(content_type__in=models.values())
        granted = [one for one in here if (one.content_type_id, one.codename) in codenames]
        group.permissions.remove(*here.exclude(pk__in=[one.pk for one in granted]))
        group.permissions.add(*granted)
