"""Where the board shows a unit that it does not know: everywhere. Run by Django's own test runner."""

import io
import json
from datetime import date
from zipfile import ZipFile

import pypdfium2
from django.contrib.auth.models import Group, User
from django.test import TestCase

from boardreport.desk import rollover
from boardreport.models import (
    Edition,
    Office,
    Paper,
    Paragraph,
    Rebase,
)
from boardreport.models.outline import section_headings
from boardreport.publishing import publish
from boardreport.report import compose
from tests.economic.models import Freezing, Project, ProjectUpdate
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience, Marking, Status
from units.records.roles import Role
from units.registry import registered_units

QUARTER, NEXT = Quarter(2018, 2), Quarter(2018, 3)
MEETING = date(2018, 11, 20)
SECRET_WORK = "Operation Nobody Reads This"


def user(role: Role) -> User:
    person = User.objects.create_user(role.value.lower().replace(" ", ""))
    person.groups.set([Group.objects.get(name=role.value)])
    person.refresh_from_db()
    return person


class WithAFourthUnit(TestCase):
    """An office to which the unit reports, with a draft of a quarter."""

    @classmethod
    def setUpTestData(cls) -> None:
        Office(pk=1, name="Office", demonstration=True).save()
        cls.officer, cls.approver = user(Role.OFFICER), user(Role.APPROVER)
        for quarter, accounts in zip(QUARTER.last(3), (31, 44, 62), strict=True):
            Freezing(quarter=quarter, accounts=accounts).save()
        told = Project(year=2018, order=1, title="Train the banks")
        held = Project(year=2018, order=2, title=SECRET_WORK, marking=Marking.OFFICIAL_SENSITIVE)
        for project, status in ((told, Status.LATE), (held, Status.ON_TRACK)):
            project.save()
            ProjectUpdate(
                project=project, quarter=QUARTER, status=status, update="Two banks are missing."
            ).save()
        cls.paper = rollover.begin_paper(QUARTER, by=cls.officer)
        Paper.objects.filter(pk=cls.paper.pk).update(meeting_date=MEETING)
        Paragraph(
            section=cls.paper.sections.get(kind="economic"),
            part="accounts",
            order=1,
            text="Courts froze {economic.accounts} accounts, as {see economic.trend} shows.",
        ).save()

    def read(self, address: str, *, status: int = 200) -> str:
        self.client.force_login(self.officer)
        answer = self.client.get(address)
        assert answer.status_code == status, address
        return answer.content.decode()


class TheBoardFindsAFourthUnit(WithAFourthUnit):
    """One folder, one line in INSTALLED_APPS: the unit is on every page, and in the admin."""

    def test_the_overview_has_its_page_key_figure_and_status(self) -> None:
        page = self.read("/2018-19/q2/")

        assert '<a href="/2018-19/q2/economic/"' in page
        assert "62 accounts were frozen" in page
        assert "Train the banks" in page

    def test_its_page_has_its_chart_table_and_updates(self) -> None:
        page = self.read("/2018-19/q2/economic/")

        for words in ("62 accounts were frozen in 2018/19 Q2", "Two banks are missing.", "ECU"):
            assert words in page

    def test_its_records_are_listed_beside_the_pages_and_as_a_file(self) -> None:
        assert 'href="/2018-19/q2/economic/freezings/"' in self.read("/2018-19/q2/economic/")
        assert "62" in self.read("/2018-19/q2/economic/freezings/")
        assert "62" in self.read("/2018-19/q2/economic/freezings.csv")

    def test_the_web_paper_has_its_paragraph_with_the_live_figure(self) -> None:
        page = self.read("/2018-19/q2/board-paper/")

        assert "Courts froze 62 accounts, as" in page
        assert "Economic Crime Unit" in page

    def test_what_is_due_names_its_projects_and_they_are_carried_forward(self) -> None:
        due = self.read("/2018-19/q3/due/")
        over = rollover.begin_updates(NEXT, by=self.officer)

        assert "Train the banks" in due
        assert (over.made, over.without) == (2, 0)
        assert ProjectUpdate.objects.filter(quarter=NEXT, carried_forward=True).exists()

    def test_the_admin_enters_its_records_and_offers_its_figures(self) -> None:
        assert "Train the banks" in self.read("/admin/economic/project/")
        form = self.read(f"/admin/boardreport/paragraph/{Paragraph.objects.get().pk}/change/")
        assert "{economic.accounts}" in form
        assert ("economic.accounts", "Accounts frozen") in Rebase._meta.get_field("measure").choices

    def test_each_role_has_the_rights_on_its_records_that_it_declares(self) -> None:
        administrator = user(Role.ADMINISTRATOR)

        assert self.officer.has_perm("economic.change_freezing")
        assert not self.approver.has_perm("economic.change_freezing")
        assert self.approver.has_perm("economic.view_freezing")
        assert not administrator.has_perm("economic.view_freezing")
        assert administrator.has_perm("economic.change_project")
        assert not self.officer.has_perm("economic.change_project")

    def test_definitions_explain_its_measure_and_its_words(self) -> None:
        page = self.read("/definitions/")

        assert "Accounts that a court froze in the quarter." in page
        assert "Account freezing order." in page

    def test_a_draft_of_the_public_lacks_what_is_withheld(self) -> None:
        public = compose.compose(QUARTER, audience=Audience.PUBLIC, on=MEETING)
        restricted = compose.compose(QUARTER, audience=Audience.RESTRICTED, on=MEETING)

        assert SECRET_WORK not in str(public.content)
        assert SECRET_WORK in str(restricted.content)
        assert SECRET_WORK in str([held.name for held in restricted.withheld.words])

    def test_it_stands_last_in_board_order(self) -> None:
        assert [unit.key for unit in registered_units()] == ["ctu", "rocu", "cyber", "economic"]


class TheBoardPublishesAFourthUnit(WithAFourthUnit):
    """Its two editions, and what becomes of them."""

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        editions = publish.publish(
            QUARTER, by=cls.approver, on=date(2018, 10, 22), overrule="A small paper is enough."
        )
        cls.editions = {edition.audience: edition for edition in editions}

    def test_both_editions_hold_it_on_paper_in_files_and_in_the_search(self) -> None:
        for audience, edition in self.editions.items():
            text = "".join(
                leaf.get_textpage().get_text_range()
                for leaf in pypdfium2.PdfDocument(bytes(edition.pdf))
            )
            assert "Courts froze 62 accounts" in text
            assert (SECRET_WORK in text) == (audience == Audience.RESTRICTED)
        self.client.logout()
        assert "62" in self._file("tables/economic.trend.csv").decode()
        book = ZipFile(io.BytesIO(self._file("tables.ods"))).read("content.xml").decode()
        assert "Train the banks" in book
        assert SECRET_WORK not in book
        assert "economic" in json.dumps(json.loads(self._file("edition.json")))
        found = self.client.get("/search/?q=banks").content.decode()
        assert "/2018-19/q2/economic/" in found
        across = self.client.get("/trend/?of=economic.trend.data:2018/19 Q2")
        assert across.status_code == 200

    def _file(self, name: str) -> bytes:
        answer = self.client.get(f"/2018-19/q2/{name}")
        assert answer.status_code == 200, name
        return answer.content

    def test_an_edition_is_withdrawn_once_its_words_are_restricted(self) -> None:
        project = Project.objects.get(order=1)
        project.marking = Marking.OFFICIAL_SENSITIVE
        project.save()

        edition = Edition.objects.get(pk=self.editions["public"].pk)
        assert hasattr(edition, "withdrawal")

    def test_switched_off_it_is_gone_but_for_what_was_published(self) -> None:
        rollover.begin_updates(NEXT, by=self.officer)
        office = Office.current()
        office.units_off = "economic"
        office.full_clean()
        office.save()

        assert "economic" not in [unit.key for unit in office.units]
        assert "62 accounts were frozen" in self.read("/2018-19/q2/economic/")
        assert "Train the banks" not in self.read("/2018-19/q3/due/")
        assert "Train the banks" not in self.read("/2018-19/q3/checklist/")
        paper = rollover.begin_paper(NEXT, by=self.officer)
        assert not paper.sections.filter(kind="economic").exists()
        assert "Economic Crime Unit" not in self.read("/2018-19/q3/board-paper/")
        self.read("/2018-19/q3/economic/", status=404)
        office.units_off = ""
        office.save()
        assert "economic" in section_headings()
