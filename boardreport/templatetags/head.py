"""What the head of every page asks of who reads it."""

from django import template
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from units.rocu.panel import waiting
from units.roles import READ_PANELS, Role, roles_of
from units.wording import plural

register = template.Library()


@register.simple_tag
def panel_link(user: User) -> SafeString:
    """The link to the moderation panel for who reads it; for its chair with how many claims wait."""
    roles = roles_of(user)
    if not roles & READ_PANELS:
        return SafeString()
    told = ""
    if Role.CHAIR in roles:
        number = waiting()
        told = f", {number} {plural(number, 'claim', 'claims')} waiting"
    return format_html('<a href="{}">Panel{}</a>', reverse("panel"), told)
