"""The form that asks for a publication, and what counts as a reason."""

from typing import Any

from django import forms

from boardreport.jobs import JobState
from boardreport.models import (
    Publication,
)
from boardreport.publishing import (
    reasons,
)
from units.records.fields import TextFormField

NOTHING = (JobState.FAILED, JobState.CANCELLED)


class PublishForm(forms.Form):
    """What an approver says to publish: why what blocks is overruled, what a later edition changes."""

    note = TextFormField(
        label="What this edition changes, and why",
        help_text="The public reads it too: name nothing that is withheld.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": "Say in a sentence what it changes."},
    )
    overrule = TextFormField(
        label="Why it is published all the same",
        help_text="Kept with the edition and shown to officers.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": "Give the reason, or mend what holds publishing up."},
    )

    def __init__(self, data: Any, *, again: bool, blocked: bool, last: Publication | None) -> None:
        """What an attempt said that came to nothing need not be written again."""
        came_to_nothing = last and last.state in NOTHING and not last.withdrawn
        said = {"note": last.note, "overrule": last.overrule_reason} if came_to_nothing else {}
        super().__init__(data, initial=said)
        if not again:
            del self.fields["note"]
        if not blocked:
            del self.fields["overrule"]

    def clean_note(self) -> str:
        return self._told("note", reasons.NOTE)

    def clean_overrule(self) -> str:
        return self._told("overrule", reasons.OVERRULE)

    def _told(self, field: str, name: str) -> str:
        reason = str(self.cleaned_data[field])
        if words := reasons.too_little(name, reason):
            raise forms.ValidationError(words)
        return reason
