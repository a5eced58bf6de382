"""What the bot answers to commands that tell something, and what it shows of a case that is held or erased.

Messages like those of messages.py, in a file of their own; `Reply` is a part of `Message`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.domain.case import Case
from bot.domain.faults import Refused
from executors.protocol.plan import Estimate, Plan, Verb


@dataclass(frozen=True)
class HelpRow:
    """One command of `/help`."""

    usage: str
    summary: str
    allowed: bool
    because: str = ""


@dataclass(frozen=True)
class HelpReply:
    """The reply to `/help`: what this user may do here and now."""

    login: str
    role: str
    phase: str
    rows: tuple[HelpRow, ...]
    kind: Literal["help_reply"] = "help_reply"


@dataclass(frozen=True)
class Held:
    """The sticky comment while a case is held: who holds it, why, and how it goes on."""

    case: Case
    by: str
    why: str
    frozen: str
    """why GitHub's own state keeps it held, in words; "" where a person holds it"""
    kind: Literal["held"] = "held"


@dataclass(frozen=True)
class Happened:
    """The reply when something on GitHub made a plan stale, or nothing goes on by itself after it."""

    case: Case
    what: str
    next: str
    """what to do, commands as code"""
    kind: Literal["happened"] = "happened"


@dataclass(frozen=True)
class Awaited:
    """The reply to `/run` where nothing can be done now: what is awaited, and the line to type."""

    case: Case
    what: str
    line: str
    kind: Literal["awaited"] = "awaited"


@dataclass(frozen=True)
class Retried:
    """The reply to `/retry <step>`: which leg is tried again, and what happens to its other steps."""

    leg: str
    verb: Verb
    step: str
    others: tuple[str, ...]
    kind: Literal["retried"] = "retried"


@dataclass(frozen=True)
class PlanSketch:
    """The reply to `/plan dry-run`: the plan that the issue would give now, which replaces nothing."""

    case: Case
    plan: Plan
    against: str
    """what it changes against the plan that stands, in words; "" where none stands"""
    is_same: bool
    approvals_needed: int
    approvers: str
    blocked: tuple[Refused, ...] = ()
    kind: Literal["plan_sketch"] = "plan_sketch"


@dataclass(frozen=True)
class RunCost:
    """What one run has cost; money as decimal strings, None is unknown."""

    leg: str
    verb: Verb
    at: str
    jobs: int
    minutes: int | None
    amount: str | None
    currency: str


@dataclass(frozen=True)
class Left:
    """What is left of one of the policy's limits; `at_most` where some of what was used is not known."""

    limit: Literal["per_case", "per_month"]
    of: str
    left: str
    currency: str
    at_most: bool


@dataclass(frozen=True)
class CostReply:
    """The reply to `/cost`."""

    case: Case
    estimate: Estimate | None
    runs: tuple[RunCost, ...]
    budgets: tuple[Left, ...] = ()
    kind: Literal["cost_reply"] = "cost_reply"


@dataclass(frozen=True)
class AuditRow:
    """One line of the ledger."""

    n: int
    at: str
    who: str
    type: str
    why: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AuditReply:
    """The reply to `/audit`: the newest lines, how many there are, and the hash that the chain ends with."""

    case: Case
    rows: tuple[AuditRow, ...]
    total: int
    head: str
    broken_at: int | None
    """the first line that does not fit to the one before it; None for an intact chain"""
    kind: Literal["audit_reply"] = "audit_reply"


@dataclass(frozen=True)
class EvidenceReply:
    """The reply to `/evidence`: where the pack is and how to check it, or why there is none."""

    case: Case
    url: str
    sha256: str
    key: str
    name: str
    """the file's name"""
    lines: int
    """ledger lines in the pack; those so far where there is none yet"""
    since: int
    """lines that were written since"""
    refused: str = ""
    """why the last one was not sealed"""
    kind: Literal["evidence_reply"] = "evidence_reply"


@dataclass(frozen=True)
class OverrideNoted:
    """The reply to an override: whether the gate is passed with it, or what is missing."""

    login: str
    gate: str
    token: str
    digest: str
    reason: str
    is_enough: bool
    missing: str = ""
    kind: Literal["override_noted"] = "override_noted"


@dataclass(frozen=True)
class EraseAsk:
    """The reply to `/erase`: what would be lost, and the line that confirms it."""

    case: Case
    line: str
    counts: Mapping[str, int]
    """kind of what the bot stores → how many"""
    is_standing: bool
    """whether something of it still stands in the world, which nothing could take back afterwards"""
    kind: Literal["erase_ask"] = "erase_ask"


@dataclass(frozen=True)
class Erased:
    """The sticky comment, and the reply, once personal data were erased: what is gone and what GitHub keeps."""

    case: Case
    by: str
    """who asked for it; "" where the time was over for which the operator keeps them"""
    at: str
    many: int
    kind: Literal["erased"] = "erased"


Reply = (
    HelpReply
    | Held
    | Happened
    | Awaited
    | Retried
    | PlanSketch
    | CostReply
    | AuditReply
    | EvidenceReply
    | OverrideNoted
    | EraseAsk
    | Erased
)
