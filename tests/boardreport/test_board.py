"""How commentary and the units' sections become one content, numbered throughout."""

from datetime import date

import pytest

from boardreport.models import (
    Action,
    Office,
    Paper,
    PaperSection,
    Paragraph,
)
from boardreport.models.outline import IMPLICATIONS, Outline, section_headings
from boardreport.report import compose, numbering
from units.content.model import (
    Chart,
    Content,
    Note,
    Table,
    from_json,
    to_json,
)
from units.content.model import Paragraph as ParagraphBlock
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience, Marking

pytestmark = pytest.mark.django_db

QUARTER = Quarter(2018, 2)
ON = date(2018, 10, 22)


def content(audience: Audience = Audience.PUBLIC, quarter: Quarter = QUARTER) -> Content:
    return compose.compose(quarter, audience=audience, on=ON).content


STANDARD = [kind for kind in section_headings() if kind not in IMPLICATIONS]
STANDARD.insert(STANDARD.index("background"), "implications")


def blocks(of: Content) -> list:
    return [block for section in of.sections for part in section.parts for block in part.blocks]


def paragraphs(of: Content) -> list[ParagraphBlock]:
    return [block for block in blocks(of) if isinstance(block, ParagraphBlock)]


def test_the_standard_sections_stand_in_their_order() -> None:
    keys = [section.key for section in content().sections if not section.appendix]

    assert keys == STANDARD


def test_content_goes_through_json_and_back_unchanged() -> None:
    for audience in Audience:
        made = content(audience)
        assert from_json(to_json(made), Content) == made


def test_paragraphs_number_one_to_n_and_restricted_ones_take_a_letter() -> None:
    public, restricted = paragraphs(content()), paragraphs(content(Audience.RESTRICTED))

    assert [one.number for one in public] == [str(n) for n in range(1, len(public) + 1)]
    lettered = [one for one in restricted if one.restricted]
    assert lettered
    assert all(one.number[-1].isalpha() and one.marking == "OFFICIAL-SENSITIVE" for one in lettered)
    assert [one for one in restricted if not one.restricted] == public


def test_exhibits_are_numbered_in_the_order_of_the_paper() -> None:
    exhibits = content().exhibits()

    tables = [one.number for one in exhibits if isinstance(one, Table)]
    figures = [one.number for one in exhibits if isinstance(one, Chart)]
    assert tables == [f"Table {n}" for n in range(1, len(tables) + 1)]
    assert figures == [f"Figure {n}" for n in range(1, len(figures) + 1)]


def test_a_charts_table_stands_under_the_same_number_in_appendix_a() -> None:
    made = content()

    appendix = {table.number: table for table in made.section("data-tables").parts[0].blocks}

    assert made.charts()
    for chart in made.charts():
        assert appendix[chart.table.number].rows == chart.table.rows
        assert chart.number in appendix[chart.table.number].headline


def test_every_reference_leads_to_an_exhibit_that_is_there() -> None:
    made = content(Audience.RESTRICTED)
    anchors = {one.number.lower().replace(" ", "-") for one in made.exhibits()}

    linked = {
        part.split('"')[0] for one in paragraphs(made) for part in one.html.split('href="#')[1:]
    }

    assert linked
    assert linked <= anchors


def test_a_paragraph_stands_before_the_exhibits_of_its_part() -> None:
    section = content().section("rocu")

    funding = next(part for part in section.parts if part.key == "funding")

    kinds = [isinstance(block, ParagraphBlock) for block in funding.blocks]
    assert kinds == sorted(kinds, reverse=True)
    assert any(kinds)


def test_a_paragraph_under_a_restriction_is_absent_from_the_public_content() -> None:
    paragraph = Paragraph.objects.filter(
        section__paper__quarter=QUARTER, marking="OFFICIAL"
    ).first()
    Paragraph.objects.filter(pk=paragraph.pk).update(
        text="Canary words",
        restriction="postponement",
        restriction_start=date(2018, 8, 1),
        restriction_review=date(2018, 9, 1),
    )

    assert "Canary" not in to_json(content()).decode()
    assert "Canary words" in to_json(content(Audience.RESTRICTED)).decode()


def test_a_restriction_that_expired_before_publication_releases_its_words() -> None:
    paragraph = Paragraph.objects.filter(
        section__paper__quarter=QUARTER, marking="OFFICIAL"
    ).first()
    Paragraph.objects.filter(pk=paragraph.pk).update(
        text="Released words",
        restriction="postponement",
        restriction_start=date(2018, 8, 1),
        restriction_expiry=date(2018, 10, 21),
    )

    assert "Released words" in to_json(content()).decode()
    assert (
        "Released words"
        not in to_json(
            compose.compose(QUARTER, audience=Audience.PUBLIC, on=date(2018, 10, 21)).content
        ).decode()
    )


def test_a_quarter_without_a_paper_gets_the_standard_outline() -> None:
    made = content(quarter=Quarter(2016, 4))

    assert [one.key for one in made.sections if not one.appendix] == STANDARD
    assert made.section("implications").parts[0].blocks == tuple(
        Note(f"{name}: not yet stated.") for name in ("Risk", "Financial", "Legal", "Equality")
    )
    assert made.section("rocu").headline


def test_a_paper_without_sections_gets_the_standard_outline() -> None:
    Paper.objects.create(quarter=Quarter(2016, 4))

    made = content(quarter=Quarter(2016, 4))

    assert [one.key for one in made.sections if not one.appendix] == STANDARD


def test_sections_follow_the_papers_own_order() -> None:
    PaperSection.objects.filter(paper__quarter=QUARTER, kind=Outline.BACKGROUND).update(order=0)
    PaperSection.objects.filter(paper__quarter=QUARTER, kind=Outline.PURPOSE).update(order=99)

    keys = [one.key for one in content().sections if not one.appendix]

    assert keys[0] == "background"
    assert keys[-1] == "purpose"


def test_the_ground_for_private_session_is_in_the_restricted_header_only() -> None:
    assert content().header.private_ground == ""
    assert "Schedule 12A" in content(Audience.RESTRICTED).header.private_ground
    assert content().header.marking == Marking.OFFICIAL
    assert content(Audience.RESTRICTED).header.marking == Marking.OFFICIAL_SENSITIVE


def test_words_of_a_withheld_paper_are_absent_from_the_public_header() -> None:
    Paper.objects.filter(quarter=QUARTER).update(
        marking="OFFICIAL-SENSITIVE", title="Canary title", contact="canary@board.example"
    )

    assert "anary" not in to_json(content()).decode()
    assert "Canary title" in to_json(content(Audience.RESTRICTED)).decode()


def test_demonstration_is_part_of_the_content() -> None:
    assert content().demonstration
    Office.objects.update(demonstration=False)
    assert not content().demonstration


def test_actions_stand_in_next_steps_with_owner_and_date() -> None:
    table = next(
        one for one in content().section("next-steps").parts[0].blocks if isinstance(one, Table)
    )

    wanted = list(
        Action.objects.filter(paper__quarter=QUARTER).order_by("order").values_list("text", "owner")
    )
    assert [(row.cells[0].text, row.cells[1].text) for row in table.rows] == wanted


def test_a_figure_named_in_prose_equals_the_one_in_the_table() -> None:
    made = content()
    total = next(one for one in made.exhibits() if one.key == "rocu.disruptions").rows[-1].cells[4]

    summary = " ".join(
        one.html
        for one in made.section("summary").parts[0].blocks
        if isinstance(one, ParagraphBlock)
    )

    assert f"<strong>{total.text}</strong> disruptions" in summary


@pytest.mark.parametrize(
    ("place", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (53, "BA")]
)
def test_letters_go_on_after_z(place, letters) -> None:
    assert numbering.lettering(place) == letters


def test_an_unknown_name_in_a_paragraph_is_refused_on_saving() -> None:
    from django.core.exceptions import ValidationError

    paragraph = Paragraph.objects.first()
    paragraph.text = "{rocu.disruptions.totla}"

    with pytest.raises(ValidationError) as refusal:
        paragraph.full_clean()

    message = refusal.value.message_dict["text"][0]
    assert "rocu.disruptions.totla" in message
    assert "rocu.disruptions.total" in message


def test_a_part_that_the_section_lacks_is_refused_on_saving() -> None:
    from django.core.exceptions import ValidationError

    paragraph = Paragraph.objects.filter(section__kind="rocu").first()
    paragraph.part = "weather"

    with pytest.raises(ValidationError, match="weather"):
        paragraph.full_clean()
