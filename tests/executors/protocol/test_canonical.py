"""Canonical JSON: one value, one byte string, checked against a second implementation (T34)."""

import hashlib
import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from executors.errors import ProtocolError
from executors.protocol.canonical import canonical, digest, parse

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
NFC_KEYS = TEXT.map(lambda text: unicodedata.normalize("NFC", text))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NFC_KEYS, inner, max_size=4),
    max_leaves=12,
)


def second_opinion(value: Any) -> str:
    """RFC 8785 once more, from the text of the RFC and with another escaper."""
    if isinstance(value, dict):
        items = {unicodedata.normalize("NFC", key): item for key, item in value.items()}
        keys = sorted(items, key=lambda key: list(key.encode("utf-16-be")))
        return "{" + ",".join(f"{second_opinion(key)}:{second_opinion(items[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(second_opinion(item) for item in value) + "]"
    if isinstance(value, str):
        return json.dumps(unicodedata.normalize("NFC", value), ensure_ascii=False)
    return json.dumps(value)


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_a_second_implementation_writes_the_same_bytes(value: Any) -> None:
    assert canonical(value) == second_opinion(value).encode()


@settings(max_examples=100, deadline=None)
@given(VALUES)
def test_what_was_written_reads_back_as_the_same_value(value: Any) -> None:
    written = canonical(value)
    assert canonical(parse(written)) == written


def test_keys_are_sorted_by_their_utf_16_code_units() -> None:
    # RFC 8785, section 3.2.3; its U+FB33 is no NFC, so U+FB01 stands for it: after the surrogates of U+1F600.
    keys = ["\u20ac", "\r", "\ufb01", "1", "\U0001f600", "\x80", "\u00f6"]
    written = canonical(dict.fromkeys(keys))
    assert list(json.loads(written)) == ["\r", "1", "\x80", "\u00f6", "\u20ac", "\U0001f600", "\ufb01"]


def test_the_two_unicode_spellings_of_a_text_have_one_digest() -> None:
    assert digest({"caf\u00e9": "caf\u00e9"}) == digest({"cafe\u0301": "cafe\u0301"})


def test_the_digest_is_the_sha_256_of_the_bytes_and_ignores_key_order() -> None:
    assert digest({"b": 1, "a": [True, None]}) == hashlib.sha256(b'{"a":[true,null],"b":1}').hexdigest()


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        {"a": 0.5},
        2**53,
        -(2**53),
        {1: "a"},
        {"a": {1, 2}},
        b"bytes",
        object(),
        "\ud800",
        {"\ud800": 1},
        {"\u00e9": 1, "e\u0301": 2},
    ],
)
def test_what_has_no_single_spelling_is_refused(value: object) -> None:
    with pytest.raises(ProtocolError):
        canonical(value)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (b'{"a":1,"a":2}', "twice"),
        (b'[{"b":{"a":1,"a":1}}]', "twice"),
        ('{"\u00e9":1,"e\u0301":2}'.encode(), "twice"),
        (b"[NaN]", "NaN"),
        (b"[Infinity]", "Infinity"),
        (b"-Infinity", "Infinity"),
        (b"1.0", "decimal strings"),
        (b"1e3", "decimal strings"),
        (b"9007199254740992", "beyond"),
        (b"9" * 5000, "beyond"),
        (b'"\xff"', "UTF-8"),
        ('"a"'.encode("utf-16"), "UTF-8"),
        (b'"\\ud800"', "surrogate"),
        (b'{"\\udc00":1}', "surrogate"),
        (b"[" * 21 + b"]" * 21, "deeper"),
        (b"[" * 100_000, "deeper"),
        (b'{"a":' * 100_000, "deeper"),
        (b"", "line 1"),
        (b"\xef\xbb\xbf1", "line 1"),
        (b"{} {}", "Extra data"),
        (b"{'a':1}", "line 1"),
        (b"[1,]", "line 1"),
    ],
)
def test_json_that_readers_may_read_differently_is_refused_with_the_reason(text: bytes, word: str) -> None:
    with pytest.raises(ProtocolError, match=word):
        parse(text)


def test_twenty_levels_are_read_and_written() -> None:
    deep = b"[" * 20 + b"]" * 20
    assert canonical(parse(deep)) == deep


def test_text_over_the_limit_is_refused_before_it_is_read() -> None:
    assert parse(b"[1]", limit=3) == [1]
    with pytest.raises(ProtocolError, match="4 bytes"):
        parse(b"[11]", limit=3)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40) | st.text(max_size=40))
def test_any_bytes_are_read_or_refused_but_never_raise_anything_else(data: bytes | str) -> None:
    try:
        value = parse(data)
    except ProtocolError:
        return
    assert canonical(value)
