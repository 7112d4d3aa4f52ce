"""Claiming: the form in which an officer enters a disruption, and what it tells while it is filled."""

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

import msgspec
from django import forms
from django.core.exceptions import ValidationError

from units.bulk import BulkAction
from units.quarters import Quarter
from units.rocu.models import EARLIEST, OCG, Disruption
from units.rocu.queries import LikelyDuplicate, likely_duplicates
from units.terms import DecisionKind, Impact
from units.wording import day_brief

DRAFT = "_draft"
"""The name of the button that saves a draft."""

SHOWN = 5
"""Likely duplicates that are named; the nearest ones."""

QUARTER_UNKNOWN = "It follows from the date of impact."
"""What stands for the quarter while there is no day to tell it from."""


type Publication = Callable[[Quarter], bool]
"""Says whether a quarter has been published."""


class Hints(msgspec.Struct, frozen=True):
    """What follows from a form half filled: default crime type, quarter, late claim, duplicates."""

    crime_type: tuple[int, str] | None
    quarter: str
    late: str
    duplicates: tuple[dict[str, Any], ...]


def quarter_words(day: date | None) -> str:
    """The quarter in which a day's impact counts; "" where the day is no claim's."""
    if day is None or not EARLIEST <= day <= date(2190, 1, 1):
        return ""
    quarter = Quarter.of(day)
    return f"{quarter}, {quarter.months}"


def late_words(day: date | None, is_published: Publication, *, decided: bool = False) -> str:
    """What an officer has to know of a day in a published quarter; "" in any other."""
    if day is None or not quarter_words(day) or not is_published(Quarter.of(day)):
        return ""
    if decided:
        return (
            "This quarter is published. A change of what counts changes the past, and the next "
            "edition will tell it as a revision."
        )
    return (
        "Late claim: this quarter is published. What a panel accepts here changes the past, and "
        "the next edition will tell it as a revision."
    )


def told(found: tuple[LikelyDuplicate, ...]) -> tuple[dict[str, Any], ...]:
    """The nearest likely duplicates in words, with their keys."""
    return tuple(
        {
            "pk": one.pk,
            "words": f"{one.reference} {one.operation_name}, {day_brief(one.date_of_impact)}, "
            f"claimed as {Impact(one.claimed_impact).label}: "
            + ("the same OCG" if one.same_ocg else "the same name"),
        }
        for one in found[:SHOWN]
    )


def hints(
    is_published: Publication, *, ocg: str, day: str, operation_name: str, besides: str
) -> Hints:
    """Hints for a form's values as they were typed; what cannot be read yet gives none."""
    try:
        when = forms.DateField(required=False).clean(day)
    except ValidationError:
        when = None
    group = (
        OCG.objects.select_related("predominant_crime_type").filter(pk=ocg).first()
        if ocg.isdecimal()
        else None
    )
    kind = group and group.predominant_crime_type
    found = likely_duplicates(
        ocg=group.pk if group else None,
        day=when if quarter_words(when) else None,
        operation_name=operation_name,
        besides=int(besides) if besides.isdecimal() else None,
    )
    return Hints(
        crime_type=(kind.pk, str(kind)) if kind else None,
        quarter=quarter_words(when),
        late=late_words(when, is_published),
        duplicates=told(found),
    )


class DisruptionForm(forms.ModelForm):
    """A claim: submitted to the panel, or saved as a draft, which may lack evidence and forces."""

    not_a_duplicate = forms.BooleanField(required=False)

    class Meta:
        model = Disruption
        fields: ClassVar = ["ocg", "crime_type", "forces"]
        help_texts: ClassVar = {
            "crime_type": "Left empty, the OCG’s predominant crime type.",
            "public_summary": "Everyone reads it once the quarter is published, if the record is "
            "OFFICIAL and under no restriction.",
            "restricted_summary": "Board members, policy officers and approvers read it, in the "
            "restricted edition alone.",
            "marking": "OFFICIAL-SENSITIVE keeps operation name and both summaries out of the "
            "public edition. The disruption is counted all the same.",
        }

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.duplicates: tuple[dict[str, Any], ...] = ()
        self.was_draft = self.instance.draft
        new = self.instance.pk is None
        self.as_draft = self.is_bound and DRAFT in self.data and (new or self.was_draft)
        if self.is_bound:
            self.instance.draft = self.as_draft
        if "crime_type" in self.fields:
            self.fields["crime_type"].required = False
        if "forces" in self.fields:
            self.fields["forces"].required = not self.as_draft
        for name in ("evidence", "rationale", "public_summary", "restricted_summary"):
            if name in self.fields:
                self.fields[name].widget.attrs["rows"] = 4

    def clean_reference(self) -> str:
        """A stored claim left without a reference keeps its own."""
        return self.cleaned_data["reference"] or self.initial.get("reference", "")

    def clean(self) -> dict[str, Any]:
        """Gives the OCG's crime type where none is chosen; asks once about likely duplicates."""
        values = super().clean() or {}
        if not values.get("crime_type") and "crime_type" not in self.errors:
            if group := values.get("ocg"):
                values["crime_type"] = group.predominant_crime_type
            else:
                self.add_error(
                    "crime_type", "Choose the crime type, or the OCG whose predominant type it is."
                )
        if not self.errors and self._is_claimed_anew() and not values.get("not_a_duplicate"):
            self._ask_about_duplicates(values)
        return values

    def _is_claimed_anew(self) -> bool:
        if self.as_draft:
            return False
        identity = {"ocg", "date_of_impact", "operation_name"}
        new = self.instance.pk is None or self.was_draft
        return new or bool(identity & set(self.changed_data))

    def _ask_about_duplicates(self, values: dict[str, Any]) -> None:
        group = values.get("ocg")
        found = likely_duplicates(
            ocg=group.pk if group else None,
            day=values.get("date_of_impact"),
            operation_name=values.get("operation_name", ""),
            besides=self.instance.pk,
        )
        if found:
            self.duplicates = told(found)
            self.add_error(
                None, "This may have been claimed already. Nothing is saved yet: look at the "
                "claims below; if it is none of them, tick “It is none of these”.",
            )  # fmt: skip


def state_words(claim: Disruption) -> str:
    """Where a claim stands with the panel: "Draft", "Waiting", "Accepted: major", "Rejected"."""
    if claim.draft:
        return "Draft"
    if claim.decision is None:
        return "Waiting"
    kind = DecisionKind(claim.decision.kind).heading
    return f"{kind}: {claim.moderated_impact}" if claim.moderated_impact else kind


SUBMIT = BulkAction(
    name="submit_to_panel",
    title="Submit drafts to the panel",
    done="submitted to the panel",
    warning="A submitted claim is on the next panel’s agenda, and is shown as pending until the "
    "panel has decided.",
    fields=("draft",),
    fixed={"draft": False},
    words=lambda claim: "draft" if claim.draft else "submitted",
    refusal=lambda claim: "" if claim.forces.all() else "Forces: say which took part.",
    prefetched=("forces",),
    reason="submitted to the panel",
)
