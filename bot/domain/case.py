"""A case: everything the bot knows about one capability, folded from its ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.domain.approval import Approval
from bot.domain.difference import Change
from bot.domain.leg_run import LegRun as LegRun
from bot.domain.leg_run import StepStatus as StepStatus
from bot.domain.lifecycle import Phase
from bot.domain.people import NOBODY, Actor, Repo
from executors.protocol.plan import Plan, Verb


def case_key(repository_id: int, issue_node_id: str) -> str:
    """The identity of a capability: repository id and issue node id (product.md section 1)."""
    return f"case:{repository_id}:{issue_node_id}"


@dataclass(frozen=True)
class Opening:
    """The issue that a case is opened with, as an event shows it."""

    repo: Repo
    node_id: str
    number: int
    title: str
    author: Actor


PreviewState = Literal["none", "pending", "running", "done", "failed"]


@dataclass(frozen=True)
class Lossy:
    """An operation that stands and cannot simply be taken back; `undo` is the class of its undo."""

    step: str
    op: str
    target: str
    undo: str


@dataclass(frozen=True)
class OpenGate:
    """The gate that a case waits at.

    At `rollback` it is decided to take back `legs`, in this order; at a gate of the policy's own to go on with
    the first of `legs`, or, where there is none, to complete.
    """

    name: str
    legs: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    """the steps of which something stands"""
    lossy: tuple[Lossy, ...] = ()
    more: int = 0
    """how many lossy operations are not listed"""
    why: str = ""


@dataclass(frozen=True)
class Override:
    """An admin's decision to pass a gate without the approvals it asks for (T15)."""

    user: int
    login: str
    gate: str
    digest: str
    reason: str
    at: str
    source: str
    evidence: str = ""
    """SHA-256 of the comment's body"""


@dataclass(frozen=True)
class Objection:
    """A review that asks for changes, by somebody who may approve: while it stands the gate stays shut."""

    user: int
    login: str
    gate: str
    source: str


@dataclass(frozen=True)
class Queued:
    """A leg that is to be dispatched as soon as its environment is free and there is money left for it."""

    leg: str
    verb: Verb
    nonce: str
    place: str
    actor: Actor
    auto: bool
    why: str
    at: str
    has_money: bool = False
    """whether the budget has said yes; what is awaited then is the environment's lock"""
    stopped: str = ""
    """why the budget, or somebody's lock, keeps it waiting; "" while nobody has answered"""
    line: str = ""
    """what people can do about that, commands as code"""


@dataclass(frozen=True)
class Case:
    """The folded ledger. `made` maps what effects made on GitHub to its id (`sticky` …: perform/made.py)."""

    key: str
    repo: Repo
    node_id: str
    number: int
    title: str
    author: Actor
    phase: Phase
    display_id: str = ""
    lane: str = ""
    editors: frozenset[int] = frozenset()
    requested_by: int = 0
    """who asked for the preview or plan last"""
    publish: bool = False
    """whether somebody with triage or more stands behind it (T60)"""
    briefing: str | None = None
    """SHA-256 of the briefing's canonical JSON; the JSON is a blob"""
    body: str | None = None
    """SHA-256 of the issue body and kind labels that were planned or refused"""
    was_open: bool = True
    """whether the issue was open when this version was planned: one that is done may be planned anew"""
    version: int = 0
    plan: Plan | None = None
    plan_at: int = 0
    """ledger number at which the present plan (with envelope) was published"""
    approvals: tuple[Approval, ...] = ()
    refused: tuple[Mapping[str, Any], ...] = ()
    """approvals that were refused or withdrawn for this version: login, code, why"""
    run: LegRun | None = None
    runs: tuple[LegRun, ...] = ()
    """earlier dispatches, oldest first"""
    recaller: tuple[int, str] | None = None
    """id and login of the person who started the last rollback; None where nobody did"""
    legs_done: frozenset[str] = frozenset()
    steps: Mapping[str, StepStatus] = field(default_factory=dict)
    remains: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """leg → what its last run could not take back"""
    failure: str = ""
    cancel: bool = False
    """somebody asked to stop; the running leg ends after its present operation"""
    preview: PreviewState = "none"
    passed: bool = False
    """whether the plan gate was passed for the present version"""
    gate: OpenGate | None = None
    """the gate that it waits at, inside or after a run"""
    gates_passed: Mapping[str, str] = field(default_factory=dict)
    """gates of the policy's own that were passed for the present version → the leg behind each, "" for the end"""
    overrides: tuple[Override, ...] = ()
    objections: tuple[Objection, ...] = ()
    queued: Queued | None = None
    hold: bool = False
    """somebody asked to hold it: it is held as soon as the run under way is over"""
    frozen: str = ""
    """why GitHub's own state keeps it held (`archived`, `suspended` …); "" where a person holds it"""
    holder: Actor = NOBODY
    """who holds it, or asked for it, and why"""
    held_why: str = ""
    rollback_to: str = ""
    """the step that stays while it is taken back; "" where everything goes"""
    kept: str = ""
    """the step down to which it was taken back, as somebody asked; it stands, and so does what came before"""
    erased: bool = False
    """whether plan, briefing, journals and artifacts were erased (T52)"""
    decided: bool = False
    """whether people decided at the gate `rollback` on what is being taken back"""
    digest: str = ""
    """the plan's digest as the ledger names it, whether or not the plan itself is at hand"""
    previous: str = ""
    """digest (and blob) of the version before this one"""
    changes: str = ""
    """what this version changed against the one before, in words"""
    step_changes: tuple[Change, ...] = ()
    """the same step by step; the first hundred"""
    held_from: Phase = Phase.DRAFT
    """where it was before it was held"""
    waited_from: Phase = Phase.DRAFT
    """where it was before it began to wait at a gate"""
    costs: tuple[Mapping[str, Any], ...] = ()
    """cost lines of the runs so far; read with `cost.costs_of`"""
    made: Mapping[str, Any] = field(default_factory=dict)
    untold: tuple[tuple[str, str], ...] = ()
    """messages that nobody took: way and host, and why; the last ten"""
    answered: tuple[tuple[str, int], ...] = ()
    """when which people below triage were answered last (T45)"""
    seen_comments: frozenset[int] = frozenset()
    seen_sources: frozenset[str] = frozenset()
    """the words that something was recorded of already: a comment or a review counts once"""
    evidence: Mapping[str, str] = field(default_factory=dict)
    restored: bool = False
    """whether it comes from a backup or an anchor, so that what was said since may stand there already"""
    last: int = 0
    """number of the last ledger line"""
    head: str = ""
    """hash of the last ledger line"""

    @property
    def residue(self) -> tuple[str, ...]:
        """What could not be taken back, of all legs."""
        return tuple(line for lines in self.remains.values() for line in lines)

    @property
    def is_fresh(self) -> bool:
        """Whether nothing of the present version has been carried out, so that it can be changed as a plan can."""
        return not self.legs_done and not any(
            run.journal for run in self.every_run if run.version == self.version and run.verb != "preview"
        )

    @property
    def every_run(self) -> tuple[LegRun, ...]:
        """All dispatches, the present one last."""
        return (*self.runs, *([self.run] if self.run else []))

    def leg_runs(self, leg: str) -> tuple[LegRun, ...]:
        """The runs of that leg for the present version which may have changed the world, oldest first."""
        return tuple(
            run
            for run in self.every_run
            if run.leg == leg and run.version == self.version and run.verb != "preview"
        )

    def waits_behind(self, gate: str) -> bool:
        """Whether the gate was passed, and what waited at it was not dispatched since."""
        leg = self.gates_passed.get(gate, "")
        return bool(leg) and not self.leg_runs(leg)

    def approvals_of(self, gate: str) -> tuple[Approval, ...]:
        """The approvals that were given at that gate."""
        return tuple(approval for approval in self.approvals if approval.gate == gate)
