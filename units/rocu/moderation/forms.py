"""What the chair does at a panel: plans it, records who sits, declares interests, puts a claim back,
decides, closes. Each is refused with its remedy where the panel's rules stand against it."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from units.domain.english import (
    capital,
    day_words,
    plural,
    spelled,
)
from units.domain.text import fold
from units.domain.vocabulary import DecisionKind, Impact, Presence
from units.records.fields import TextFormField
from units.rocu.models import (
    AgendaItem,
    Attendance,
    Decision,
    Disruption,
    Interest,
    Panel,
)
from units.rocu.moderation import meetings as panels
from units.rocu.moderation.claim_sheet import Sheet, sheet
from units.rocu.moderation.meetings import Meeting


class Refused(Exception):
    """The panel's rules stand against it: says which one, and the remedy."""


class PlanForm(forms.ModelForm):
    """A panel to come: after every one that has been held, so that decisions keep their order."""

    class Meta:
        model = Panel
        fields = ("date",)
        error_messages: ClassVar = {
            "date": {"unique": "A panel of this date is planned or held already."}
        }
        widgets: ClassVar = {"date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def clean_date(self) -> date:
        day = self.cleaned_data["date"]
        last = Panel.objects.exclude(pk__in=Panel.objects.open().values("pk")).order_by("-date")
        held = last.values_list("date", flat=True).first()
        if held and day < held:
            raise ValidationError(
                f"A panel met on {day_words(held)}. Plan a later one: the latest panel’s decision "
                "on a claim is the one that holds."
            )
        return day


class AttendanceForm(forms.ModelForm):
    """One member: present, or apologies; a row left as it was offered is not recorded."""

    presence = forms.ChoiceField(
        choices=Presence.choices(), widget=forms.RadioSelect, required=False
    )

    class Meta:
        model = Attendance
        fields = ("post", "organisation", "presence")
        widgets: ClassVar = {"organisation": forms.TextInput(attrs={"list": "organisations"})}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("presence") and "presence" not in self.errors and not self.leaving:
            self.add_error("presence", "Say whether this member is present or sends apologies.")
        return values

    @property
    def leaving(self) -> bool:
        """Whether this member is taken off the list."""
        return bool(self.cleaned_data.get("DELETE"))


class AttendanceFormSet(forms.BaseModelFormSet):
    """A panel's members."""

    meeting: Meeting

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Take off the list"

    def clean(self) -> None:
        """Refuses a member twice, and what would belie the interests and decisions on record."""
        leaving = self.deleted_forms
        if Interest.objects.filter(member__in=[one.instance.pk for one in leaving]).exists():
            raise ValidationError(
                "A member who declared an interest stays on the list: remove the interest first."
            )
        seen = set()
        for form in (one for one in self.forms if one not in leaving):
            values = form.cleaned_data
            key = (fold(values.get("post", "")), fold(values.get("organisation", "")))
            if all(key) and key in seen:
                form.add_error("post", "This post of this organisation is listed twice.")
            seen.add(key)
        if not any(one.has_changed() or one.instance.pk for one in self.forms):
            raise ValidationError("Nobody is listed yet: say of each member who is present.")
        present = sum(
            one.cleaned_data.get("presence") == Presence.PRESENT
            for one in self.forms
            if one not in leaving
        )
        if self.meeting.decided and present < self.meeting.quorum:
            raise ValidationError(
                f"This panel has decided claims, for which it needed {spelled(self.meeting.quorum)} "
                f"members: {spelled(present)} would be left."
            )


def attendance(day: date, data: Any = None) -> AttendanceFormSet:
    """The members of a day's panel to edit; a new panel is offered those of the last one."""
    held = Panel.objects.get(date=day)
    present = Attendance.objects.filter(panel=held).order_by("pk")
    offered: list[dict[str, str]] = []
    if not present.exists():
        last = Attendance.objects.filter(panel__date__lt=day).order_by("-panel__date").first()
        if last:
            offered = list(
                Attendance.objects.filter(panel=last.panel_id)
                .order_by("pk")
                .values("post", "organisation")
            )
    kind = forms.modelformset_factory(
        Attendance,
        form=AttendanceForm,
        formset=AttendanceFormSet,
        extra=len(offered) + 2,
        can_delete=True,
        max_num=60,
    )
    rows = kind(data, queryset=present, initial=offered, prefix="members")
    rows.meeting = panels.meeting(day)
    for form in rows.forms:
        form.instance.panel = held
    return rows


@transaction.atomic
def record_attendance(day: date, rows: forms.BaseModelFormSet) -> None:
    """Saves a valid list of members; Refused where the meeting has been closed meanwhile."""
    _still_open(day)
    rows.save()


def organisations() -> tuple[str, ...]:
    """The organisations whose members have sat on panels, to choose from while typing."""
    names = Attendance.objects.order_by("organisation").values_list("organisation", flat=True)
    return tuple(names.distinct())


class InterestForm(forms.Form):
    """An interest that a member declares in a claim of the agenda."""

    member = forms.ChoiceField(error_messages={"required": "Choose the member."})
    claim = forms.ChoiceField(error_messages={"required": "Choose the claim."})
    nature = TextFormField(
        label="What the interest is",
        max_length=200,
        error_messages={"required": "Say what the interest is."},
    )

    def __init__(self, meeting: Meeting, data: Any = None) -> None:
        super().__init__(data)
        self.fields["member"].choices = [
            ("", "Choose a member"),
            *((one.key, one.words) for one in meeting.members),
        ]
        self.fields["claim"].choices = [
            ("", "Choose a claim"),
            *((line.key, f"{line.reference} {line.operation}") for line in meeting.agenda),
        ]


@transaction.atomic
def declare(day: date, values: dict[str, Any]) -> Interest:
    """Records a declared interest; ValidationError by field where it does not fit."""
    interest = Interest(
        member=Attendance.objects.get(pk=values["member"], panel=_still_open(day)),
        disruption=Disruption.objects.get(pk=values["claim"]),
        nature=values["nature"],
    )
    interest.full_clean()
    interest.save()
    return interest


class PutBackForm(forms.Form):
    """A decided claim to be looked at again."""

    reference = TextFormField(
        label="Reference",
        max_length=20,
        error_messages={"required": "Write the claim’s reference, such as D-2018-0871."},
    )
    why = TextFormField(
        label="Why it is looked at again",
        max_length=200,
        error_messages={"required": "Say why the claim is looked at again."},
    )


@transaction.atomic
def put_back(day: date, values: dict[str, Any]) -> AgendaItem:
    """Puts a decided claim on the agenda; ValidationError by field where it does not fit."""
    held = _still_open(day)
    item = AgendaItem(panel=held, disruption=_named(values["reference"]), why=values["why"])
    if Decision.objects.filter(panel=held, disruption=item.disruption).exists():
        raise ValidationError(
            {
                "reference": "This panel has decided this claim: put it back on a later panel’s "
                "agenda."
            }
        )
    try:
        item.full_clean()
    except ValidationError as error:
        raise _renamed(error, disruption="reference") from error
    item.save()
    return item


def _named(reference: str) -> Disruption:
    try:
        return Disruption.objects.select_related("decision").get(folded=fold(reference))
    except Disruption.DoesNotExist:
        raise ValidationError(
            {
                "reference": f"There is no claim “{reference}”. Write a reference such as D-2018-0871."
            }
        ) from None


def _renamed(error: ValidationError, **names: str) -> ValidationError:
    """The error with its messages at the fields that the form calls otherwise."""
    told = {names.get(key, key): messages for key, messages in error.message_dict.items()}
    return ValidationError(told)


@transaction.atomic
def remove(day: date, *, interest: str = "", item: str = "") -> None:
    """Takes back a declared interest, or a claim put back that is not decided, of an open meeting."""
    held = _still_open(day)
    rows: Sequence[Any] = ()
    if interest.isdecimal():
        rows = Interest.objects.filter(pk=interest, member__panel=held)
    elif item.isdecimal():
        rows = AgendaItem.objects.filter(disruption=item, panel=held).exclude(
            disruption__decisions__panel=held
        )
    for row in rows:
        row.delete()


class DecisionForm(forms.Form):
    """A panel's decision on the claim of a sheet; nothing is chosen beforehand."""

    kind = forms.ChoiceField(
        label="Decision",
        choices=DecisionKind.choices(),
        error_messages={"required": "Choose what the panel decides."},
    )
    impact = forms.ChoiceField(label="Regrade to", choices=Impact.choices(), required=False)
    duplicate_of = TextFormField(label="Duplicate of", max_length=20, required=False)
    reason = TextFormField(label="Reason", required=False, max_length=4000, widget=forms.Textarea)
    seen = forms.IntegerField()

    def __init__(self, read: Sheet, by: User, data: Any = None) -> None:
        super().__init__(data)
        self.sheet, self.by = read, by

    def clean(self) -> dict[str, Any]:
        """As Django's, with the model's own refusals at the fields that they are about."""
        values = super().clean() or {}
        kind = values.get("kind")
        if kind == DecisionKind.DUPLICATE and not values.get("duplicate_of", "").strip():
            self.add_error("duplicate_of", "Write the reference of the claim that this repeats.")
        if kind and not self.errors:
            try:
                self.decision().full_clean(exclude=["panel", "disruption", "decided_by"])
            except ValidationError as error:
                for name, messages in _renamed(
                    error, reference="duplicate_of"
                ).message_dict.items():
                    self.add_error(name if name in self.fields else None, messages)
        return values

    def decision(self) -> Decision:
        """The decision that a form without errors describes, unsaved."""
        values = self.cleaned_data
        kind = values["kind"]
        claim = Disruption.objects.get(pk=self.sheet.line.key)
        impact = ""
        if kind == DecisionKind.ACCEPTED:
            impact = claim.claimed_impact
        elif kind == DecisionKind.REGRADED:
            impact = values["impact"]
        of = _named(values["duplicate_of"]) if kind == DecisionKind.DUPLICATE else None
        return Decision(
            panel=Panel.objects.get(date=self.sheet.meeting.day),
            disruption=claim,
            kind=kind,
            impact=impact,
            reason=values["reason"],
            duplicate_of=of,
            decided_by=self.by,
        )

    @property
    def words(self) -> str:
        """The decision as its minutes will tell it."""
        return panels.decided(self.decision()).words


@transaction.atomic
def decide(form: DecisionForm) -> Decision:
    """Records a valid form's decision.

    Everything is looked at again while panel and claim are locked: Refused where another chair was
    quicker, the claim has changed since it was read, or the panel's rules stand against it.
    """
    day, line = form.sheet.meeting.day, form.sheet.line
    Panel.objects.select_for_update().get(date=day)
    Disruption.objects.select_for_update().get(pk=line.key)
    now = sheet(day, line.key, user=form.by)
    told = now.line.decided
    if told:
        raise Refused(
            f"{line.reference} was decided while you were reading it: {told.words}"
            f"{f', recorded by {told.by}' if told.by else ''}. Your decision was not recorded."
        )
    if refusal := now.meeting.refusal(now.line, form.by.pk, form.cleaned_data["kind"]):
        raise Refused(refusal)
    if now.seen != form.cleaned_data["seen"]:
        raise Refused(
            f"{line.reference} was changed while you were reading it. It is shown as it stands now: "
            "read it again, then record the decision."
        )
    decision = form.decision()
    decision.full_clean()
    decision.save()
    return decision


@transaction.atomic
def close(day: date, *, by: User) -> None:
    """Closes a meeting: its minutes are final from then on.

    Refused while a claim is undecided, unless there was no quorum and so nothing could be decided.
    """
    held = _still_open(day)
    now = panels.meeting(day)
    if now.before:
        raise Refused(f"The Panel of {day_words(now.before)} is still open: close it first.")
    left = len(now.undecided)
    if left and (now.quorate or now.decided):
        raise Refused(
            f"{capital(spelled(left))} {plural(left, 'claim')} {'is' if left == 1 else 'are'} "
            "still undecided: decide or defer each before you close the meeting."
        )
    held.closed_at, held.closed_by = timezone.now(), by
    held.save()


def _still_open(day: date) -> Panel:
    held = Panel.objects.select_for_update().get(date=day)
    if held.closed_at or not Panel.objects.open().filter(pk=held.pk).exists():
        raise Refused(f"The {held} is closed and its minutes are final.")
    return held
