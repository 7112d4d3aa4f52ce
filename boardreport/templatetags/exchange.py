"""Where an admin list's records are imported and exported."""

from typing import Any

from django import template
from django.urls import reverse

from boardreport.exchange import services
from boardreport.spreadsheets import Format

register = template.Library()


@register.simple_tag(takes_context=True)
def exchange_links(context: Any) -> list[tuple[str, str]]:
    """Label and address of what the reader may do with the list's records; exports keep its filters."""
    request, options = context["request"], context["cl"].opts
    found = services.importer_of(options.app_label, options.model_name)
    if found is None:
        return []
    names = {"app": options.app_label, "model": options.model_name}
    links = []
    if found[1].permits(request.user):
        links.append(("Import", reverse("import", kwargs=names)))
    if not found[1].exported_to(request.user):
        return links
    filters = f"?{request.GET.urlencode()}" if request.GET else ""
    return links + [
        (f"Export {file.label}", reverse("export", kwargs=names | {"file": file.value}) + filters)
        for file in Format
    ]
