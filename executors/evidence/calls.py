"""The log of what a leg said to another machine, counted: how many calls, of which methods, how many failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from executors.errors import ProtocolError
from executors.evidence.words import plain
from executors.protocol.canonical import parse
from executors.protocol.wire import Json

LOG = "odoo.jsonl"


@dataclass(frozen=True)
class Method:
    """One method of one model: how often it was called, and how many of the calls had no good answer."""

    name: str
    count: int
    failed: int


@dataclass(frozen=True)
class Calls:
    """One leg's log; `cut` counts the entries that cannot be read, as a killed run leaves its last one."""

    leg: str
    path: str
    total: int
    failed: int
    cut: int
    methods: tuple[Method, ...]


_ANSWERS = frozenset({"answered", "werkzeug.exceptions.NotFound"})
"""The second is how an Odoo says that it has no such model yet: what a look before an installation is told."""


def calls_of(legs: Mapping[str, Mapping[str, bytes]]) -> tuple[Calls, ...]:
    """Return the calls of every leg that has a log, by leg; of each the methods by name."""
    return tuple(_calls(leg, files[LOG]) for leg, files in sorted(legs.items()) if LOG in files)


def _calls(leg: str, data: bytes) -> Calls:
    entries = [_entry(line) for line in data.split(b"\n") if line.strip()]
    read = [entry for entry in entries if entry is not None]
    good: dict[str, int] = {}
    bad: dict[str, int] = {}
    for entry in read:
        name = plain(".".join(str(entry[part]) for part in ("model", "method") if entry.get(part)))
        answered = entry.get("outcome") in _ANSWERS
        good[name] = good.get(name, 0) + answered
        bad[name] = bad.get(name, 0) + (not answered)
    return Calls(
        leg=plain(leg),
        path=f"legs/{leg}/{LOG}",
        total=len(read),
        failed=sum(bad.values()),
        cut=len(entries) - len(read),
        methods=tuple(Method(name, good[name] + bad[name], bad[name]) for name in sorted(good)),
    )


def _entry(line: bytes) -> Json | None:
    try:
        value = parse(line)
    except (ProtocolError, ValueError):
        return None
    return value if isinstance(value, dict) else None
