"""The one table of rights: which role may do what with which kind of record; all else asks it."""

from collections.abc import Iterable, Mapping

from units.terms import Term


class Role(Term):
    """A group of users; the value is the group's name."""

    MEMBER = "Board member", "board member"
    OFFICER = "Policy officer", "policy officer"
    CHAIR = "Moderation panel chair", "moderation panel chair"
    APPROVER = "Approver", "approver"
    ADMINISTRATOR = "Administrator", "administrator"


class Right(Term):
    """What may be done with records of a kind."""

    READ = "read", "read"
    ENTER = "enter", "enter"
    DELETE = "delete", "delete"
    IMPORT = "import", "import"
    DECIDE = "decide", "decide"
    EXPORT = "export", "export"
    PUBLISH = "publish", "publish"
    ERASE = "erase", "erase"


class Kind(Term):
    """What is read, entered or published. Public editions are not listed: everybody reads them."""

    RESTRICTED = "restricted", "restricted editions"
    BEHIND = "behind", "records behind a published quarter"
    DRAFTS = "drafts", "drafts, with checklist and what is due"
    DISRUPTIONS = "disruptions", "disruptions and their outcomes"
    OCGS = "ocgs", "OCGs"
    PANELS = "panels", "panels, decisions and minutes"
    UNITS = "units", "other records of the units"
    FILES = "files", "records of the units that come and go as files"
    PAPERS = "papers", "papers and their paragraphs"
    REFERENCE = "reference", "reference data and the office’s switches"
    EDITIONS = "editions", "the register of editions"
    ERASURES = "erasures", "the register of erasures"
    TAKEN = "taken", "the logs of downloads and exports"
    ACCOUNTS = "accounts", "accounts"
    GROUPS = "groups", "groups and their rights"


READ, ENTER, DELETE, IMPORT, DECIDE, EXPORT, PUBLISH, ERASE = Right
_READ = frozenset({READ})
_KEEP = frozenset({READ, ENTER, DELETE})
_EXCHANGE = frozenset({IMPORT, EXPORT})

TABLE: Mapping[Kind, Mapping[Role, frozenset[Right]]] = {
    Kind.RESTRICTED: dict.fromkeys((Role.MEMBER, Role.OFFICER, Role.APPROVER), _READ),
    Kind.BEHIND: dict.fromkeys((Role.MEMBER, Role.OFFICER, Role.APPROVER), _READ),
    Kind.DRAFTS: {Role.OFFICER: _READ, Role.APPROVER: _READ | {PUBLISH}},
    Kind.DISRUPTIONS: {
        Role.OFFICER: _KEEP | _EXCHANGE,
        Role.CHAIR: _READ | {DECIDE, EXPORT},
        Role.APPROVER: _READ | {EXPORT},
    },
    Kind.OCGS: {
        Role.OFFICER: _KEEP | _EXCHANGE,
        Role.CHAIR: _READ,
        Role.APPROVER: _READ | {EXPORT},
    },
    Kind.PANELS: {Role.OFFICER: _READ, Role.CHAIR: _KEEP | {DECIDE}, Role.APPROVER: _READ},
    Kind.UNITS: {Role.OFFICER: _KEEP, Role.APPROVER: _READ},
    Kind.FILES: {Role.OFFICER: _KEEP | _EXCHANGE, Role.APPROVER: _READ | {EXPORT}},
    Kind.PAPERS: {Role.OFFICER: _KEEP, Role.APPROVER: _READ},
    Kind.REFERENCE: {Role.OFFICER: _READ, Role.APPROVER: _READ, Role.ADMINISTRATOR: _KEEP},
    Kind.EDITIONS: {Role.OFFICER: _READ, Role.APPROVER: _READ},
    Kind.ERASURES: {
        Role.OFFICER: _READ,
        Role.APPROVER: _READ,
        Role.ADMINISTRATOR: _READ | {ERASE},
    },
    Kind.TAKEN: {Role.APPROVER: _READ, Role.ADMINISTRATOR: _READ},
    Kind.ACCOUNTS: {Role.ADMINISTRATOR: _READ | {ENTER}},  # made inactive, for history names them
    Kind.GROUPS: {Role.ADMINISTRATOR: _READ},
}

KIND_OF: Mapping[str, Kind] = {
    "auth.user": Kind.ACCOUNTS,
    "auth.group": Kind.GROUPS,
    **dict.fromkeys(
        (
            "boardreport.paper", "boardreport.papersection", "boardreport.paragraph",
            "boardreport.action", "boardreport.recommendation", "boardreport.rebase",
        ),
        Kind.PAPERS,
    ),
    "boardreport.office": Kind.REFERENCE,
    "boardreport.leadaddress": Kind.REFERENCE,
    **dict.fromkeys(
        ("boardreport.edition", "boardreport.withdrawal", "boardreport.publication"),
        Kind.EDITIONS,
    ),
    "boardreport.erasure": Kind.ERASURES,
    "boardreport.download": Kind.TAKEN,
    "boardreport.export": Kind.TAKEN,
}  # fmt: skip
"""The kind of each model of accounts and of the board by its label; units declare those of theirs."""


def allowed(roles: Iterable[Role], right: Right, kind: Kind) -> bool:
    """Whether one of the roles has a right on a kind."""
    return any(right in TABLE[kind].get(role, ()) for role in roles)


def holders(right: Right, kind: Kind) -> frozenset[Role]:
    """The roles that have a right on a kind."""
    return frozenset(role for role in Role if allowed((role,), right, kind))


_PAGES = (Kind.RESTRICTED, Kind.BEHIND, Kind.DRAFTS)

USE_ADMIN = frozenset(role for kind in Kind if kind not in _PAGES for role in holders(READ, kind))
"""Who has records to look at in the admin."""
