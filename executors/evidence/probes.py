"""What a step checked and what it found: the checks of its last look, and its findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from executors.evidence.words import plain
from executors.protocol.finding import Finding
from executors.protocol.wire import Json

_FIELDS = ("check", "looked_at", "found", "verdict", "next")


@dataclass(frozen=True)
class Probe:
    """One check: what was looked at, what was found there, what that means, and what to do if it is not fine."""

    check: str
    looked_at: str
    found: str
    verdict: str
    next: str


@dataclass(frozen=True)
class Note:
    """One finding of a step."""

    level: str
    code: str
    text: str


def probes_of(record: Json | None) -> tuple[Probe, ...]:
    """Return the checks in a look's record, whichever name they stand under; of anything else nothing."""
    return tuple(_probe(one) for value in (record or {}).values() for one in _checks(value))


def _checks(value: Any) -> Iterator[Json]:
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict) and all(isinstance(one.get(name), str) for name in _FIELDS):
            yield one


def _probe(one: Json) -> Probe:
    return Probe(
        **{name: plain(one[name]).replace("_", " ") if name == "verdict" else plain(one[name]) for name in _FIELDS}
    )


def notes_of(findings: Iterable[Finding], probes: Iterable[Probe]) -> tuple[Note, ...]:
    """Return the findings that are not said by a check already, each once, the worst first."""
    said = {probe.check for probe in probes}
    order = ("failure", "warning", "notice")
    notes = dict.fromkeys(
        Note(one.level, plain(one.code), plain(one.message)) for one in findings if one.code not in said
    )
    return tuple(sorted(notes, key=lambda note: order.index(note.level)))
