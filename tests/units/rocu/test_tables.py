"""The records page: filters, order and pages, held against plain Python over all records."""

from datetime import UTC, datetime

import pytest
from django.http import QueryDict

from units.domain.english import spelled
from units.domain.quarters import Quarter
from units.domain.vocabulary import COUNTED_IMPACTS, Impact
from units.rocu.models import CrimeType, Disruption
from units.rocu.record_lists.disruptions import PAGE_LENGTH, Listing, listing

pytestmark = pytest.mark.django_db

Q2, Q3 = Quarter(2018, 2), Quarter(2018, 3)
PUBLISHED = datetime(2018, 10, 22, 8, tzinfo=UTC)


def listed(query: str, quarter: Quarter = Q2, as_of: datetime | None = None) -> Listing:
    return listing(quarter, parameters=QueryDict(query), as_of=as_of)


def references(found: Listing) -> list[str]:
    return [row.get_cell_value("reference") for row in found.table.rows]


def every(query: str = "", as_of: datetime | None = None) -> list[str]:
    """The references of all pages, in order."""
    first = listed(query, as_of=as_of)
    pages = -(-first.number // PAGE_LENGTH)
    return [
        reference
        for page in range(1, pages + 1)
        for reference in references(listed(f"{query}&page={page}", as_of=as_of))
    ]


def records(quarter: Quarter = Q2) -> list[Disruption]:
    return [
        row
        for row in Disruption.objects.select_related("crime_type").prefetch_related("forces")
        if quarter.start <= row.date_of_impact <= quarter.end
    ]


def test_all_pages_together_hold_what_the_total_counts_once() -> None:
    shown = every()

    counted = [row.reference for row in records() if row.moderated_impact in COUNTED_IMPACTS]
    assert sorted(shown) == sorted(counted)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("crime_type=Firearms", lambda row: row.crime_type.name == "Firearms"),
        ("impact=major", lambda row: row.moderated_impact == "major"),
        ("lead=nca-led", lambda row: row.lead == "nca-led"),
        ("strand=protect", lambda row: row.strand == "protect"),
        ("force=Warwickshire", lambda row: "Warwickshire" in {f.name for f in row.forces.all()}),
        ("q=thistle", lambda row: "thistle" in row.operation_name.lower()),
        (
            "lead=rocu-led&impact=minor&crime_type=Drug+Activity",
            lambda row: (
                (row.lead, row.moderated_impact, row.crime_type.name)
                == ("rocu-led", "minor", "Drug Activity")
            ),
        ),
    ],
)
@pytest.mark.parametrize("as_of", [None, PUBLISHED], ids=["now", "as published"])
def test_a_filter_shows_just_the_records_it_names(query, wanted, as_of) -> None:
    expected = [
        row.reference
        for row in records()
        if row.moderated_impact in COUNTED_IMPACTS and wanted(row)
    ]

    assert sorted(every(query, as_of)) == sorted(expected)
    assert listed(query, as_of=as_of).number == len(expected)


def test_crime_types_are_offered_from_a_to_z_and_the_search_says_in_what_it_looks() -> None:
    form = listed("").form

    offered = [name for name, _ in form.fields["crime_type"].choices if name]
    assert offered == sorted(CrimeType.objects.values_list("name", flat=True), key=str.casefold)
    assert form["q"].help_text
    assert 'aria-describedby="id_q_helptext"' in str(form["q"])


@pytest.mark.parametrize("sort", ["reference", "-reference", "date_of_impact", "-date_of_impact"])
def test_records_are_in_the_order_asked_for(sort) -> None:
    field = sort.removeprefix("-")
    by_reference = {row.reference: row for row in records()}

    values = [getattr(by_reference[one], field) for one in every(f"sort={sort}")]

    assert values == sorted(values, reverse=sort.startswith("-"))


def test_impacts_sort_by_strength_and_not_by_letter() -> None:
    by_reference = {row.reference: row.moderated_impact for row in records()}

    impacts = [by_reference[one] for one in every("sort=moderated")]

    assert impacts == sorted(impacts, key=list(Impact).index)
    assert len(set(impacts)) == 3


@pytest.mark.parametrize(
    "query", ["lead=mayor-led", "impact=huge", "crime_type=Weather", "state=x", "sort=colour"]
)
def test_an_invalid_filter_says_so_and_shows_nothing(query) -> None:
    found = listed(query)

    assert not found.valid
    assert found.number == 0
    [told] = found.form.errors[query.split("=")[0]]
    assert told.startswith(f"“{query.split('=')[1]}” is no ")
    assert told.endswith(": choose one of the list.")
    assert len(told) < 60


def test_what_is_of_no_or_negative_impact_is_told_apart() -> None:
    found = listed("state=apart")

    assert found.number == sum(row.moderated_impact in ("none", "negative") for row in records())


@pytest.mark.parametrize("impact", ["none", "negative"])
def test_asking_for_no_or_negative_impact_shows_it(impact) -> None:
    found = listed(f"impact={impact}")

    assert found.number == sum(row.moderated_impact == impact for row in records())
    assert f"of {'no' if impact == 'none' else 'negative'} impact" in found.headline


def test_pending_claims_are_listed_in_a_draft_alone() -> None:
    draft = listed("state=pending", Q3)
    published = listed("state=pending", Q3, as_of=datetime(2030, 1, 1, tzinfo=UTC))

    assert draft.number == Disruption.objects.pending().count() > 0
    assert "pending" in draft.headline
    assert not published.valid
    assert published.number == 0


def test_records_of_a_published_quarter_stand_as_they_stood() -> None:
    row = next(row for row in records() if row.moderated_impact == "major")
    row.operation_name = "Operation Renamed"
    row.save()

    assert listed("q=Renamed").number == 1
    assert listed("q=Renamed", as_of=PUBLISHED).number == 0


@pytest.mark.parametrize("asked", ["999", "0", "-1", "junk", "1.5"])
def test_a_page_that_is_not_there_shows_nothing_and_is_named(asked) -> None:
    found = listed(f"page={asked}")

    pages = -(-len(every()) // PAGE_LENGTH)
    assert references(found) == []
    assert not found.valid
    assert found.form.non_field_errors() == [
        f"There is no page “{asked}”: this list has {spelled(pages)} pages."
    ]


def test_a_chip_stands_for_each_filter_and_takes_only_itself_away() -> None:
    found = listed("lead=nca-led&impact=minor&sort=reference")

    assert [chip.words for chip in found.chips] == ["Moderated impact: Minor", "Lead: NCA-led"]
    assert found.chips[0].without == "?lead=nca-led&sort=reference"
