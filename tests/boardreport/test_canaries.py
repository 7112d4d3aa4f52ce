"""Canaries: what may not be public has a token in every word; no public artefact holds one of them."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date

import pikepdf
import pypdfium2
import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client

from boardreport.models import (
    Action,
    Edition,
    EditionChart,
    Paragraph,
    Recommendation,
)
from boardreport.publishing import publish
from tests.boardreport.forbidden import no_record_read
from tests.boardreport.test_access import ADDRESSES
from units.ctu.models import NationalDemand
from units.cyber.models import FundingBid, Reach
from units.cyber.models import MeasureDefinition as ReachDefinition
from units.domain.quarters import Quarter
from units.domain.vocabulary import (
    DecisionKind,
    Impact,
    Marking,
    RestrictionKind,
)
from units.records.models import Record
from units.rocu.models import (
    Decision,
    Disruption,
    MeasureDefinition,
    Panel,
)

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

Q3 = Quarter(2018, 3)
MEETING = date(2019, 1, 22)
TOKEN = re.compile(rb"zq\d{4}k", re.IGNORECASE)
QUANTITIES = (74_219, 83_617, 91_753, 7_654_321, 987_653)
"""Of national demand, of reach and of a bid: in no public artefact, with commas or without."""

OFFICE_FILES = (
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)

WITH_THE_PAPER = {
    Paragraph: "section__paper__quarter",
    Recommendation: "paper__quarter",
    Action: "paper__quarter",
}
KEPT_FROM_ALL = {
    "boardreport.Paragraph.said",
    "cyber.Activity.participants",
    "cyber.Workstream.in_words",
    "rocu.Decision.reason",
    "rocu.Disruption.evidence",
    "rocu.Disruption.partners",
    "rocu.Disruption.rationale",
    "rocu.OCG.name",
    "rocu.OCG.urn",
    "rocu.Panel.notes",
}
"""Words that no paper prints, restricted or not; nor the court of any record’s restriction."""


class Canaries:
    """The tokens by the field that holds each: "rocu.Disruption.operation_name"."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.records = 0

    def put(self, record: Record, *, restricted: bool) -> None:
        """A token in every text field of a record, which is marked or put under a restriction."""
        for field in record._meta.concrete_fields:
            if field.get_internal_type() in ("CharField", "TextField") and is_text(field, record):
                token = f"Zq{len(self.fields):04d}k"
                self.fields[token.lower()] = f"{record._meta.label}.{field.name}"
                setattr(record, field.name, token)
        record.marking = Marking.OFFICIAL if restricted else Marking.OFFICIAL_SENSITIVE
        if restricted:
            record.restriction = RestrictionKind.values()[0]
            record.restriction_start = date(2018, 10, 1)
            record.restriction_review = date(2030, 1, 1)
        record.save()
        self.records += 1


def is_text(field, record: Record) -> bool:
    """Whether words can be entered in a field; those of a resolution need the resolution."""
    unresolved = field.name == "resolution_words" and not record.resolution
    return field.editable and not field.choices and not unresolved


def candidates(model: type[Record]) -> Iterator[Record]:
    """The records of a model that the paper of the quarter would tell of."""
    rows = model.objects.order_by("-pk")
    names = {field.name for field in model._meta.fields}
    if model in WITH_THE_PAPER:
        path = WITH_THE_PAPER[model]
        yield from rows.filter(**{path: Q3})[:3]
        if model is not Paragraph:
            yield from rows.filter(**{path: Q3.previous})[:2]
        return
    elif model is Disruption:
        yield from rows.filter(moderated_impact=Impact.MAJOR).within((Q3,))[:6]
        return
    elif model is Reach:
        rows = rows.filter(month__range=(Q3.start, Q3.end))
    elif "quarter" in names:
        rows = rows.filter(quarter=Q3)
    elif "year" in names:
        rows = rows.filter(year=Q3.year)
    yield from rows[:2]


@pytest.fixture
def canaries() -> Canaries:
    """Restricted records of every model that the quarter's paper reads, and the quarter published."""
    planted = Canaries()
    models = [one for one in apps.get_models() if issubclass(one, Record) and one is not Decision]
    for model in models:
        for place, record in enumerate(candidates(model)):
            planted.put(record, restricted=bool(place % 2))
    for definition in (
        MeasureDefinition(measure="rocu.disruptions", since_date=Q3.start),
        ReachDefinition(measure="cyber.reach", since_date=Q3.start),
    ):
        planted.put(definition, restricted=False)
    claim = Disruption.objects.within((Q3,)).counted().filter(moderated_impact=Impact.MINOR)[0]
    last = Panel.objects.order_by("-date")[0]
    decision = Decision(
        panel=last, disruption=claim, kind=DecisionKind.REGRADED, impact=Impact.MAJOR
    )
    planted.put(decision, restricted=False)
    odd()
    publish.publish(
        Q3, by=User.objects.get(username="approver"), on=MEETING, overrule="The canaries sing."
    )
    return planted


def odd() -> None:
    """Odd quantities on restricted records."""
    held = {"marking": Marking.OFFICIAL_SENSITIVE}
    demand = NationalDemand.objects.filter(as_of_date__lte=Q3.end).order_by("-as_of_date")[:1]
    investigations, subjects, closed, people, amount = QUANTITIES
    NationalDemand.objects.filter(pk__in=[one.pk for one in demand]).update(
        investigations=investigations, subjects=subjects, closed=closed, **held
    )
    reach = Reach.objects.filter(month__range=(Q3.start, Q3.end)).order_by("-pk")[:1]
    Reach.objects.filter(pk__in=[one.pk for one in reach]).update(people=people, **held)
    bid = FundingBid.objects.order_by("-pk")[:1]
    FundingBid.objects.filter(pk__in=[one.pk for one in bid]).update(amount=amount, **held)


def found_in(data: bytes, planted: Canaries) -> set[str]:
    """The fields whose tokens some bytes hold, and the odd quantities."""
    texts = [data, data.replace(b"\0", b"")]  # UTF-16 as well
    tokens = {match.decode().lower() for text in texts for match in TOKEN.findall(text)}
    found = {planted.fields.get(token, token) for token in tokens}
    for number in QUANTITIES:
        forms = f"{number:,}|{number}"
        if re.search(rf"(?<![\d.])(?:{forms})(?![\d.]*\d)".encode(), data):
            found.add(f"{number:,}")
    return found


def parts_of_pdf(data: bytes) -> Iterator[bytes]:
    """Everything that a PDF holds: its text, strings, streams, metadata and attachments."""
    document = pypdfium2.PdfDocument(data)
    for page in document:
        yield page.get_textpage().get_text_bounded().encode()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        yield str(pdf.docinfo).encode()
        yield str(pdf.open_metadata()).encode()
        for attached in pdf.attachments.values():
            yield attached.get_file().read_bytes()
        for one in pdf.objects:
            if isinstance(one, pikepdf.Stream):
                yield one.read_bytes() if _is_decodable(one) else one.read_raw_bytes()
                yield from strings_of(one.stream_dict)
            else:
                yield from strings_of(one)


def _is_decodable(stream: pikepdf.Stream) -> bool:
    filters = str(stream.get("/Filter", ""))
    return not any(name in filters for name in ("DCT", "JPX", "CCITT", "JBIG2"))


def strings_of(value: pikepdf.Object) -> Iterator[bytes]:
    """The strings of an object, without going into others that it refers to."""
    if isinstance(value, pikepdf.String):
        yield str(value).encode()
    elif isinstance(value, pikepdf.Array | pikepdf.Dictionary):
        inside = value if isinstance(value, pikepdf.Array) else value.values()
        for one in inside:
            if isinstance(one, pikepdf.Object) and not one.is_indirect:
                yield from strings_of(one)


def parts_of(data: bytes, kind: str) -> Iterator[bytes]:
    """What an artefact holds, unpacked as far as it goes."""
    yield data
    if kind == "application/pdf":
        yield from parts_of_pdf(data)
    elif data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for name in package.namelist():
                yield package.read(name)


LINK = re.compile(r'(?:href|src|data-[a-z-]+|action)="(/[^"#]*)', re.IGNORECASE)


def public_addresses() -> set[str]:
    """Every listed address, of the quarter too that holds the canaries; error pages included."""
    listed = {line.address for lines in ADDRESSES.values() for line in lines}
    return listed | {address.replace("/q2/", "/q3/") for address in listed}


def crawled(browser: Client) -> Iterator[tuple[str, bytes, str]]:
    """Every address that the public is told of or may guess, with its bytes and their kind."""
    waiting, seen = [*sorted(public_addresses())], set(public_addresses())
    charts = EditionChart.objects.filter(edition__quarter=Q3, edition__audience="public")
    waiting += [
        f"/2018-19/q3/public-1/charts/{key}/{size}.svg"
        for key, size in charts.values_list("key", "size")
    ]
    while waiting:
        address = waiting.pop()
        if address.startswith("/accounts/oidc"):
            continue  # asks the office's own provider
        answer = browser.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        kind = answer.headers.get("Content-Type", "").split(";")[0]
        yield address, body + str(answer.headers).encode(), kind
        if kind == "text/html" and "/q2/" not in address:
            for link in LINK.findall(body.decode().replace("&amp;", "&")):
                if link not in seen and "/q1/" not in link:
                    seen.add(link)
                    waiting.append(link)


def test_no_public_artefact_holds_a_canary_and_the_restricted_edition_those_it_should(
    canaries,
) -> None:
    assert canaries.records >= 50
    browser, kinds, sung = Client(), set(), {}
    with no_record_read():
        for address, body, kind in crawled(browser):
            kinds.add(kind)
            for part in parts_of(body, kind):
                if found := found_in(part, canaries):
                    sung.setdefault(address, set()).update(found)
    public, restricted = Edition.objects.filter(quarter=Q3).order_by("audience")
    for name, data in (("content", public.content), ("told", public.told.encode())):
        if found := found_in(bytes(data), canaries):
            sung[f"public {name}"] = found
    drawings = "".join(EditionChart.objects.filter(edition=public).values_list("svg", flat=True))
    assert not found_in(drawings.encode(), canaries)

    assert sung == {}
    assert {
        "text/html", "application/pdf", "image/svg+xml", "text/css", "text/javascript", "text/csv",
        "application/json", "application/atom+xml", *OFFICE_FILES,
    } <= kinds  # fmt: skip

    told = found_in(bytes(restricted.content), canaries)
    printed = set().union(*(found_in(one, canaries) for one in parts_of_pdf(bytes(restricted.pdf))))
    kept = {one for one in canaries.fields.values() if one.endswith(".restriction_court")}
    expected = {*canaries.fields.values()} - KEPT_FROM_ALL - kept
    assert expected - told == set()
    assert expected - printed == set()
    assert told - {f"{number:,}" for number in QUANTITIES} <= expected
