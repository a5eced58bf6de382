"""What the bot says, as data: one dataclass per message, one template per dataclass (templates/comments/).

`say` turns these into Markdown; nothing else in the bot contains a sentence that people read on GitHub.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.domain.approval import Verdict
from bot.domain.case import Case, OpenGate
from bot.domain.faults import Fault, Refused
from bot.domain.notices import Notice
from bot.domain.replies import HelpReply as HelpReply
from bot.domain.replies import HelpRow as HelpRow
from bot.domain.replies import Reply
from executors.protocol.finding import Finding
from executors.protocol.plan import Plan


@dataclass(frozen=True)
class CostLine:
    """One line of a cost report; money as decimal strings, None is unknown."""

    what: str
    seconds: str
    billed_minutes: int | None
    amount: str | None
    currency: str


@dataclass(frozen=True)
class BriefingFaults:
    """The sticky comment while the briefing has faults."""

    case: Case
    faults: tuple[Fault, ...]
    kind: Literal["briefing_faults"] = "briefing_faults"


@dataclass(frozen=True)
class PlanReady:
    """The sticky comment of a plan: next step first. `next` is the exact line to paste, or what is awaited."""

    case: Case
    plan: Plan
    preview: str
    """`pending`, `running`, `none needed`, `done`"""
    approvals_needed: int
    approvers: str
    """who may approve, in words made of roles, users and teams"""
    excluded: tuple[str, ...] = ()
    blocked: tuple[Refused, ...] = ()
    """open choices without which the plan cannot be approved"""
    superseded: str = ""
    """what changed against the earlier version, when there was one"""
    later: tuple[str, ...] = ()
    """the decisions on the way after this one, a sentence each"""
    comment_only: bool = False
    """for people below triage: no branch, no pull request (T60)"""
    kind: Literal["plan_ready"] = "plan_ready"


@dataclass(frozen=True)
class Progress:
    """The sticky comment while a leg runs, waits for its runner, or is being taken back."""

    case: Case
    plan: Plan
    run_url: str = ""
    now: str = ""
    kind: Literal["progress"] = "progress"


@dataclass(frozen=True)
class GateOpen:
    """The sticky comment while people decide at a gate: to go on, or to take back what leaves traces."""

    case: Case
    plan: Plan
    gate: OpenGate
    have: int
    need: int
    approvers: str
    """who may approve, in words made of roles, users and teams"""
    excluded: tuple[str, ...] = ()
    kind: Literal["gate_open"] = "gate_open"


@dataclass(frozen=True)
class Finished:
    """The sticky comment at the end: `also` other addresses, `stands` steps in place, `copies` of databases."""

    case: Case
    plan: Plan | None
    outcome: str
    because: str = ""
    url: str = ""
    also: tuple[str, ...] = ()
    stands: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    evidence_url: str = ""
    evidence_sha256: str = ""
    key: str = ""
    costs: tuple[CostLine, ...] = ()
    findings: tuple[Finding, ...] = ()
    next: str = ""
    kind: Literal["finished"] = "finished"


@dataclass(frozen=True)
class CommandRefused:
    """The reply to a command that is not allowed or not possible now."""

    command: str
    refused: Refused
    kind: Literal["command_refused"] = "command_refused"


@dataclass(frozen=True)
class ApprovalNoted:
    """The reply to an approval that counts."""

    login: str
    role: str
    token: str
    digest: str
    have: int
    need: int
    gate: str = "plan"
    kind: Literal["approval_noted"] = "approval_noted"


@dataclass(frozen=True)
class StatusReply:
    """The reply to `/status`; `locks` says of the plan's environments who keeps them."""

    case: Case
    next: str
    locks: tuple[str, ...] = ()
    kind: Literal["status_reply"] = "status_reply"


@dataclass(frozen=True)
class WhyReply:
    """The reply to `/why`: the verdict on each approval and on the gate that is decided at now, as a tree."""

    case: Case
    verdict: Verdict
    gate: str = "plan"
    kind: Literal["why_reply"] = "why_reply"


@dataclass(frozen=True)
class UnknownCommand:
    """A hint where a member's first word looks like a command and is none."""

    word: str
    known: tuple[str, ...]
    kind: Literal["unknown_command"] = "unknown_command"


@dataclass(frozen=True)
class NoPolicy:
    """The sticky comment where the operations repository, its policy or its workflow is missing or wrong."""

    case: Case
    where: str
    faults: tuple[Fault, ...]
    kind: Literal["no_policy"] = "no_policy"


@dataclass(frozen=True)
class CheckReport:
    """The output of a check run: title, summary and text are made by the template of its name."""

    name: str
    """`plan`, `run`, `cost`"""
    case: Case
    plan: Plan
    conclusion: str | None
    costs: tuple[CostLine, ...] = ()
    findings: tuple[Finding, ...] = ()
    note: str = ""
    data: str = ""
    kind: Literal["check_report"] = "check_report"


@dataclass(frozen=True)
class PullText:
    """Title and body of the plan pull request."""

    case: Case
    plan: Plan
    kind: Literal["pull_text"] = "pull_text"


@dataclass(frozen=True)
class PullMerged:
    """Merging the plan pull request is no approval, and is answered so."""

    case: Case
    login: str
    kind: Literal["pull_merged"] = "pull_merged"


@dataclass(frozen=True)
class ApprovalsVoid:
    """Something that was approved has changed; says what and what to do."""

    case: Case
    because: str
    logins: tuple[str, ...] = field(default_factory=tuple)
    kind: Literal["approvals_void"] = "approvals_void"


Message = (
    BriefingFaults
    | PlanReady
    | Progress
    | GateOpen
    | Finished
    | CommandRefused
    | ApprovalNoted
    | StatusReply
    | WhyReply
    | UnknownCommand
    | NoPolicy
    | CheckReport
    | PullText
    | PullMerged
    | ApprovalsVoid
    | Reply
    | Notice
)
