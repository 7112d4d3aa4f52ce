"""Commentary: Markdown in which {names} stand for live figures, made into safe HTML.

`{rocu.disruptions.total}` is replaced by that figure of the quarter; `{see rocu.trend}` by a
reference to that exhibit ("Figure 2") that links to it.
"""

import re
from collections.abc import Collection, Mapping

import nh3
from markdown_it import MarkdownIt

_NAME = re.compile(r"\{(see )?([^{}]*)\}")
_MARKDOWN = (
    MarkdownIt("commonmark", {"html": False, "typographer": True})
    .enable(["smartquotes", "replacements"])
    .disable(["image", "heading", "lheading", "code", "fence", "hr", "html_block", "html_inline"])
)
_TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "br", "blockquote"}


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


def stray_brace(text: str) -> bool:
    """Whether a brace is left that neither opens nor closes a name."""
    return bool(re.search(r"[{}]", _NAME.sub("", text)))


_DATED = re.compile(
    r"\b\d{4}/\d{2}\b|\b\d{1,2} (?:January|February|March|April|May|June|July|August|September"
    r"|October|November|December)\b|\b(?:19|20)\d{2}\b|\bQ[1-4]\b|^\d+[.)] ",
    re.MULTILINE,
)


def typed_digits(text: str) -> tuple[str, ...]:
    """The numbers typed by hand in a text, in order: neither live figures nor dates and years."""
    plain = _DATED.sub(" ", _NAME.sub(" ", text))
    return tuple(re.findall(r"\d[\d,]*(?:\.\d+)?%?", plain))


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
