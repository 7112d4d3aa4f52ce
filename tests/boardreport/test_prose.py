"""Commentary becomes safe HTML with its figures in place."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boardreport import markdown

FIGURES = {"rocu.disruptions.total": "1,877", "rocu.disruptions.change": "+40 (+29%)"}
EXHIBITS = {"rocu.trend": "Figure 2"}


def html(text: str) -> str:
    return markdown.html(text, figures=FIGURES, exhibits=EXHIBITS)


def test_a_live_figure_takes_the_place_of_its_name() -> None:
    assert html("We had {rocu.disruptions.total}.") == "<p>We had 1,877.</p>"


def test_a_figure_is_text_whatever_markdown_it_looks_like() -> None:
    figures = {"a": "*[x](https://x.example)* _y_ <b>"}

    written = markdown.html("{a}", figures=figures, exhibits={})

    assert written == "<p>*[x](https://x.example)* _y_ &lt;b&gt;</p>"


def test_a_reference_links_bare_text_to_its_exhibit() -> None:
    assert html("{see rocu.trend}") == '<p><a href="#figure-2">Figure&nbsp;2</a></p>'


def test_an_unknown_name_is_refused_by_name() -> None:
    with pytest.raises(markdown.UnknownName, match=r"rocu\.nothing"):
        html("{rocu.nothing}")


def test_unknown_names_are_listed_in_order_and_once() -> None:
    text = "{b} {rocu.trend} {a} {b} {see c}"

    assert markdown.unknown_names(text, EXHIBITS) == ("b", "a", "c")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "![i](https://x.example/i.png)",
        "[a](javascript:alert(1))",
        "[a](data:text/html,x)",
        "[a](http://x.example)",
        "<img src=x onerror=alert(1)>",
        '<a href="https://x.example" onclick="x()">a</a>',
        "# Heading",
        "```\ncode\n```",
    ],
)
def test_nothing_active_and_nothing_fetched_comes_out(text) -> None:
    written = html(text)

    for forbidden in (
        "<script",
        "<img",
        'javascript:"',
        'href="javascript',
        'href="data',
        'href="http:',
        "<h1",
        "<pre",
    ):
        assert forbidden not in written
    assert " onclick=" not in written.replace("&quot;", '"') or "&lt;a" in written


@pytest.mark.parametrize("text", ["{rocu.disruptions.total", "a } b", "{{x}", "}{"])
def test_a_brace_that_closes_no_name_is_found(text) -> None:
    assert markdown.stray_brace(text)


def test_names_leave_no_stray_brace() -> None:
    assert not markdown.stray_brace("We had {rocu.disruptions.total}, {see rocu.trend}.")


@given(st.text(alphabet=string.printable + "‘’–é{}<>[]()*_`#!\\", max_size=200))
def test_any_text_without_names_gives_html_of_the_allowed_tags_only(text) -> None:
    written = html(text.replace("{", "").replace("}", ""))

    inside = written
    for tag in ("p", "ul", "ol", "li", "strong", "em", "br", "blockquote"):
        inside = inside.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    inside = inside.replace("</a>", "")
    assert all(
        part.startswith(
            ('a href="https:', 'a href="mailto:', 'a href="#', 'a href="/', "a>", 'a href="')
        )
        for part in inside.split("<")[1:]
    )


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("There were 37 arrests on 7 November 2018.", ("37",)),
        ("In 2018/19 Q2 panels moderated 1,877 of {rocu.disruptions.total}.", ("1,877",)),
        ("About £122k with 50% match funding, or 3.5 kg", ("£122k", "50%", "3.5 kg")),
        ("12 and 12 again, then 7", ("12", "7")),
        ("1. the first\n2. the second has 4 parts", ("4",)),
        ("From 7 to 9 November, since March 2020, in the 1990s, on 2018-11-07 and 7/11/2018", ()),
        ("Contempt of Court Act 1981, section 4(2), and sections 44 and 45 of another", ()),
        ("Local Government Act 1972, Schedule 12A, paragraph 7", ()),
        ("WMP2020, HS2, Q2 and 4G networks", ("4",)),
        ("[the strategy](https://board.example/2018/33)", ()),
        ("nothing at all", ()),
        ("2,018 people in 2018", ("2,018",)),
        ("£2018", ("£2018",)),
    ],
)
def test_digits_typed_by_hand_are_told_from_dates_laws_names_and_live_figures(text, typed) -> None:
    assert markdown.typed_digits(text) == typed


@given(
    st.integers(0, 10**9)
    .map("{:,}".format)
    .filter(lambda text: not 1900 <= int(text.replace(",", "")) < 2100),
    st.sampled_from(["", "on 7 November 2018 ", "{rocu.disruptions.total} and ", "in 2018/19 "]),
    st.sampled_from(["", " under section 4(2)", " {see rocu.trend}", " since June 2017"]),
)
def test_a_typed_figure_is_found_wherever_it_stands(figure, before, after) -> None:
    assert markdown.typed_digits(f"We made {before}{figure} arrests{after}.") == (figure,)


MARKDOWN = [
    "plain", "[**bold**](https://x.example/)", "[a *b* `c`](https://x.example)", "- a\n\n- b",
    "[a  \nb\nc](https://x.example)", "<https://x.example/z>", "[](https://x.example)", "> a\n>\n> b",
    "- a\n\n  b\n\n  - c\n\n    d\n\n  e", "1. a\n\n   > b\n\n2. c", "> - a\n>\n>   b", "- - a", "- ",
    "[a]: https://x.example", "- [a *b*](https://x.example)\n\n  c", "1)\n2) a", "a\\\nb", "* * *",
]  # fmt: skip
"""Texts that Markdown makes links, lists and quotations of, in ways that PDF/UA-1 cannot tag."""


@given(st.lists(st.sampled_from([*MARKDOWN, "", "  a", "   - b", "> "]), max_size=5))
def test_a_link_holds_bare_text_and_an_item_neither_paragraph_nor_quotation(texts) -> None:
    written = html("\n".join(texts))

    for inside in re.findall(r"<a [^>]*>(.*?)</a>", written, re.DOTALL):
        assert "<" not in inside
    assert not re.search(r"<(?:p|blockquote)>(?!.*<li>).*</li>", written, re.DOTALL)
    assert not re.search(r"<li>\s*<(?:p|blockquote)>", written)


def test_the_lines_of_an_item_stay_apart() -> None:
    assert html("- a\n\n  b\n- c") == "<ul>\n<li>a<br>\nb</li>\n<li>c</li>\n</ul>"
    assert html("- a\n\n  - b\n\n  c").endswith("</ul>\nc</li>\n</ul>")
