"""Rounds through what GitHub may have changed without our hearing of it, by timer, a piece at a time.

An open case is told to look for itself, in its own order (`swept`). A labelled issue that nobody told us of is
handled as if it had just been opened; nothing that was said on it is: an approval is never made of what a list of
comments shows (T11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from bot.domain.case import case_key
from bot.domain.effects import Tell, Timer
from bot.domain.knowledge import Knowledge, Need, OpenCases, Unheard
from bot.domain.looking import ROUNDS, FoundIssue
from bot.domain.turn import Turn
from bot.events.model import TimerDue
from bot.events.rows import ISSUE_FOUND, SWEPT

NAME = "look"
"""The timer's name and key."""
LEAST = timedelta(seconds=10)
"""Between two rounds, however often sweeps are wanted."""


def needs(event: TimerDue) -> tuple[Need, ...]:
    """The next piece of open cases, and of repositories."""
    return (OpenCases(_after(event.data, "case")), Unheard(_after(event.data, "place")))


def decide(event: TimerDue, turn: Turn, known: Knowledge) -> None:
    """Tells the cases, and begins those that are missing; nothing is written down."""
    del event  # where it began is in what was found
    for key in known.open_cases.cases:
        turn.do(Tell(f"{SWEPT}:{known.nonce}:{key}", key, SWEPT))
    for issue in known.unheard.issues:
        key = case_key(issue.repo.id, issue.node_id)
        turn.do(Tell(f"found:{known.nonce}:{key}", key, ISSUE_FOUND, _as_data(issue)))
    pause = max(timedelta(seconds=known.sweep_every) / ROUNDS, LEAST)
    where = {"case": known.open_cases.after, "place": known.unheard.after}
    turn.do(Timer(NAME, NAME, turn.now + pause, where))


def first(now: datetime) -> Timer:
    """The round of a start; one that waits already is brought forward and goes on where it was."""
    return Timer(NAME, NAME, now)


def _after(data: Mapping[str, Any], name: str) -> str:
    return str(data.get(name, ""))


def _as_data(issue: FoundIssue) -> dict[str, Any]:
    """The issue as `events.rows` reads it; its body is read again when it is handled."""
    return asdict(issue)
