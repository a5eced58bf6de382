"""What strangers may cost, whatever the policy says: plans per account, per repository and per issue, each day.

Planning starts no run, but it takes several of the writes that GitHub lets an installation
make; on a public repository everybody may ask for it (T47). Who has triage or more is not counted: they
can have things previewed, which costs more, and a flood by strangers must not silence them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.ledger import Line
from bot.domain.people import Role

DAY = timedelta(hours=24)
PER_PERSON = 20
"""New capabilities by one account in one repository: more than anybody describes by hand in a day."""
PER_REPOSITORY = 200
"""New capabilities in one repository, whoever opened them; with five writes each it is what GitHub lets an
installation write in two hours."""
PER_ISSUE = 20
"""Versions of one issue's plan: each edit makes one."""
TRUSTED = Role.TRIAGE
"""From this role on nothing is counted: they could cost more by other means anyway."""
DEFERRED = "plan.deferred"
"""The entry for a plan that was not made because there were too many."""


@dataclass(frozen=True)
class Opened:
    """One capability that was opened in a repository lately."""

    at: str
    user: int
    """who had it opened: by `/plan` that need not be the issue's author"""


@dataclass(frozen=True)
class Full:
    """Which limit is reached, in words, and whether this is the first time that it is told of."""

    why: str
    is_first: bool


def full_for_new(opened: Sequence[Opened], user: int, role: Role, now: datetime) -> Full | None:
    """Whether somebody may open no more; None where they may. To be told one case more is opened, and only one."""
    lately = [one for one in opened if datetime.fromisoformat(one.at) > now - DAY]
    mine = sum(1 for one in lately if one.user == user)
    if role >= TRUSTED:
        return None
    if mine >= PER_PERSON:
        return Full(f"{PER_PERSON} capabilities of one account within 24 hours", mine == PER_PERSON)
    if len(lately) >= PER_REPOSITORY:
        return Full(f"{PER_REPOSITORY} capabilities within 24 hours", len(lately) == PER_REPOSITORY)
    return None


def opened_by(line: Line) -> Opened:
    """What a case's first line says of it."""
    return Opened(line.at, int(line.entry.data.get("asked_by", line.entry.actor.id)))


def full_for_again(lines: Sequence[Line], user: int, role: Role, now: datetime) -> Full | None:
    """Whether one more version of an issue's plan may be made; None where it may.

    What its author brings about is counted apart: else strangers could say `/plan` until the author is not heard.
    """
    if role >= TRUSTED or not lines:
        return None
    author = lines[0].entry.actor.id
    recent = [line.entry for line in lines if datetime.fromisoformat(line.at) > now - DAY]
    lately = [entry.type for entry in recent if (entry.actor.id == author) == (user == author)]
    planned = sum(1 for kind in lately if kind in {"plan.generated", "briefing.refused"})
    if DEFERRED in lately:  # neither an edit nor `/plan` is a way round what was said
        return Full("too much within 24 hours", is_first=False)
    return (
        Full(f"{PER_ISSUE} versions of one plan within 24 hours", is_first=True) if planned >= PER_ISSUE else None
    )
