"""The moderation panel's pages: officers, approvers and the chair read them, the chair alone acts."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from boardreport.editions import repository
from units.domain.rights import DECIDE, READ, Kind
from units.records.roles import may
from units.rocu.moderation import forms as meetings
from units.rocu.moderation import meetings as panels
from units.rocu.moderation.agreement import agreements
from units.rocu.moderation.claim_sheet import sheet
from units.rocu.moderation.forms import Refused
from units.rocu.moderation.meetings import NotHeld

type View = Callable[..., HttpResponse]


def panel_page(*methods: str) -> Callable[[View], View]:
    """A page for those who may read panels; POST for the chair alone; 404 for everybody else."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            chairs = may(request.user, DECIDE, Kind.PANELS)
            reads = may(request.user, READ, Kind.PANELS)
            if not reads or (request.method == "POST" and not chairs):
                raise Http404
            try:
                return view(request, *args, chairs=chairs, **kwargs)
            except NotHeld as error:
                raise Http404 from error

        return never_cache(require_http_methods([*methods, "HEAD"])(answer))

    return decorate


def chairs_page(view: View) -> View:
    """A page on which the chair acts: nobody else opens it."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, chairs: bool, **kwargs: Any) -> HttpResponse:
        if not chairs:
            raise Http404
        return view(request, *args, **kwargs)

    return panel_page("GET", "POST")(answer)


def _page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    office = repository.office()
    around = {"office": office, "print_marking": "OFFICIAL-SENSITIVE"}
    return render(request, name, {**around, **context})


def _to(name: str, *args: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, args=args))


@panel_page("GET", "POST")
def home(request: HttpRequest, *, chairs: bool) -> HttpResponse:
    """The next meeting with its agenda, those planned and those held; the chair plans one."""
    form = meetings.PlanForm(request.POST or None) if chairs else None
    if request.method == "POST" and form and form.is_valid():
        planned = form.save()
        messages.success(request, f"{planned} is planned.")
        return _to("panel-meeting", planned.date)
    return _page(
        request,
        "panel/home.html",
        meetings=panels.meetings(),
        agreements=agreements(),
        form=form,
        chairs=chairs,
    )


@panel_page("GET")
def meeting(request: HttpRequest, day: date, *, chairs: bool) -> HttpResponse:
    """One meeting: who sits, declared interests, its agenda."""
    return _page(request, "panel/meeting.html", meeting=panels.meeting(day), chairs=chairs)


@panel_page("GET", "POST")
def claim(request: HttpRequest, day: date, key: int, *, chairs: bool) -> HttpResponse:
    """One claim: read, decided, looked over, recorded; then the next one that is undecided."""
    read = sheet(day, key, user=request.user)
    context: dict[str, Any] = {"chairs": chairs, "sheet": read}
    if not chairs:
        return _page(request, "panel/claim.html", **context)
    form = meetings.DecisionForm(read, request.user, request.POST or None)
    context["form"] = form
    if request.method == "GET" or request.POST.get("step") == "change":
        return _page(request, "panel/claim.html", **context)
    try:
        refusal = read.meeting.refusal(read.line, request.user.pk, request.POST.get("kind", ""))
        if refusal and request.POST.get("step") != "record":
            raise Refused(refusal)
        if form.is_valid():
            if request.POST.get("step") != "record":
                return _page(request, "panel/confirm.html", **context)
            decision = meetings.decide(form)
            left = len(read.meeting.undecided) - 1
            messages.success(
                request,
                f"{read.line.reference}: {panels.decided(decision).words}. "
                + (f"{left} left to decide." if left else "Every claim is decided."),
            )
            following = read.meeting.undecided_after(key)
            return _to("panel-claim", day, following) if following else _to("panel-meeting", day)
    except Refused as error:
        context["sheet"] = sheet(day, key, user=request.user)
        context["refused"] = str(error)
    return _page(request, "panel/claim.html", **context)


@chairs_page
def attendance(request: HttpRequest, day: date) -> HttpResponse:
    """Who is present and who sends apologies."""
    held = panels.meeting(day)
    rows = meetings.attendance(day, request.POST or None)
    refused = "" if held.open else f"The {held.words} is closed and its minutes are final."
    if request.method == "POST" and not refused and rows.is_valid():
        try:
            meetings.record_attendance(day, rows)
        except Refused as error:
            refused = str(error)
        else:
            messages.success(request, "Attendance is recorded.")
            return _to("panel-meeting", day)
    return _page(
        request,
        "panel/attendance.html",
        meeting=held,
        rows=rows,
        refused=refused,
        organisations=meetings.organisations(),
    )


@chairs_page
def interests(request: HttpRequest, day: date) -> HttpResponse:
    """Interests declared in claims of the agenda."""
    held = panels.meeting(day)
    adding = request.method == "POST" and "remove" not in request.POST
    form = meetings.InterestForm(held, request.POST if adding else None)
    return _list_page(
        request,
        "panel/interests.html",
        held,
        form,
        save=meetings.declare,
        remove=lambda key: meetings.remove(day, interest=key),
        done="The interest is recorded.",
    )


@chairs_page
def put_back(request: HttpRequest, day: date) -> HttpResponse:
    """Decided claims put back on the agenda, to be corrected or withdrawn."""
    adding = request.method == "POST" and "remove" not in request.POST
    return _list_page(
        request,
        "panel/put_back.html",
        panels.meeting(day),
        meetings.PutBackForm(request.POST if adding else None),
        save=meetings.put_back,
        remove=lambda key: meetings.remove(day, item=key),
        done="The claim is on the agenda.",
    )


def _list_page(
    request: HttpRequest,
    name: str,
    held: panels.Meeting,
    form: Any,
    *,
    save: Callable[[date, dict[str, Any]], Any],
    remove: Callable[[str], None],
    done: str,
) -> HttpResponse:
    """A list of which lines are added and removed while the meeting is open."""
    refused = ""
    try:
        if "remove" in request.POST:
            remove(request.POST["remove"])
            messages.success(request, "Removed.")
            return HttpResponseRedirect(request.path)
        if form.is_valid():
            save(held.day, form.cleaned_data)
            messages.success(request, done)
            return HttpResponseRedirect(request.path)
    except Refused as error:
        refused = str(error)
    except ValidationError as error:
        for field, told in error.message_dict.items():
            form.add_error(field if field in form.fields else None, told)
    return _page(request, name, meeting=held, form=form, refused=refused)


@chairs_page
def close(request: HttpRequest, day: date) -> HttpResponse:
    """Closes a meeting, after a look at what its minutes will hold."""
    refused = ""
    if request.method == "POST":
        try:
            meetings.close(day, by=request.user)
        except Refused as error:
            refused = str(error)
        else:
            messages.success(request, "The meeting is closed. Its minutes are final.")
            return _to("panel-minutes", day)
    return _page(request, "panel/close.html", minutes=panels.minutes(day), refused=refused)


@panel_page("GET")
def minutes(request: HttpRequest, day: date, *, chairs: bool) -> HttpResponse:
    """The minutes, to be printed."""
    return _page(request, "panel/minutes.html", minutes=panels.minutes(day), chairs=chairs)


@panel_page("GET")
def agreement(request: HttpRequest, *, chairs: bool) -> HttpResponse:
    """How far claimed and moderated impact agree, by force."""
    return _page(request, "panel/agreement.html", agreements=agreements(), chairs=chairs)
