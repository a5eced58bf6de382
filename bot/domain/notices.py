"""What the bot says of locks and budgets: why a leg waits, who closed an environment, which limit comes near.

Messages like those of messages.py, in a file of their own; `Notice` is a part of `Message`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.domain.case import Case, Queued
from executors.protocol.plan import Plan


@dataclass(frozen=True)
class LegWaits:
    """The sticky comment while a leg waits for its environment, or is stopped by the budget."""

    case: Case
    plan: Plan
    queued: Queued
    kind: Literal["leg_waits"] = "leg_waits"


@dataclass(frozen=True)
class LockNoted:
    """The reply to `/lock`: what was locked, until when, what goes on there and what waits."""

    place: str
    login: str
    reason: str
    until: str
    runs: str = ""
    """the run that is under way there, in words; "" where none is"""
    waiting: tuple[str, ...] = ()
    """the capabilities that wait for it, by display id"""
    kind: Literal["lock_noted"] = "lock_noted"


@dataclass(frozen=True)
class LockOpened:
    """The reply to `/unlock`; `owner` had locked it."""

    place: str
    login: str
    owner: str
    reason: str
    waiting: tuple[str, ...] = ()
    kind: Literal["lock_opened"] = "lock_opened"


@dataclass(frozen=True)
class BudgetNear:
    """A reply of its own, once for each limit: so much of it is reserved or spent."""

    limit: Literal["per_case", "per_month"]
    used: str
    of: str
    currency: str
    percent: int
    at_least: bool = False
    kind: Literal["budget_near"] = "budget_near"


@dataclass(frozen=True)
class Rebuilt:
    """A reply of its own after the database was lost: up to where the case is known, and what counts no more."""

    case: Case
    at: str
    """when the last signed line was written, RFC 3339"""
    line: int
    words: tuple[str, ...]
    """links to what was said since and looks like a decision, for information only"""
    more: int
    """how many further ones are not listed"""
    next: str
    """what is awaited now and the line to say, commands as code"""
    kind: Literal["rebuilt"] = "rebuilt"


Notice = LegWaits | LockNoted | LockOpened | BudgetNear | Rebuilt
