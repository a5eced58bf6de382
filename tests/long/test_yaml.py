"""What the strict reader takes has one reading: PyYAML (YAML 1.1) and ruamel (1.2) see the same tree (T29)."""

from __future__ import annotations

import io
from typing import Any

import yaml
from hypothesis import event, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.domain.document import Document
from bot.domain.faults import Fault
from bot.domain.strict_yaml import read_yaml
from tests.bot.domain.acme import example
from tests.long import LONG

PIECES = [
    "a", "b", "key", "a: 1", "a:", "- ", "-", "? ", ": ", ":", ",", "[", "]", "{", "}", "&a ", "*a", "!x ",
    "!!str ", "|", ">", "|-", ">+", "|2", "'", '"', "''", '\\"', "\\n", "\\/", "\\x41", "\\u00e9", "#",
    " #", "# c", "%YAML 1.1", "---", "...", "@", "`", "~", "null", "true", "yes", "NO", "on", "1", "-12",
    "01", "0x1F", "0o14", "1_000", "1.10", "1e3", ".inf", "12:30:45", "2026-01-31", "<<", "<<: ", "=", " ",
    "  ", "    ", "\n", "\n", "\n  ", "\n- ", "\n    ", "\t", "\r", "\r\n", "\x85", "\u2028", "\u2029",
    "\ufeff", "\0", "\x0b", "\x7f", "\u00a0", "é", "e\u0301", "\ud800", "😀",
]  # fmt: skip
PATCHWORK = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp")), max_size=10)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**16), 10**16)
    | TEXTS
    | st.sampled_from(["NO", "1.10", "~", "", "a\nb"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS.filter(bool), inner, max_size=3),
    max_leaves=8,
)
WRITTEN = st.builds(
    lambda value, style, flow: yaml.safe_dump(
        value, allow_unicode=True, default_style=style, default_flow_style=flow
    ),
    VALUES,
    st.sampled_from([None, None, '"', "'", "|", ">"]),
    st.sampled_from([None, True, False]),
)


@st.composite
def spoiled(draw: st.DrawFn) -> str:
    """A document with something put in or taken out at a place or two."""
    text = draw(WRITTEN | st.just(example()))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(["", *PIECES])) + text[at + draw(st.integers(0, 2)) :]
    return text


DIGITS = set("0123456789")


def scalar(text: str) -> Any:
    """The value of a plain scalar: YAML 1.2's nulls and booleans, plain decimal integers, or the text itself."""
    if text in ("", "~") or text in ("null", "Null", "NULL"):
        return None
    if text.lower() in ("true", "false") and text in (text.lower(), text.upper(), text.capitalize()):
        return text.lower() == "true"
    bare = text.removeprefix("-")
    if bare and set(bare) <= DIGITS and str(int(bare)) == bare and len(bare) <= 15 and text != "-0":
        return int(text)
    return text


def tree(node: Any) -> Any:
    """The value of a composed node of either library; raises ValueError for what has more than one reading."""
    if node is None:
        return None
    if node.anchor is not None:
        raise ValueError("anchor")
    kind = type(node).__name__
    if kind == "ScalarNode":
        return node.value if node.style else scalar(node.value)
    if kind == "SequenceNode":
        return [tree(one) for one in node.value]
    if any(type(key).__name__ != "ScalarNode" for key, _ in node.value):
        raise ValueError("key")
    pairs = [(key.value, tree(value)) for key, value in node.value]
    if len(dict(pairs)) != len(pairs):
        raise ValueError("twice")
    return dict(pairs)


def with_pyyaml(text: str) -> Any:
    """The tree as YAML 1.1 has it."""

    class Loader(yaml.SafeLoader):
        """Keeps the anchors, which the composer drops."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            event = self.peek_event()
            node = super().compose_node(parent, index)
            node.anchor = getattr(event, "anchor", None)
            return node

    return tree(yaml.compose(text, Loader=Loader))


def with_ruamel(text: str) -> Any:
    """The tree as YAML 1.2 has it."""
    reader = YAML(typ="safe", pure=True)
    reader.version = (1, 2)
    return tree(reader.compose(io.StringIO(text)))


@LONG
@given(PATCHWORK | spoiled() | st.text(max_size=30))
def test_what_is_taken_has_one_reading_and_what_is_not_has_a_line(text: str) -> None:
    read = read_yaml(text)
    lines = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    if isinstance(read, Fault):
        event("refused")
        assert read.message
        assert read.next
        assert read.line
        assert 1 <= read.line <= lines
        return
    event("read")
    assert read.value == with_pyyaml(text)
    assert read.value == with_ruamel(text)
    assert all(1 <= line <= lines for line in read.lines.values())


@LONG
@given(WRITTEN, st.integers(1, 1000))
def test_the_line_of_each_path_is_where_it_is_written(text: str, first: int) -> None:
    read = read_yaml(text, first)
    if isinstance(read, Fault):
        # Two keys that NFC makes one; a style that PyYAML writes with a tag.
        assert "occurs twice" in read.message or "a tag" in read.message, read
        return
    assert isinstance(read, Document)
    for path, line in read.lines.items():
        written = text.split("\n")[line - first]
        if path and isinstance(path[-1], str) and path[-1].isascii() and path[-1].isalnum():
            assert path[-1] in written
