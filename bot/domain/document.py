"""A document that was read strictly: its value, the lines of its paths, and the limits that all readers share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.faults import Fault

SIZE_LIMIT = 64 * 1024
DEPTH_LIMIT = 20
TOO_DEEP = (f"is nested deeper than {DEPTH_LIMIT} levels", "make it flatter")
SURROGATE = re.compile("[\ud800-\udfff]")

Path = tuple[str | int, ...]

_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_INTEGER = re.compile(r"(0|-?[1-9][0-9]{0,14})")


@dataclass(frozen=True)
class Document:
    """What was read: `value` in plain Python values, and the line (from 1) on which each path begins."""

    value: Any
    lines: Mapping[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int | None:
        """The line of `path`, or of the nearest thing around it that has one; None where nothing has."""
        for length in range(len(path), -1, -1):
            if (line := self.lines.get(path[:length])) is not None:
                return line
        return None


class Wrong(Exception):
    """Carries the one fault that ends the reading out of its loops."""

    def __init__(self, message: str, advice: str, line: int | None = None) -> None:
        super().__init__(message)
        self.fault = Fault("", message, advice, line)


def oversized(text: str) -> Fault | None:
    """The fault of a text over 64 KB of UTF-8, else None."""
    # Characters first: encoding a huge text only to measure it would be the work that the limit avoids.
    if len(text) <= SIZE_LIMIT and len(text.encode("utf-8", "surrogatepass")) <= SIZE_LIMIT:
        return None
    return Fault(
        "", f"is larger than {SIZE_LIMIT // 1024} KB", "shorten it; pictures go into the repository, not here"
    )


def scalar(text: str) -> bool | int | str | None:
    """The value of a plain (unquoted) scalar; numbers in any but plain decimal form stay text.

    Source: https://yaml.org/spec/1.2.2/#103-core-schema, narrowed.
    """
    if text in _NULLS:
        return None
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _INTEGER.fullmatch(text) else text


def nfc(text: str) -> str:
    """The text in Unicode normal form C, in which keys are compared."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
