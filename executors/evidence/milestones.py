"""The way of a case in a few lines: the events that a reader asks for first, and how long it took."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from executors.evidence.story import EventRow

_WORDS = {
    "capability.opened": "Asked for",
    "plan.generated": "Planned",
    "preview.finished": "Previewed",
    "approval.given": "Approved",
    "approval.refused": "Refused",
    "approval.withdrawn": "Approval taken back",
    "override.used": "Gate passed without its approvals",
    "gate.passed": "Gate passed",
    "leg.dispatched": "Run started",
    "leg.finished": "Run ended",
    "leg.lost": "Run lost",
    "execution.failed": "Failed",
    "rollback.started": "Taking back",
    "rollback.completed": "Taken back",
    "rollback.failed": "Not all could be taken back",
    "capability.held": "Held",
    "capability.resumed": "Resumed",
    "capability.rejected": "Rejected",
    "capability.cancelled": "Cancelled",
    "capability.completed": "Completed",
}
_MOST = 40


@dataclass(frozen=True)
class Milestone:
    """One event in plain words."""

    at: str
    what: str
    who: str
    detail: str
    type: str


def milestones_of(events: Iterable[EventRow]) -> tuple[Milestone, ...]:
    """Return the events that tell the way, in order; of more than 40 the first and the last ones."""
    found = [
        Milestone(one.at, _WORDS[one.type], one.who, one.detail, one.type.replace(".", "-"))
        for one in events
        if one.type in _WORDS
    ]
    return tuple(found if len(found) <= _MOST else [*found[: _MOST // 2], *found[-_MOST // 2 :]])


def took(started: str, ended: str) -> str:
    """Return the time between two moments in words, `unknown` where one of them is none."""
    try:
        first, last = (datetime.fromisoformat(text.removesuffix(" UTC")) for text in (started, ended))
    except ValueError:
        return "unknown"
    return span(last - first)


def span(passed: timedelta) -> str:
    """Return a span of time by its two largest units."""
    seconds = int(passed.total_seconds())
    units = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
    parts = [
        (seconds // size % (limit // size), name)
        for (name, size), limit in zip(units, (10**9, 86_400, 3_600, 60), strict=True)
    ]
    first = next((place for place, (number, _) in enumerate(parts) if number), len(parts) - 1)
    told = [f"{number} {name}" for number, name in parts[first : first + 2] if number]
    return " ".join(told) or "0 s"
