"""What a paper promises and asks opens the next one, with what became of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from boardreport.markdown import promise_in
from boardreport.models import (
    Action,
    Edition,
    Paper,
    PaperSection,
    Paragraph,
    Recommendation,
)
from boardreport.names import PROMISED, RESOLVED, SAID
from boardreport.report import compose
from boardreport.report.follow_up import verbal_updates
from boardreport.report.tables import NOT_RECORDED
from units.content.model import Table
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience, Resolution, Status

Q2, Q3 = Quarter(2018, 2), Quarter(2018, 3)


def exhibit(quarter: Quarter, key: str, audience: Audience = Audience.RESTRICTED) -> Table | None:
    made = compose.compose(quarter, audience=audience, on=quarter.next.end).content
    return next((one for one in made.exhibits() if one.key == key), None)


def rows(table: Table | None) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows] if table else []


@pytest.mark.parametrize(
    ("text", "promise"),
    [
        ("A verbal update will be given.", "A verbal update will be given."),
        ("All is well. Members will hear an *oral report*.", "Members will hear an oral report."),
        ("Members will be updated verbally.", "Members will be updated verbally."),
        ("He will report at the meeting.", "He will report at the meeting."),
        ("Verbal abuse was reported. It fell.", ""),
        ("The meeting was told in writing.", ""),
        ("A verbal\nupdate follows.", "A verbal update follows."),
    ],
)  # fmt: skip
def test_a_promise_of_a_verbal_update_is_found(text, promise) -> None:
    assert promise_in(text) == promise


@pytest.mark.django_db
def test_a_promised_action_opens_the_next_paper_with_its_outcome() -> None:
    action = Action.objects.filter(paper__quarter=Q2).order_by("order")[0]
    action.outcome = "The letter went out on 3 December."
    action.save()

    told = rows(exhibit(Q3, PROMISED))

    assert told[0][0] == action.text
    assert told[0][-1] == "The letter went out on 3 December."


@pytest.mark.django_db
def test_a_correction_tells_nothing_of_what_became_of_the_papers_own_actions_since() -> None:
    before = compose.compose(Q2, audience=Audience.RESTRICTED, on=Q3.end).content

    for action in Action.objects.filter(paper__quarter=Q2):
        action.status, action.outcome = Status.LATE, "Canary outcome"
        action.save()
    for one in Recommendation.objects.filter(paper__quarter=Q2):
        one.resolution, one.resolution_words = Resolution.AGREED, "Canary resolution"
        one.resolved_on = Q3.start
        one.save()

    assert compose.compose(Q2, audience=Audience.RESTRICTED, on=Q3.end).content == before
    assert "Canary outcome" in str(rows(exhibit(Q3, PROMISED)))


@pytest.mark.django_db
def test_recommendations_are_numbered_and_the_next_paper_says_what_was_resolved() -> None:
    made = compose.compose(Q2, audience=Audience.PUBLIC, on=Q3.end).content
    section = made.section("recommendations")
    asked = list(Recommendation.objects.filter(paper__quarter=Q2).order_by("order"))

    numbers = [block.number for part in section.parts for block in part.blocks]
    Recommendation.objects.filter(pk=asked[0].pk).update(
        resolution="amended", resolution_words="Noted, and a report asked for.", resolved_on=Q3.end
    )
    Recommendation.objects.filter(pk=asked[1].pk).update(
        resolution="", resolution_words="", resolved_on=None
    )
    told = rows(exhibit(Q3, RESOLVED))

    assert numbers == ["3", "4", "5"]
    assert told[0] == [asked[0].title, "Agreed as amended", "Noted, and a report asked for."]
    assert told[1] == [asked[1].title, NOT_RECORDED, ""]


@pytest.mark.django_db
def test_a_withheld_recommendation_reaches_the_public_in_neither_paper() -> None:
    Recommendation.objects.filter(paper__quarter=Q2).update(
        marking="OFFICIAL-SENSITIVE", title="Canary title", text="Canary text"
    )

    for quarter in (Q2, Q3):
        made = compose.compose(quarter, audience=Audience.PUBLIC, on=Q3.end).content
        assert "Canary" not in repr(made)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"resolution": "agreed"}, "resolved_on"),
        ({"resolution_words": "Agreed."}, "resolution"),
        ({"resolution": "amended", "resolved_on": Q3.end}, "resolution_words"),
        ({"text": "See {rocu.nothing}."}, "text"),
    ],
)
def test_half_a_resolution_is_refused(values, field) -> None:
    paper = Paper.objects.get(quarter=Q2)
    record = Recommendation(paper=paper, order=9, **{"title": "Note", "text": "Note it."} | values)

    with pytest.raises(ValidationError) as refused:
        record.full_clean()

    assert field in refused.value.message_dict


@pytest.mark.django_db
def test_a_verbal_update_is_listed_until_somebody_enters_what_was_said() -> None:
    section = PaperSection.objects.get(paper__quarter=Quarter(2017, 4), kind="next-steps")
    promised = Paragraph.objects.create(
        section=section, order=8, text="Funding moves. A verbal update will be given to members."
    )

    listed = rows(exhibit(Q3, SAID))
    promised.said = "Members heard that funding is safe."
    promised.full_clean()
    promised.save()

    assert listed == [["2017/18 Q4", "A verbal update will be given to members.", NOT_RECORDED]]
    assert exhibit(Q3, SAID) is None
    (told,) = rows(exhibit(Quarter(2018, 1), SAID))
    assert told[-1] == "Members heard that funding is safe."
    assert promised not in verbal_updates(Q3)


def promised_before_publication(text: str, **held: object) -> Paragraph:
    """A paragraph of Q2's paper, entered on the day before its editions."""
    published = Edition.objects.filter(quarter=Q2).first().published_at
    section = PaperSection.objects.get(paper__quarter=Q2, kind="next-steps")
    paragraph = Paragraph(section=section, order=90, text=text, **held)
    paragraph._history_date = published - timedelta(days=1)
    paragraph.save()
    return Paragraph.objects.get(pk=paragraph.pk)


@pytest.mark.django_db
def test_what_a_published_paper_promised_is_quoted_from_the_paper() -> None:
    paragraph = promised_before_publication("A verbal update on cash will be given.")
    paragraph.text = "A verbal update on vehicles will be given."
    paragraph.save()
    gone = promised_before_publication("Members will hear an oral report.")
    gone.text = "Nothing is to come."
    gone.save()
    Paragraph.objects.create(
        section=paragraph.section, order=91, text="A verbal update on tools will be given."
    )

    listed = rows(exhibit(Q3, SAID))
    gone.said = "They heard it."
    gone.full_clean()

    assert [one[1] for one in listed] == [
        "A verbal update on cash will be given.",
        "Members will hear an oral report.",
    ]
    assert [one.words for one in verbal_updates(Q3)] == [
        "A verbal update on cash will be given.",
        "Members will hear an oral report.",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        ("OFFICIAL", "OFFICIAL", True),
        ("OFFICIAL-SENSITIVE", "OFFICIAL", False),
        ("OFFICIAL", "OFFICIAL-SENSITIVE", False),
    ],
)
def test_a_quotation_is_withheld_by_what_held_the_words_then_or_holds_them_now(
    then, now, told
) -> None:
    paragraph = promised_before_publication("A verbal update on cash will be given.", marking=then)
    paragraph.text, paragraph.marking = "A verbal update will be given.", now
    paragraph.save()

    assert ("cash" in str(rows(exhibit(Q3, SAID, Audience.PUBLIC)))) == told
    assert "cash" in str(rows(exhibit(Q3, SAID)))


@pytest.mark.django_db
def test_what_was_said_needs_a_promise() -> None:
    paragraph = Paragraph.objects.filter(section__paper__quarter=Q2).first()
    paragraph.said = "Something."

    with pytest.raises(ValidationError) as refused:
        paragraph.full_clean()

    assert "promises no verbal update" in refused.value.message_dict["said"][0]
