"""What the head of every page asks of who reads it."""

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from boardreport.accounts.middleware import second_factor_owed
from units.domain.english import plural
from units.domain.rights import DECIDE, READ, Kind
from units.records.roles import may
from units.rocu.moderation.meetings import waiting

register = template.Library()


@register.simple_tag(takes_context=True)
def panel_link(context: Context) -> SafeString:
    """The link to the moderation panel for who reads it; for its chair with how many claims wait.

    Nothing while the second factor is owed: a page that does without it tells nothing.
    """
    request = context["request"]
    if not may(request.user, READ, Kind.PANELS) or second_factor_owed(request):
        return SafeString()
    told = ""
    if may(request.user, DECIDE, Kind.PANELS):
        number = waiting()
        told = f", {number} {plural(number, 'claim', 'claims')} waiting"
    return format_html('<a href="{}">Panel{}</a>', reverse("panel"), told)
