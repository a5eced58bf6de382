"""The log of what a leg said to another machine, counted: how many calls, of which methods, how many failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from executors.evidence.entries import entries_of
from executors.evidence.words import plain

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
    entries = entries_of(data)
    good: dict[str, int] = {}
    bad: dict[str, int] = {}
    for entry in entries.read:
        name = plain(".".join(str(entry[part]) for part in ("model", "method") if entry.get(part)))
        answered = entry.get("outcome") in _ANSWERS
        good[name] = good.get(name, 0) + answered
        bad[name] = bad.get(name, 0) + (not answered)
    return Calls(
        leg=plain(leg),
        path=f"legs/{leg}/{LOG}",
        total=len(entries.read),
        failed=sum(bad.values()),
        cut=entries.cut,
        methods=tuple(Method(name, good[name] + bad[name], bad[name]) for name in sorted(good)),
    )
