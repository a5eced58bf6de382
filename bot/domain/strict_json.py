"""JSON that can be read in one way only: no key twice, no NaN, 64 KB and 20 levels at most (T29)."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from bot.domain.document import DEPTH_LIMIT, SURROGATE, TOO_DEEP, Document, Wrong, nfc, oversized, scalar
from bot.domain.faults import Fault


def read_json(text: str, first_line: int = 1) -> Document | Fault:
    """The JSON document in `text`, which begins on `first_line`; or its first fault. Paths have no lines.

    Numbers that are not plain integers come back as the text they were written as.
    Source: https://www.rfc-editor.org/rfc/rfc8259
    """
    if fault := oversized(text):
        return fault
    try:
        value = _JSON.decode(text)
        _check(value)
    except Wrong as wrong:
        return wrong.fault
    except json.JSONDecodeError as error:
        return Fault("", f"this is no JSON: {error.msg}", "correct the line", first_line + error.lineno - 1)
    except RecursionError:
        return Fault("", *TOO_DEEP, first_line)
    return Document(value, {(): first_line})


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [nfc(name) for name, _ in pairs]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise Wrong(f"the key `{twice[:80]}` occurs twice in one object", "keep one of them")
    return dict(pairs)


def _no_number(literal: str) -> NoReturn:
    raise Wrong(f"{literal} is no number", "write a number or a text")


def _check(root: Any) -> None:
    """Raise Wrong for depth over the limit and for halves of characters."""
    todo = [(root, 1)]
    while todo:
        value, depth = todo.pop()
        if isinstance(value, str) and SURROGATE.search(value):
            raise Wrong("a text holds half of a character (a surrogate)", "write the character itself")
        if isinstance(value, list | dict):
            if depth > DEPTH_LIMIT:
                raise Wrong(*TOO_DEEP)
            inside = [*value, *value.values()] if isinstance(value, dict) else value
            todo.extend((item, depth + 1) for item in inside)


_JSON = json.JSONDecoder(object_pairs_hook=_unique, parse_float=str, parse_int=scalar, parse_constant=_no_number)
