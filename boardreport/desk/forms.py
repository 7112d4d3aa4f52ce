"""The editor of commentary in the admin: a form, and a text field with live figures and a preview."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from boardreport.desk import commentary
from boardreport.models import Office, PaperSection
from boardreport.names import known_parts
from units.domain.quarters import Quarter

BEFORE = "Before the first part"


class UnitsField(forms.MultipleChoiceField):
    """Units to tick, kept as their keys with spaces between them."""

    def prepare_value(self, value: Any) -> Any:
        return value.split() if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        return " ".join(super().clean(self.prepare_value(value)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), self.prepare_value(data))


class CommentaryEditor(AdminTextareaWidget):
    """A text field beside the live figures of a quarter, over a preview as page and as paper."""

    class Media:
        css = {"all": ("commentary.css",)}  # noqa: RUF012
        js = (forms.Script("commentary.js", defer=True),)

    def __init__(self, quarter: Quarter | None, *, marking: str, restricted: bool) -> None:
        super().__init__({"rows": 12, "class": "commentary__area"})
        self.quarter = quarter
        self.release = {"marking": marking, "restricted": restricted}

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        quarter = self.quarter
        named = commentary.named(quarter) if quarter else None
        preview = commentary.preview(str(value), named, **self.release) if named and value else None
        return render_to_string(
            "admin/commentary_editor.html",
            {
                "field": super().render(name, value, attrs, renderer),
                "quarter": quarter,
                "offered": named.offered() if named else (),
                "preview": preview,
                "address": reverse("admin:boardreport_paragraph_preview"),
            },
        )


class ParagraphForm(forms.ModelForm):
    """A paragraph: its part is one of its section's, its place may be left empty.

    The admin gives the model and the fields.
    """

    part = forms.ChoiceField(
        required=False,
        help_text="The part of a unit’s section in which it stands; other sections have none.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        section = self._section()
        if "part" in self.fields:
            self.fields["part"].choices = _parts(section)
        if "order" in self.fields:
            self.fields["order"].required = False
        if "text" in self.fields:
            self.fields["text"].widget = CommentaryEditor(
                commentary.quarter_of(section.pk if section else None),
                marking=self.data.get("marking", self.instance.marking),
                restricted=bool(self.data.get("restriction", self.instance.restriction)),
            )

    def _section(self) -> PaperSection | None:
        given = self.data.get("section") if self.is_bound else self.initial.get("section")
        key = str(given or self.instance.section_id or "")
        return PaperSection.objects.filter(pk=key).first() if key.isdigit() else None

    def clean_order(self) -> int:
        """The place given; without one the last of the section."""
        order = self.cleaned_data["order"]
        if order is not None:
            return order
        section = self._section()
        return section.paragraphs.exclude(pk=self.instance.pk).count() + 1 if section else 1


def _parts(section: PaperSection | None) -> list[Any]:
    """The parts of a section; of every unit's, each under its heading, while there is no section."""
    if section is not None:
        return [("", BEFORE), *known_parts(section.kind).items()]
    return [
        ("", BEFORE),
        *((unit.heading, list(unit.parts.items())) for unit in Office.current().units),
    ]
