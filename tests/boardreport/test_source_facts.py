"""The demonstration's main paper says what the paper of autumn 2018 said, and says it readably."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from html import unescape

import pytest

from boardreport.models.outline import IMPLICATIONS, IMPLICATIONS_KEY
from boardreport.report import compose
from units.content.model import (
    Content,
    Paragraph,
    Section,
    Table,
)
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

QUARTER = Quarter(2018, 2)
ON = date(2018, 10, 22)

# Each line is one fact of the source, as a pattern that other words for it would match too. A
# section's facts stand in that section's paragraphs; what only its tables say does not count.
FACTS: Mapping[str, tuple[str, ...]] = {
    "purpose": (
        r"Strategic Policing and Crime Board",
        r"Police and Crime Plan",
        r"Playing our part in responding to national threats",
        r"counter terrorism.* organised crime.* cybercrime",
        r"for discussion",
    ),
    "summary": (
        r"SEVERE",
        r"drugs.* firearms",
        r"Multi-Agency Centre",
        r"£122,000",
        r"107,000",
    ),
    "ctu": (
        # the threat
        r"Islamic State has lost",
        r"Syria and Iraq",
        r"less propaganda",
        r"past (?:twelve|12) months",
        r"extremist material",
        r"vehicle",
        r"blade",
        r"SEVERE",
        r"highly likely",
        r"no terrorist attack",
        r"units elsewhere",
        r"National Action was proscribed",
        r"Punish a Muslim Day",
        r"two series",
        r"Pursue, Prevent, Protect and Prepare",
        # Pursue
        r"Syria, North Africa,? (?:and|or) Afghanistan",
        r"Pakistan",
        r"radicalised",
        r"Birmingham (?:boy|male) of 16|16.year.old",
        r"July 2018",
        r"online forums",
        r"extreme right wing",
        r"2017 and 2018 against National Action",
        r"Counter Terrorism Policing network",
        r"reporting restrictions",
        r"released from prison",
        r"Four .*convicted in 2017",
        r"late stage",
        r"Three of the four",
        r"two had (?:first )?met .*prison",
        r"individuals and mosques",
        r"Salisbury",
        r"hostile states",
        r"homicide",
        r"public protection",
        # Prevent
        r"Operational Improvement Review",
        r"where Pursue ends and Prevent begins",
        r"Three members of (?:one|a) Birmingham family",
        r"jailed",
        r"relatives .*safeguarded",
        r"short to medium term",
        r"robust and consistent|robust, consistent",
        r"HMICFRS",
        r"inspect Prevent",
        # the Multi-Agency Centre
        r"Multi-Agency Centre \(MAC\)",
        r"Birmingham and Stoke-on-Trent City Councils",
        r"Staffordshire County Council",
        r"national pilot",
        r"London and Manchester",
        r"share information",
        r"David Anderson QC",
        r"Khalid Masood",
        r"Westminster",
        r"Salman Abedi",
        r"Manchester Arena",
        r"subjects of interest",
        r"MI5",
        r"[“‘]closed[”’]",
        r"neither was on a Prevent programme",
        r"Security Service, government departments, councils",
        r"not thought a threat to national security",
        r"small number of people",
        r"Integrated Offender Management",
        r"Prevent Case Management",
        r"March 2020",
        r"evaluated independently|independently evaluated",
        # Protect and Prepare
        r"Counter Terrorism Security Advisers",
        r"crowded places",
        r"critical national infrastructure",
        r"hazardous substances",
        r"businesses .*training",
        r"Coventry.* City of Culture.* 2021",
        r"Commonwealth Games in 2022",
        r"HS2",
        r"road schemes|road developments",
        r"around a table|table-top",
        r"CBRN",
        r"November 2017",
        r"Grand Central",
        r"Bullring",
        r"marauding terrorist firearms attack",
        r"mandatory training|mandated training",
        # plan and scrutiny
        r"2018/19",
        r"three regional",
        r"(?:twelve|12) national",
        r"Best practice",
        r"Strategic to local",
        r"prepare for the worst",
        r"CONTEST Board",
        r"identify.* investigate.* disrupt",
        r"identify.* safeguard.* disrupt",
        r"people.* places.* building capacity",
        r"people.* response.* recovery",
        r"borders",
        r"Three forums",
        r"Assistant Chief Constable \(Security\)",
        r"Regional Governance Group",
        r"four chief constables",
        r"chief executives",
        r"Assistant Commissioner Specialist Operations",
        r"National Police Chiefs’ Council",
        r"classified",
        # CONTEST
        r"2003",
        r"4 June 2018",
        r"fourth version",
        r"freely and with confidence",
        r"stops attacks",
        r"becoming terrorists",
        r"lessens its impact|mitigat",
        r"public sector and local policing",
        r"internet",
        r"embolden",
        r"lone actors",
        r"Islamist",
        r"Northern Ireland|Northern Irish",
        r"one of (?:the )?three regions",
        r"groom or exploit",
        r"Project CAIREEN",
        r"Public Protection Unit",
        r"seven Local Safeguarding Children Boards",
        r"Integrated Communities Strategy",
        r"Counter Extremism Strategy of 2015",
        r"BSBT",
        r"fit for (?:its )?purpose",
        r"private sector",
        r"transport",
        # demand
        r"Force Management Statement",
        r"harder to detect",
        r"periphery",
        r"about 600 investigations",
        r"(?:more than|over) 3,000 subjects",
        r"(?:more than|over) 20,000",
        r"significant share|significant proportion",
        r"risk in volume|volume risk",
        r"well placed",
        r"allied matters",
        r"espionage",
        r"proliferation",
        r"Sergei Skripal",
    ),
    "rocu": (
        # disruptions and groups
        r"Operations against drugs",
        r"Second come firearms",
        r"national performance framework",
        r"Panels meet each month|Monthly panels",
        r"chaired by the unit",
        r"partner agencies",
        r"quarterly performance document",
        r"trend analysis",
        r"management information",
        r"operational highlights",
        r"lead for serious and organised crime",
        r"regional policy officer",
        r"ROCU Executive Board",
        r"chief constables and commissioners every quarter",
        r"drugs as their predominant crime type.* over half",
        r"regional strategic assessment",
        r"firearms and cybercrime",
        r"ten crime types",
        r"National guidelines count firearms",
        r"secondary crime type",
        r"Regional Executive Board",
        r"control strategy",
        # funding
        r"three sources",
        r"main ROCU grant",
        r"single capabilities|discrete capabilities",
        r"57% .*West Midlands Police",
        r"26% .*Alliance",
        r"17% .*Staffordshire",
        r"2017/18 and endorsed",
        r"Regional Finance Group",
        r"in staff and not in money",
        r"reconcile their budgets",
        r"2019/20",
        r"year-end accounts for 2018/19",
        # objectives and reviews
        r"Five departmental objectives",
        r"continuous improvement",
        r"local needs, regional priorities and national expectations",
        r"prepare strategy",
        r"Commonwealth Games",
        r"regionalisation",
        r"delivery plan and a people plan",
        r"six reviews",
        r"operating model",
        r"service levels",
        r"risk register",
        r"Section 22A",
        r"efficiency review of 2017/18",
        r"twelve months|12 months",
        r"outstanding",
        r"new national strategy",
        # demand and levels
        r"Prevent and Locate",
        r"MASH",
        r"Prevent and Pursue panels",
        r"County Lines",
        r"local contracts",
        r"PILT",
        r"Local Responsible Officers",
        r"Neighbourhood Policing Units",
        r"senior investigating officer",
        r"Force CID.* realigned",
        r"five levels",
        r"street dealing",
        r"gangs",
        r"vulnerability, public protection or firearms",
        r"crimes in action",
        r"national definition",
        r"threats to life",
        r"no single group",
        r"supply of firearms",
        r"digital exploitation",
        r"child sexual exploitation and modern slavery",
        r"National Crime Agency",
    ),
    "cyber": (
        # plan
        r"five-point plan",
        r"cyber-dependent",
        r"aware, skilled and equipped",
        r"tiered",
        r"universities|academia",
        r"most vulnerable",
        r"cybersecurity",
        r"every quarter|quarterly",
        r"OPCC",
        r"Regional Cyber Crime Unit",
        r"four Ps has a lead",
        # Pursue
        r"WMP2020 Cybercrime Project",
        r"Economic Crime Unit",
        r"Action Fraud.* triage",
        r"care for victims|victim care",
        r"Public Protection Unit",
        r"Digital Media Investigators",
        r"Digital Forensics Project",
        r"Digital Skills and Culture",
        r"Digital Board",
        r"kiosks",
        r"only means of communication",
        r"mobile app",
        r"lesser offences",
        r"Police Foundation 2",
        r"Neighbourhood Policing Team",
        r"train the trainer",
        r"GetSafeOnline",
        r"MiPatch",
        # Prevent
        r"Prevent officer",
        r"Protect officer",
        r"Integrated Offender Management",
        r"Godiva Festival",
        r"gaming event in Wolverhampton in November",
        # Protect
        r"Cyber Essentials",
        r"small and medium enterprises",
        r"own suppliers|supply chain",
        r"accredit",
        r"campaign runs every month|monthly campaigns",
        r"June",
        r"theft of vehicles|vehicle theft",
        r"Twitter",
        r"Cyber Security Cluster",
        r"launched in November 2017",
        r"CiSP",
        r"problem profile",
        r"Outreach Solutions",
        r"elderly",
        r"7 November 2018",
        r"Cyber Safety Group",
        r"Local Policing Governance Board",
        r"tax fraud",
        r"start of each financial year",
        # Prepare
        r"phishing",
        r"Information Management",
        r"Corporate Communications",
        r"Local Resilience Forum",
        r"Tally Ho",
        r"Op Pelkin",
        r"Conservative Party Conference",
        r"Hyatt Hotel",
        r"NEC Group",
        r"NCSC",
        r"yet to be confirmed",
        r"commercially sensitive",
        # funding
        r"June 2018",
        r"Cabinet Office",
        r"National Cyber Security Programme \(NCSP\)",
        r"hardware, software",
        r"accommodation",
        r"Police Transformation Fund \(PTF\)",
        r"until 2020",
        r"posts dedicated to",
        r"early adopter",
        r"National Specialist Cybercrime Build Project Board",
        r"£122,000",
        r"50% of staff costs",
        r"17 September 2018",
        # reach
        r"Digital PCSO",
        r"Alliance",
        r"Staffordshire Police",
        r"107,000",
        r"200,000 in July",
        r"schools",
        r"commercial banks",
        r"Women in Business",
        r"bullying",
        r"Fire Service",
    ),
    "challenges": (
        r"2019/20",
        r"Regional Finance Group",
        r"year-end accounts for 2018/19",
        r"County Lines",
        r"local contracts",
        r"Commonwealth Games",
    ),
}


def content(audience: Audience = Audience.PUBLIC) -> Content:
    return compose.compose(QUARTER, audience=audience, on=ON).content


def paragraphs(sections: Iterable[Section]) -> list[Paragraph]:
    return [
        block
        for section in sections
        for part in section.parts
        for block in part.blocks
        if isinstance(block, Paragraph)
    ]


def plain(paragraph: Paragraph) -> str:
    """The words of a paragraph as they are read."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", paragraph.html)).split())


def test_every_fact_of_the_source_stands_in_its_sections_prose() -> None:
    made = content()
    prose = {key: [plain(one) for one in paragraphs([made.section(key)])] for key in FACTS}

    missing = [
        f"{key}: {fact}"
        for key, facts in FACTS.items()
        for fact in facts
        if not any(re.search(fact, text, re.IGNORECASE) for text in prose[key])
    ]

    assert not missing


def test_no_fact_is_listed_twice() -> None:
    for key, facts in FACTS.items():
        assert len(set(facts)) == len(facts), key


def test_at_least_sixty_paragraphs_are_numbered() -> None:
    numbers = [one.number for one in paragraphs(content().sections)]

    assert len(numbers) >= 60
    assert numbers == [str(n) for n in range(1, len(numbers) + 1)]


def test_no_paragraph_begins_with_a_digit() -> None:
    texts = [plain(one) for one in paragraphs(content(Audience.RESTRICTED).sections)]

    assert not [text for text in texts if text[0].isdigit()]


def test_no_paragraph_is_longer_than_a_reader_takes_in_at_once() -> None:
    texts = [plain(one) for one in paragraphs(content(Audience.RESTRICTED).sections)]

    assert not [text for text in texts if len(text.split()) > 110]


def test_each_unit_has_restricted_paragraphs_that_are_lettered_and_invented() -> None:
    made = content(Audience.RESTRICTED)

    for key in ("ctu", "rocu", "cyber"):
        restricted = [one for one in paragraphs([made.section(key)]) if one.restricted]
        assert restricted, key
        for one in restricted:
            assert re.fullmatch(r"\d+[A-Z]", one.number)
            assert "Demonstration." in plain(one)


def test_implications_are_stated_and_never_left_blank() -> None:
    made = content()
    stated = [plain(one) for one in paragraphs([made.section(IMPLICATIONS_KEY)])]

    for kind in IMPLICATIONS:
        name = kind.label.split()[0]
        assert any(words.startswith(f"{name}. ") for words in stated), name
    assert "Equality. None." in stated
    assert any(words.startswith("Legal. None.") for words in stated)


def test_every_action_has_an_owner_and_a_date() -> None:
    blocks = [block for part in content().section("next-steps").parts for block in part.blocks]
    rows = next(block for block in blocks if isinstance(block, Table)).rows

    assert rows
    for action, owner, due in (row.cells for row in rows):
        assert action.text
        assert owner.text
        assert re.search(r"\b20\d\d$", due.text), action.text


def test_the_decision_on_the_bid_is_followed_up_in_writing() -> None:
    blocks = [block for part in content().section("next-steps").parts for block in part.blocks]
    rows = next(block for block in blocks if isinstance(block, Table)).rows

    assert any(
        "in writing" in row.cells[0].text and "cybercrime bid" in row.cells[0].text for row in rows
    )
    assert not [one for one in paragraphs(content().sections) if "verbal" in one.html]
