"""The list of OCGs behind a figure."""

import pytest

from tests.units.rocu.recount import mapped_by_type
from units.domain.quarters import Quarter
from units.rocu.models import OCG
from units.rocu.record_lists.ocgs import ocgs_mapped

pytestmark = pytest.mark.django_db

Q2 = Quarter(2018, 2)


def test_every_ocg_mapped_at_quarter_end_is_listed_and_names_only_where_there_are_any() -> None:
    unnamed = ocgs_mapped(Q2, parameters={}, as_of=None)
    OCG.objects.filter(urn=unnamed.rows[0].cells[0].text).update(name="The Canaries")
    named = ocgs_mapped(Q2, parameters={}, as_of=None)

    assert len(unnamed.rows) == len(named.rows) == mapped_by_type(Q2.end).total()
    assert "Name" not in [column.label for column in unnamed.columns]
    assert named.columns[1].label == "Name"
    assert named.rows[0].cells[1].text == "The Canaries"
