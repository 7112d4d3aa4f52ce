"""Commentary: Markdown in which {names} stand for live figures, made into safe HTML.

`{rocu.disruptions.total}` is replaced by that figure of the quarter; `{see rocu.trend}` by a
reference to that exhibit ("Figure 2") that links to it.
"""

import re
from collections.abc import Collection, Mapping
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_NAME = re.compile(r"\{(see )?([^{}]*)\}")
_MARKDOWN = (
    MarkdownIt("commonmark", {"html": False, "typographer": True})
    .enable(["smartquotes", "replacements"])
    .disable(["image", "heading", "lheading", "code", "fence", "hr", "html_block", "html_inline"])
)


def _tag_plainly(state: StateCore) -> None:
    """Makes of Markdown only what PDF/UA-1 can tag.

    A link holds bare text. An item of a list holds text and lists: its paragraphs become lines, and a
    quotation in it loses its marks.
    """
    open_items: list[int] = []  # lines of each since it began, or since a list in it ended
    for token in state.tokens:
        match token.type:
            case "list_item_open":
                open_items.append(0)
            case "list_item_close":
                open_items.pop()
            case "bullet_list_close" | "ordered_list_close" if open_items:
                open_items[-1] = 0
            case "blockquote_open" | "blockquote_close" | "paragraph_open" | "paragraph_close" if (
                open_items
            ):
                token.hidden = True
            case "inline":
                token.children = _bare_links(token.children or [])
                if open_items:
                    if open_items[-1]:
                        token.children.insert(0, Token("hardbreak", "br", 0))
                    open_items[-1] += 1


def _bare_links(tokens: list[Token]) -> list[Token]:
    """The tokens of a line, those inside a link as one text."""
    kept: list[Token] = []
    inside = False
    for token in tokens:
        inside = token.type == "link_open" or (inside and token.type != "link_close")
        if not inside or token.type in {"link_open", "text"}:
            kept.append(token)
        elif token.type in {"softbreak", "hardbreak", "code_inline"}:
            kept.append(Token("text", "", 0, content=token.content or " "))
    return kept


_MARKDOWN.core.ruler.push("tag_plainly", _tag_plainly)

_TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "br", "blockquote"}


_VERBAL = re.compile(
    r"\b(?:verbal|oral)(?:ly)?\s+(?:progress\s+)?(?:update|report|brief)"
    r"|\b(?:updat|report|brief|t(?:ell|old))[^.]*\b(?:verbally|orally|at the meeting)\b",
    re.IGNORECASE,
)
VERBAL_WORDS = ("verbal", "oral", "at the meeting")
"""One of these is in every text that promises a verbal update."""


class UnknownName(ValueError):
    """A name in braces that stands for no figure and no exhibit."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"No figure or exhibit is named {', '.join(self.names)}.")


def names_in(text: str) -> tuple[str, ...]:
    """The names in braces in a text, in order, each once."""
    return tuple(dict.fromkeys(match[2].strip() for match in _NAME.finditer(text)))


def unknown_names(text: str, known: Collection[str]) -> tuple[str, ...]:
    """The names in braces that are not known, in order."""
    return tuple(name for name in names_in(text) if name not in known)


_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_PROVISION = (
    r"(?:sections?|ss?\.|schedules?|articles?|regulations?|rules?|parts?|chapters?|orders?)"
)
_NUMBERED = r"\d+[A-Z]*(?:\(\w+\))*"
_NO_FIGURE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?:{_MONTH})\b(?: \d{{4}}\b)?"  # 7 November 2018
    rf"|\b\d{{1,2}}(?: to |[-–])(?=\d{{1,2}} {_MONTH}\b)"  # 7 to 9 November
    r"|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}/\d{1,2}/\d{4}\b"
    r"|(?<![£$€\d.,/])(?:19|20)\d{2}(?:[/–-]\d{2}(?:\d{2})?)?s?(?![\d%]|[.,/]\d)"  # 2018, 2018/19
    rf"|(?i:\b{_PROVISION}) {_NUMBERED}(?:(?:, | and | to |, (?i:paragraphs?) ){_NUMBERED})*"
    r"|\b[A-Za-z]+\d\w*"  # a name: Q2, WMP2020, HS2
    r"|^[ \t]*\d+[.)](?=\s)"  # the number of an item of a list
    r"|\]\([^)\s]*\)|<[^>\s]*>|\bhttps?://\S+",  # an address
    re.MULTILINE,
)
_DIGITS = re.compile(r"[£$€]?\d+(?:[.,:]\d+)*(?: ?%| ?(?:k|m|bn|million|billion|kg)\b)?")


def typed_digits(text: str) -> tuple[str, ...]:
    """The figures that a text holds as typed digits, as they are written, in order, each once.

    Live figures, dates, years, provisions of the law, names such as Q2 or WMP2020, the numbers of a
    list and addresses are none.
    """
    return tuple(dict.fromkeys(_DIGITS.findall(_NO_FIGURE.sub(" ", _NAME.sub(" ", text)))))


def stray_brace(text: str) -> bool:
    """Whether a brace is left that neither opens nor closes a name."""
    return bool(re.search(r"[{}]", _NAME.sub("", text)))


def plain(text: str) -> str:
    """A text on one line without Markdown, with … for each live figure and reference."""
    return re.sub(r"[*_`]|\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(_NAME.sub("…", text).split()))


def says_something(text: str) -> bool:
    """Whether a reader finds a word or a figure in a text, once it is set."""
    written = nh3.clean(_MARKDOWN.render(_NAME.sub("1", text)), tags=set())
    return bool(re.search(r"\w", unescape(written)))


def promise_in(text: str) -> str:
    """The sentence that promises a verbal update, without Markdown; "" where none does."""
    sentences = re.split(r"(?<=[.!?])\s+", plain(text))
    return next((one for one in sentences if _VERBAL.search(one)), "")


def html(text: str, *, figures: Mapping[str, str], exhibits: Mapping[str, str]) -> str:
    """Safe HTML of a text with its figures and references in place; UnknownName where one is missing.

    `exhibits` gives each exhibit's number by its key: {"rocu.trend": "Figure 2"}.
    """
    if missing := unknown_names(text, {*figures, *exhibits}):
        raise UnknownName(missing)

    def put(match: re.Match[str]) -> str:
        name = match[2].strip()
        if name in exhibits:
            number = exhibits[name]
            # a link holds bare text with a space that does not break: PDF/UA-1 wants the former
            return f"[{number.replace(' ', '\u00a0')}](#{number.lower().replace(' ', '-')})"
        # a figure is text: no Markdown in it may take effect
        return re.sub(r"([\\`*_\[\]<>()#+\-.!|~&])", r"\\\1", figures[name])

    return nh3.clean(
        _MARKDOWN.render(_NAME.sub(put, text)),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"https", "mailto"},
        link_rel=None,
    ).strip()
