"""Canonical JSON: one value, one byte string, checked against what others wrote from the same RFC (T34)."""

import hashlib
import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from executors.errors import ProtocolError
from executors.protocol.canonical import canonical, digest, parse
from tests.contract.canonical import Erdtman, erdtman, rundgren

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
NFC_KEYS = TEXT.map(lambda text: unicodedata.normalize("NFC", text))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NFC_KEYS, inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="session", name="erdtman")
def _erdtman() -> Iterator[Erdtman]:
    with erdtman() as found:
        yield found


def nfc(value: Any) -> Any:
    """The value with its strings in the form that ours writes; the RFC itself leaves strings alone."""
    if isinstance(value, dict):
        return {unicodedata.normalize("NFC", key): nfc(item) for key, item in value.items()}
    if isinstance(value, list):
        return [nfc(item) for item in value]
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def by_hand(value: Any) -> str:
    """RFC 8785 once more, from the text of the RFC and with another escaper."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: list(key.encode("utf-16-be")))
        return "{" + ",".join(f"{by_hand(key)}:{by_hand(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(by_hand(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_t34_a_second_implementation_writes_the_same_bytes(value: Any) -> None:
    assert canonical(value) == rundgren(nfc(value)) == by_hand(nfc(value)).encode()


@settings(max_examples=150, deadline=None)
@given(value=VALUES)
def test_a_third_one_in_another_language_writes_the_same_bytes(erdtman: Erdtman, value: Any) -> None:
    assert canonical(value) == erdtman(nfc(value))


SAMPLE = {"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f", "literals": [None, True, False]}
WRITTEN = """
7b 22 6c 69 74 65 72 61 6c 73 22 3a 5b 6e 75 6c 6c 2c 74 72
75 65 2c 66 61 6c 73 65 5d 2c
22 73 74 72 69 6e 67 22 3a 22 e2 82 ac 24 5c 75 30 30
30 66 5c 6e 41 27 42 5c 22 5c 5c 5c 5c 5c 22 2f 22 7d
"""


def test_the_sample_of_the_rfc_has_the_bytes_of_the_rfc(erdtman: Erdtman) -> None:
    # RFC 8785, sections 3.2.2 and 3.2.4, without the member `numbers`, which holds floats.
    assert canonical(SAMPLE) == bytes.fromhex(WRITTEN) == rundgren(SAMPLE) == erdtman(SAMPLE)


NUMBERS = """
5e-324 -5e-324 1.7976931348623157e+308 -1.7976931348623157e+308 9007199254740992 -9007199254740992
295147905179352830000 9.999999999999997e+22 1e+23 1.0000000000000001e+23 999999999999999700000
999999999999999900000 1e+21 9.999999999999997e-7 0.000001 333333333.3333332 333333333.33333325
333333333.3333333 333333333.3333334
333333333.33333343 -0.0000033333333333333333 1424953923781206.2 NaN Infinity 1E30 4.50 2e-3
"""


@pytest.mark.parametrize("number", NUMBERS.split())
def test_the_numbers_of_the_rfc_that_no_integer_is_are_refused_in_every_spelling(number: str) -> None:
    # RFC 8785, appendix B, and section 3.2.2: two readers of doubles could hold them as different numbers.
    with pytest.raises(ProtocolError):
        parse(f"[{number}]")
    with pytest.raises(ProtocolError):
        canonical(float(number) if not number.lstrip("-").isdigit() else int(number))


@pytest.mark.parametrize("number", [0, -1, 1, 2**53 - 1, -(2**53) + 1, 10**15])
def test_the_integers_that_every_reader_holds_are_written_as_digits(erdtman: Erdtman, number: int) -> None:
    assert canonical(number) == str(number).encode() == rundgren(number) == erdtman(number)
    assert parse("-0") == 0


@settings(max_examples=100, deadline=None)
@given(VALUES)
def test_what_was_written_reads_back_as_the_same_value(value: Any) -> None:
    written = canonical(value)
    assert canonical(parse(written)) == written


def test_keys_are_sorted_by_their_utf_16_code_units(erdtman: Erdtman) -> None:
    # RFC 8785, section 3.2.3; its U+FB33 is no NFC, so U+FB01 stands for it: after the surrogates of U+1F600.
    keys = ["\u20ac", "\r", "\ufb01", "1", "\U0001f600", "\x80", "\u00f6"]
    written = canonical(dict.fromkeys(keys))
    assert written == rundgren(dict.fromkeys(keys)) == erdtman(dict.fromkeys(keys))
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
