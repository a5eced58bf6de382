"""YAML and JSON are read in one way only, whatever is thrown at them (T29)."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.document import Document
from bot.domain.faults import Fault
from bot.domain.strict_json import read_json
from bot.domain.strict_yaml import read_yaml

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
    f"{new}: &{new} [{','.join(['*' + old] * 9)}]" for old, new in zip("abcdefg", "bcdefgh", strict=True)
)
REFUSED = {
    "alias bomb": (BOMB, "anchor", 1),
    "alias": ("a: 1\nb: *a", "alias", 2),
    "anchor": ("a: 1\nb: &b 2", "anchor", 2),
    "tag": ("a: 1\nb: !!python/name:os.system x", "tag", 2),
    "own tag": ("!x {}", "tag", 1),
    "non-specific tag": ("a: ! x", "tag", 1),
    "brackets": ("[" * 2000, "deeper", 1),
    "braces": ("{a: " * 2000, "deeper", 1),
    "dashes": ("- " * 2000, "deeper", 1),
    "indent": ("\n".join(" " * n + f"k{n}:" for n in range(30)), "deeper", 21),
    "twice": ("mode: final\nx: 1\nmode: auto", "`mode` occurs twice", 3),
    "twice below": ("a:\n  b: 1\n  b: 2", "`b` occurs twice", 3),
    "twice after NFC": ("é: 1\ne\u0301: 2", "occurs twice", 2),
    "complex key": ("? [a]\n: b", "a key must be a word", 1),
    "empty key": ("a: 1\n? \n: b", "a key is empty", 2),
    "second document": ("a: 1\n---\nb: 2", "second document", 2),
    "directive": ("%YAML 1.1\n---\na: 1", "directives", 1),
    "huge version": ("%YAML " + "9" * 5000 + "\n---\n", "no YAML", 1),
    "beyond Unicode": ('a: "\\UFFFFFFFF"', "no YAML", 1),
    "surrogate": ('a: 1\nb: "\\ud800"', "surrogate", 2),
    "tab": ("a:\n\tb: 1", "no YAML", 2),
    "NUL": ("a: \0", "no YAML", 1),
    "next line": ("a: 1\nb: x\x85c: 2", "U+0085", 2),
    "line separator": ("a: 1\r\nb: 'x\u2028y'", "U+2028", 2),
    "open bracket": ("a: 1\nb: [", "no YAML", 2),
    "too many": ("a: [" + "1," * 6_000 + "]", "more than 5,000 entries", 1),
    "too large": ("# " + "x" * 65_536, "larger than 64 KB", None),
    "too large in bytes": ("# " + "ü" * 40_000, "larger than 64 KB", None),
}


@pytest.mark.parametrize("name", REFUSED)
def test_t29_what_yaml_readers_settle_differently_is_refused_with_its_line(name: str) -> None:
    text, message, line = REFUSED[name]
    read = read_yaml(text)
    assert isinstance(read, Fault)
    assert message in read.message
    assert read.next
    assert read.line == line


def test_the_line_counts_from_where_the_text_stands_in_the_issue() -> None:
    read = read_yaml("a: 1\na: 2", first_line=40)
    assert isinstance(read, Fault)
    assert read.line == 41


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"), ("no", "no"), ("yes", "yes"), ("on", "on"), ("1.10", "1.10"), ("1e3", "1e3"),
        ("01067", "01067"),
        ("0o14", "0o14"), ("0x1F", "0x1F"), ("1_000", "1_000"), ("12:30:45", "12:30:45"),
        ("2026-01-31", "2026-01-31"),
        (".nan", ".nan"), ("+49", "+49"), ("-0", "-0"), ("9" * 40, "9" * 40), ("true", True), ("False", False),
        ("~", None), ("null", None), ("", None), ("7", 7), ("-12", -12), ("0", 0), ("'7'", "7"),
        ('"true"', "true"),
    ],
)  # fmt: skip
def test_a_scalar_has_the_value_of_yaml_1_2_or_stays_text(written: str, value: object) -> None:
    read = read_yaml(f"k: {written}")
    assert isinstance(read, Document)
    assert read.value == {"k": value}
    assert type(read.value["k"]) is type(value)


def test_the_line_of_a_path_is_found_or_that_of_what_is_around_it() -> None:
    read = read_yaml("a:\n  - x\n  - b: 1\n    c: 2\nd: 3")
    assert isinstance(read, Document)
    lines = [read.line_of(path) for path in [(), ("a",), ("a", 0), ("a", 1, "c"), ("a", 1, "new"), ("d", "e")]]
    assert lines == [1, 1, 2, 4, 3, 5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "a": 2}', "`a` occurs twice"), ('{"é": 1, "e\u0301": 2}', "occurs twice"),
        ("[NaN]", "no number"),
        ("[-Infinity]", "no number"), ("[" * 2000, "deeper"), ("[" * 21 + "]" * 21, "deeper"), ("{", "no JSON"),
        ('["\\ud800"]', "surrogate"), ('{"\\ud800": 1}', "surrogate"), ("[" * 70_000, "larger"), ("", "no JSON"),
        ("[1,]", "no JSON"), ("// x\n{}", "no JSON"),
    ],
)  # fmt: skip
def test_json_that_two_readers_would_read_differently_is_refused(text: str, message: str) -> None:
    read = read_json(text)
    assert isinstance(read, Fault)
    assert message in read.message


def test_json_numbers_that_are_no_plain_integers_stay_as_they_were_written() -> None:
    read = read_json('[1.10, 1e5, 7, 123456789012345678901, true, null, "x"]')
    assert isinstance(read, Document)
    assert read.value == ["1.10", "1e5", 7, "123456789012345678901", True, None, "x"]


def test_the_worst_text_that_is_not_too_large_is_refused_quickly() -> None:
    began = time.perf_counter()
    for text in (
        "[" * 65_000,
        "- " * 32_000,
        "? " * 32_000,
        "{" * 65_000,
        "&a " * 20_000,
        "\n".join(["a: 1"] * 13_000),
    ):
        assert isinstance(read_yaml(text), Fault)
    assert isinstance(read_yaml("a: [" + "1," * 30_000 + "]"), Fault)
    assert time.perf_counter() - began < 5


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:-?[]{}&*!|>'\"%@`#, \n\t\\u0~=<.1é\ud800\0"), max_size=80))
def test_no_text_makes_a_reader_raise(text: str) -> None:
    assert isinstance(read_yaml(text), Document | Fault)
    assert isinstance(read_json(text), Document | Fault)


TEXTS = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp")), max_size=20
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**14), 10**14) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS.filter(bool), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_json_written_by_us_is_read_back_as_it_was(value: object) -> None:
    read = read_json(json.dumps(value))
    if isinstance(read, Document):
        assert read.value == value
    else:
        assert "occurs twice" in read.message  # keys that NFC makes one
