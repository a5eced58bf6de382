"""What is a command, told by a Markdown parser and by construction instead of by our own patterns (T12, T13)."""

from __future__ import annotations

import string
from dataclasses import dataclass

from hypothesis import event, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.commands import names
from bot.domain.command import LINE_LIMIT, Invocation, NoCommand, Token, TwoCommands, Unknown, parse, token
from tests.long import LONG

KNOWN = sorted(names())
MARKDOWN = MarkdownIt("commonmark", {"html": True})
TOKEN = "v3-1a2b3c4d5e6f"
NEWLINE = st.sampled_from(["\n", "\r\n", "\r"])


NAME = st.sampled_from(
    [spelled for name in KNOWN for spelled in (name, name.upper(), name.title(), name[0] + name[1:].upper())]
)
PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=30)
WORDS = st.sampled_from(
    ["looks good", "thanks @anna", "see /usr/bin", "- a", "1. b", "# h", "", "a|b", "**x**", "~", "a < b"]
)
QUOTED = st.one_of(
    NAME.map(lambda name: f"> /{name}"),
    NAME.map(lambda name: f">/{name} {TOKEN}"),
    NAME.map(lambda name: f"    /{name}"),
    NAME.map(lambda name: f"\t/{name}"),
    NAME.map(lambda name: f"- /{name}"),
    NAME.map(lambda name: f"`/{name}`"),
    NAME.map(lambda name: f"/{name}ly"),
    NAME.map(lambda name: f"/{name}/bin"),
    NAME.map(lambda name: f"see <!-- /{name} -->"),
    st.tuples(st.sampled_from(["```", "````", "~~~", "```sh"]), NAME).map(
        lambda two: f"{two[0]}\n/{two[1]}\n{two[0].rstrip('sh')}"
    ),
)  # fmt: skip
"""What holds a command's letters and is none: a quote, code, part of a word."""


@dataclass(frozen=True)
class Comment:
    """A comment with what it says by construction."""

    body: str
    says: NoCommand | Unknown | TwoCommands | Invocation


@st.composite
def comments(draw: st.DrawFn) -> Comment:
    """Blank lines, a command, and below it words, things that are no commands, and perhaps more commands."""
    name = draw(NAME)
    arguments = draw(st.sampled_from(["", TOKEN, "plan " + TOKEN]) | PLAIN).strip(" \t")
    gap = draw(st.sampled_from([" ", "\t", "   "])) if arguments else draw(st.sampled_from(["", " ", "\t"]))
    lines = [*draw(st.lists(st.sampled_from(["", " ", "\t", "  \t"]), max_size=3)), f"/{name}{gap}{arguments}"]
    more: list[str] = []
    for kind in draw(st.lists(st.sampled_from(["words", "quoted", "command"]), max_size=4)):
        if kind == "command":
            more.append(draw(NAME))
            lines.append(
                f"{draw(st.sampled_from(['', ' ', '   ']))}/{more[-1]}{draw(st.sampled_from(['', ' now']))}"
            )
        else:
            lines.append(draw(WORDS if kind == "words" else QUOTED))
    says = (
        TwoCommands((name.lower(), *(one.lower() for one in more)))
        if more
        else Invocation(name.lower(), arguments)
    )
    return Comment(draw(NEWLINE).join("\n".join(lines).split("\n")), says)


@LONG
@given(comments())
def test_a_comment_says_what_it_was_made_to_say(comment: Comment) -> None:
    assert parse(comment.body, KNOWN) == comment.says


BEFORE = [
    " ", "    ", "\t", ">", "> ", "- ", "* ", "+ ", "1. ", "# ", "`", "```\n", "~~~\n", "<!--\n", "<!-- ",
    "<details>\n", "|", "\\", "\u00a0", "\ufeff", "\u200b", "\u202e", "\u2028", "\x0b", "\x0c", "\x85", "\x00",
    "looks good\n", "cc @anna\n\n", "\uff0f", "\u2044", "\u2215", "//", "[", "*", "_", "~",
]  # fmt: skip


@LONG
@given(comments(), st.data())
def test_a_command_behind_anything_at_all_is_none(comment: Comment, data: st.DataObject) -> None:
    before = data.draw(st.sampled_from(BEFORE))
    body = before + comment.body.lstrip(" \t\r\n")
    assert parse(body, KNOWN) == NoCommand()


ALIKE = {
    "a": "аɑａᴀ", "b": "Ьｂ", "c": "сϲｃ", "e": "еｅ", "h": "һ", "i": "іıｉ", "j": "ј", "k": "кｋ",
    "l": "ⅼӏｌ", "n": "ո", "o": "оοｏ", "p": "рｐ", "r": "г", "s": "ѕｓ", "t": "τ", "u": "ս",
    "w": "ѡ", "y": "уｙ",
}  # fmt: skip
"""Letters of other alphabets that look like ours."""


@LONG
@given(st.sampled_from(KNOWN), st.data())
def test_a_word_that_only_looks_alike_is_no_command(name: str, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([place for place, char in enumerate(name) if char in ALIKE]))
    stranger = data.draw(
        st.sampled_from(ALIKE[name[at]]) | st.characters(min_codepoint=0x80, exclude_categories=("Cs",))
    )
    where = data.draw(st.sampled_from(["instead", "before", "behind"]))
    rest = name[at + 1 :] if where == "instead" else name[at:] if where == "before" else name[at + 1 :]
    word = name[:at] + (name[at] if where == "behind" else "") + stranger + rest
    found = parse(f"/{word} {TOKEN}", KNOWN)
    assert found == NoCommand(), found


INDENTS = ["", "", " ", "   ", "    ", "\t", "> ", "- ", "  - "]
MARKS = [
    "```", "````", "~~~", "~~~~", "```x```", "```sh", "``", "~~~ x", "``` `", "<!--", "-->",
    "<div>", "</div>", "<pre>", "</pre>", "***", "a", "", "===", "- a", "1. a",
]  # fmt: skip
LINES = st.lists(
    st.builds(
        str.__add__,
        st.sampled_from(INDENTS),
        st.sampled_from([*MARKS, *(f"/{name}" for name in ("cancel", "plan", "WHY") * 4)]),
    ),
    max_size=7,
)


def shown(body: str) -> list[str]:
    """The known commands that begin further lines of text, as a reader of the rendered comment sees them."""
    found: list[str] = []
    lines, depth = body.split("\n"), 0
    first = next(number for number, line in enumerate(lines) if line.strip(" \t"))
    for block in MARKDOWN.parse(body):
        text = block.type in ("paragraph_open", "heading_open")
        if text and depth == 0 and block.map:
            for number in range(max(first + 1, block.map[0]), block.map[1]):
                bare = lines[number].lstrip(" ")
                word = bare[1:].split(" ")[0].lower() if bare.startswith("/") else ""
                found += [word] if word in KNOWN and len(lines[number]) - len(bare) < 4 else []
        depth += block.nesting
    return found


@LONG
@given(st.sampled_from(["/approve", "/approve", "/approve x", "", "\n/plan", " /plan", "/plan\u00a0"]), LINES)
def test_nothing_but_a_first_paragraph_commands_and_nothing_that_is_shown_is_overlooked(
    first: str, lines: list[str]
) -> None:
    body = "\n".join([first, *lines])
    found = parse(body, KNOWN)
    event(type(found).__name__)
    if isinstance(found, NoCommand):
        return
    block = MARKDOWN.parse(body)[0]
    assert block.type == "paragraph_open" or (block.type == "heading_open" and not block.markup.startswith("#"))
    if isinstance(found, Invocation):
        assert shown(body) == [], "a second command is shown, and the first was heard"


TOKENS = st.one_of(
    st.text(st.sampled_from("v0123456789abcdefABCDEF- \n`٣Ｖ"), max_size=20),
    st.tuples(st.integers(-5, 10**8), st.text(st.sampled_from(string.hexdigits), min_size=10, max_size=14)).map(
        lambda two: f"v{two[0]}-{two[1]}"
    ),
    st.tuples(st.integers(1, 999_999), st.text(st.sampled_from("0123456789abcdef"), min_size=12, max_size=12)).map(
        lambda two: f"v{two[0]}-{two[1]}"
    ),
)


@LONG
@given(TOKENS, st.sampled_from(["", "", "", " ", "\n", "v", "\u200b"]))
def test_a_token_has_one_spelling(text: str, behind: str) -> None:
    found = token(text + behind)
    if found is not None:
        assert f"v{found.version}-{found.prefix}" == text + behind
        assert 1 <= found.version <= 999_999
        assert set(found.prefix) <= set("0123456789abcdef")
        assert len(found.prefix) == 12
    elif not behind:
        # What the parts spell is a token: by the digits alone, without a pattern.
        version, _, prefix = text[1:].partition("-")
        exact = (
            version.isascii() and version.isdigit() and version == str(int(version)) and 0 < int(version) < 10**6
        )
        assert not (text[:1] == "v" and exact and len(prefix) == 12 and set(prefix) <= set("0123456789abcdef"))


@LONG
@given(st.integers(1, 999_999), st.text(st.sampled_from("0123456789abcdef"), min_size=12, max_size=12))
def test_every_token_is_read(version: int, prefix: str) -> None:
    assert token(f"v{version}-{prefix}") == Token(version, prefix)


@LONG
@given(NAME, st.sampled_from(["a", "ä", "\U0001f600", "- "]), st.integers(LINE_LIMIT - 30, LINE_LIMIT + 30))
def test_a_line_longer_than_anybody_types_is_no_command(name: str, char: str, length: int) -> None:
    line = f"/{name} {char * length}"[: length - 1] + "."
    assert isinstance(parse(line, KNOWN), NoCommand if len(line) > LINE_LIMIT else Invocation)
