"""Canonical JSON is what two implementations of others write, and reading is as strict as it says (T34)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executors.errors import ProtocolError
from executors.protocol.canonical import INTEGER_LIMIT, canonical, digest, parse
from tests.contract.canonical import Erdtman, erdtman, rundgren
from tests.executors.protocol.test_canonical import VALUES, by_hand, nfc
from tests.long import LONG


@pytest.fixture(scope="module", name="erdtman")
def _erdtman() -> Iterator[Erdtman]:
    with erdtman() as found:
        yield found


@LONG
@given(value=VALUES)
def test_three_others_write_the_same_bytes(erdtman: Erdtman, value: Any) -> None:
    written = canonical(value)
    assert written == rundgren(nfc(value)) == erdtman(nfc(value)) == by_hand(nfc(value)).encode()
    assert canonical(parse(written)) == written


def turned(value: Any) -> Any:
    """The value with the keys of its objects in the reverse order."""
    if isinstance(value, dict):
        return {key: turned(item) for key, item in reversed(value.items())}
    return [turned(item) for item in value] if isinstance(value, list) else value


@LONG
@given(VALUES, VALUES)
def test_two_values_have_one_digest_only_if_they_are_one_value(one: Any, other: Any) -> None:
    assert digest(one) == digest(turned(one))
    # By their text, for True == 1 in Python.
    same = by_hand(nfc(one)) == by_hand(nfc(other))
    assert (digest(one) == digest(other)) == same


PIECES = [
    "{", "}", "[", "]", ",", ":", '"', '"a"', '"é"', '"e\u0301"', "0", "-0", "01", "1.0", "1e2", "-", "true",
    "null", "NaN", "\\u0061", "\\ud83d", "\\ude00", "9007199254740991", "9007199254740992", " ", "\n", "\ufeff",
    "\0", "'", '{"a":1}', '"b":2', "/**/",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@st.composite
def spoiled(draw: st.DrawFn) -> str:
    """JSON text with something put in, or taken out, at one place."""
    text = json.dumps(draw(VALUES), ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1])))
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.sampled_from(["", *PIECES])) + text[at + draw(st.integers(0, 3)) :]


@LONG
@given(text=TEXTS | spoiled())
def test_what_is_read_is_what_a_reader_of_another_language_reads(erdtman: Erdtman, text: str) -> None:
    try:
        value = parse(text)
    except ProtocolError:
        return
    assert erdtman.read(text) == erdtman(value)
    assert erdtman(nfc(value)) == canonical(value)
    assert all(abs(number) <= INTEGER_LIMIT for number in numbers(value))


def numbers(value: Any) -> Iterator[int]:
    """Every number in the value; there are integers only."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from numbers(item)
    elif value is not None and not isinstance(value, bool | str):
        assert type(value) is int
        yield value
