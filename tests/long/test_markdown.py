"""Nothing that people wrote becomes Markdown, by GitHub's own parser and by another one (T22)."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from html.parser import HTMLParser

from cmarkgfm import github_flavored_markdown_to_html
from cmarkgfm.cmark import Options
from hypothesis import event, given
from hypothesis import strategies as st

from bot.say.encode import (
    BLOCK,
    LONGEST_RUN,
    Markdown,
    advice,
    block,
    code,
    cut,
    encode,
    inert,
    prose,
    url,
    visible,
    word,
)
from tests.long import LONG
from tests.rooms.test_messages import HOSTILE, stays_text

MORE = [
    "@acme/team", "@o", "a@b.example", "mailto:a@b.example", "ftp://x.example", "xmpp:a@b.example",
    "HTTPS://X.EXAMPLE", "http://[::1]/", "WWW.X.EXAMPLE", "acme/widgets@0123456", "closes GH-1", "#1",
    "0123456", "[x](y 'z')", "![][x]", "[x]", "[^1]", "[ ]", "- [ ] x", "***", "___", "~~~", "$$", "$`x`$",
    "`` ` ``", "\\`", "``\\", "<!--", "-->", "<?x?>", "<![CDATA[", "</details>", "</code>", "<a href='//x'>",
    "&#64;octocat", "&commat;octocat", "&#x3c;b&#x3e;", "\r\n# x", "\n\n# x", "\t- x", "|-|-|", ":-:", "a|b",
    "¦", "\u2028# x", "\ufeff@octocat", "\uff20octocat", "@\u200boctocat", "@\u2060octocat", "\u00ad",
    "\ud800", "\x1b[2J", "\x85", "1)", "1.", "=", "#", "+", "*", "_", "__x__", "a_b_c", "_a_", "*a*", "~a~",
    "'", '"', "(", ")", ".", ",", ";", "/", "//", "://", ":", "@", "e", "www.", "x.example", "\\", "é",
    "\u0301", "😀",
]  # fmt: skip
TEXT = st.one_of(
    st.lists(st.sampled_from([*HOSTILE, *MORE]), max_size=6).map("".join),
    st.lists(st.sampled_from([*HOSTILE, *MORE]), max_size=6).map(" ".join),
    st.text(max_size=40),
    st.text(st.sampled_from("`|\\<>&@#*_~[]()!$-+=.:/ \n\ta1Gg"), max_size=40),
)
PLACES = [
    "{}",
    "It says {} here.",
    "({})",
    "**{}**",
    "- {}\n- next",
    "> {}",
    "## {}",
    "<details><summary>x</summary>\n\n{}\n\n</details>",
    "| a | b |\n|---|---|\n| {} | z |\n",
]
LINKED = re.compile(
    r"(?<![A-Za-z0-9_`])@[A-Za-z0-9]|(?<![\w&])#[0-9]|(?<![a-z0-9])GH-[0-9]|\b[0-9a-f]{7,40}\b|://|(?<![a-z0-9])www\.\w",
    re.IGNORECASE,
)
"""What GitHub links in a text that is neither code nor link: mentions, issues, commits, addresses."""


class Page(HTMLParser):
    """A rendered comment: its elements, the text that is shown, and the pieces of text that are not code."""

    def __init__(self, markdown: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.links: list[str] = []
        self.codes: list[str] = []
        self.loose: list[str] = [""]
        self._depth = 0
        self.feed(github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.loose.append("")
        if tag == "code":
            self._depth += 1
            self.codes.append("")
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "code"
        self.loose.append("")

    def handle_comment(self, data: str) -> None:
        assert data.strip() == "", "a comment hides something"
        self.loose.append("")

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.codes[-1] += data
        else:
            self.loose[-1] += data


def plain(value: object) -> str:
    """What an inline encoder means to show."""
    return " ".join(visible(str(value)).split())


INLINE: list[Callable[[str], Markdown]] = [code, prose, advice, word, lambda text: Markdown(encode(text))]


@LONG
@given(st.sampled_from(PLACES), st.sampled_from(INLINE), TEXT)
def test_an_inline_text_is_text_wherever_it_stands(
    place: str, encoder: Callable[[str], Markdown], text: str
) -> None:
    written = encoder(text)
    assert "\n" not in written
    page, empty = Page(place.format(written)), Page(place.format("x"))
    assert [one for one in page.elements if one != "code"] == empty.elements
    assert page.links == []
    for piece in page.loose:
        # Tokens and digests are words of ours, so a word may hold what could be a commit's name.
        assert not LINKED.search(re.sub(r"[0-9a-f]{7,40}", "", piece) if encoder is word else piece), piece


@LONG
@given(TEXT)
def test_another_parser_finds_nothing_in_it_either(text: str) -> None:
    for encoder in INLINE:
        stays_text(encoder(text))


@LONG
@given(TEXT)
def test_code_shows_the_text_and_all_of_it(text: str) -> None:
    page = Page(code(text))
    shown = plain(text).replace("|", "¦")
    shown = shown if max(map(len, re.findall("`+", shown)), default=0) <= LONGEST_RUN else shown.replace("`", "ˋ")
    assert page.codes == ([shown] if shown else [])


@LONG
@given(TEXT)
def test_prose_reads_as_it_was_written(text: str) -> None:
    page = Page(prose(text))
    shown = "".join(page.codes) or "".join(page.loose).rstrip("\n")
    assert shown.replace("ˋ", "`") == (plain(text).replace("|", "¦") or "–").replace("ˋ", "`")


@LONG
@given(st.lists(TEXT, max_size=5).map("\n".join), st.sampled_from(["", "yaml", "text"]))
def test_a_block_is_one_block_of_code_with_the_text(text: str, language: str) -> None:
    page = Page(f"before\n\n{block(text, language)}\n\nafter")
    assert page.elements == ["p", "pre", "code", "p"]
    shown = cut(visible(text, keep="\n\t"), BLOCK)
    shown = shown if max(map(len, re.findall("`+", shown)), default=0) <= LONGEST_RUN else shown.replace("`", "ˋ")
    assert page.codes == [f"{shown}\n"]


@LONG
@given(TEXT, st.integers(1, 60), st.integers(1, 300))
def test_no_text_grows_beyond_its_bound(text: str, times: int, limit: int) -> None:
    long = text * times
    fences = 2 * (LONGEST_RUN + 2)
    assert len(cut(long, limit)) <= limit
    assert len(code(long, limit)) <= limit + fences
    assert len(prose(long, limit)) <= max(limit + fences, 1.5 * limit + 1)
    assert len(block(long, "yaml", limit)) <= limit + fences + len("yaml\n\n")
    assert len(url(long)) <= max(len(long) + 2, 300 + fences)


ADDRESSES = st.one_of(
    TEXT,
    st.builds(
        "{}://{}{}".format,
        st.sampled_from(["https", "http", "HTTP", "ftp", "javascript"]),
        st.sampled_from(["x.example", "x.example:80", "[::1]", "a@b.example", "1.2.3.4", "", "x_y.example", "-"]),
        st.text(st.sampled_from("/abc019-._~:?#@!$&'*+,;=%()[]|`<> "), max_size=20),
    ),
)


@LONG
@given(ADDRESSES)
def test_an_address_is_one_link_to_itself_or_code(text: str) -> None:
    page = Page(f"**Live at {url(text)}** · [log]({url('https://x.example')})")
    event("link" if page.links[0] == text else "code")
    assert len(page.links) <= 2
    if len(page.links) == 2:
        assert html.unescape(page.links[0]) == text
        assert re.match(r"https?://", text, re.IGNORECASE)
        assert page.elements == ["p", "strong", "a", "a"]
    else:
        assert page.elements in (["p", "strong", "code", "a"], ["p", "strong", "a"])
    for piece in page.loose:
        assert not LINKED.search(piece.replace(text, "")), piece


@LONG
@given(TEXT)
def test_an_inert_text_begins_no_reference(text: str) -> None:
    made = inert(text)
    assert not re.search(r"@|#\w|//|\bGH-[0-9]", made, re.IGNORECASE)
    assert len(made) == len(text)
