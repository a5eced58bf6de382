"""A pack as a reader's story: what was done, who allowed it, what it cost, what remains."""

from __future__ import annotations

from dataclasses import dataclass

from executors.errors import ProtocolError
from executors.evidence.calls import Calls, calls_of
from executors.evidence.dialogues import Dialogue, dialogues_of
from executors.evidence.milestones import Milestone, milestones_of, took
from executors.evidence.pack import CostLine, Decision, Pack
from executors.evidence.steps import StepRow, step_rows
from executors.evidence.words import cost_estimate, cost_total, moment, plain
from executors.protocol.canonical import parse
from executors.protocol.plan import Plan


@dataclass(frozen=True)
class DecisionRow:
    """One decision; `counts` says whether it is about this very plan."""

    who: str
    role: str
    basis: str
    gate: str
    verdict: str
    version: int
    counts: bool
    source: str
    evidence: str
    at: str
    reason: str
    about: str
    """whether it is about exactly the plan that was carried out, in words"""


@dataclass(frozen=True)
class EventRow:
    """One line of the ledger."""

    n: int
    at: str
    who: str
    type: str
    detail: str


@dataclass(frozen=True)
class Story:
    """Everything that the pages say, as plain values."""

    case: str
    title: str
    repository: str
    issue: int
    outcome: str
    created: str
    started: str
    ended: str
    token: str
    digest: str
    head: str
    signer: str
    risk: str
    mode: str
    steps: tuple[StepRow, ...]
    calls: tuple[Calls, ...]
    dialogues: tuple[Dialogue, ...]
    decisions: tuple[DecisionRow, ...]
    events: tuple[EventRow, ...]
    costs: tuple[CostLine, ...]
    cost_total: str
    cost_estimate: str
    residue: tuple[str, ...]
    unavailable: tuple[str, ...]
    applied: int
    undone: int
    asked_by: str
    allowed_by: tuple[str, ...]
    took: str
    completed: int
    milestones: tuple[Milestone, ...]
    overridden: int
    """how many times an admin passed a gate of this plan without the approvals it asks for"""


def tell(pack: Pack, *, created: str, head: str, signer: str) -> Story:
    """Return the story of `pack`; ProtocolError for a ledger or journal line or a look that is none."""
    plan, events = pack.plan, tuple(_event(line) for line in pack.ledger)
    steps = step_rows(pack)
    decisions = tuple(_decision(plan, decision) for decision in pack.decisions)
    return Story(
        case=plain(pack.case),
        title=plain(plan.title),
        repository=plain(plan.repository),
        issue=plan.issue_number,
        outcome=pack.outcome.replace("_", " "),
        created=moment(created),
        started=events[0].at,
        ended=events[-1].at,
        token=plan.token,
        digest=plan.digest,
        head=head,
        signer=signer,
        risk=plan.risk.level,
        mode=plan.mode,
        steps=steps,
        calls=calls_of(pack.legs),
        dialogues=dialogues_of(pack.legs),
        decisions=decisions,
        asked_by=events[0].who,
        allowed_by=tuple(dict.fromkeys(one.who for one in decisions if one.counts and one.verdict in _ALLOWING)),
        took=took(events[0].at, events[-1].at),
        completed=sum(step.status == "completed" for step in steps),
        milestones=milestones_of(events),
        events=events,
        costs=pack.costs,
        cost_total=cost_total(pack.costs),
        cost_estimate=cost_estimate(plan.estimate),
        residue=tuple(plain(text) for text in pack.residue),
        unavailable=tuple(plain(f"{item.name}: {item.why}") for item in plan.unavailable),
        applied=sum(row.applied for step in steps for row in step.operations if row.outside),
        overridden=sum(one.verdict == "overridden" and one.digest == plan.digest for one in pack.decisions),
        undone=sum(row.undone for step in steps for row in step.operations if row.outside),
    )


_ALLOWING = ("approved", "overridden")


def _decision(plan: Plan, decision: Decision) -> DecisionRow:
    return DecisionRow(
        who=plain(f"{decision.login} (id {decision.user})" if decision.kind == "person" else "by policy"),
        role=plain(decision.role),
        basis=plain(decision.basis),
        gate=plain(decision.gate),
        verdict=decision.verdict,
        version=decision.version,
        counts=decision.digest == plan.digest,
        source=plain(decision.source.replace(":", " ")),
        evidence=plain(decision.evidence),
        at=moment(decision.at),
        reason=plain(decision.reason),
        about=_about(plan, decision),
    )


def _about(plan: Plan, decision: Decision) -> str:
    if decision.digest == plan.digest:
        return "exactly this plan"
    if decision.version:
        return f"plan version {decision.version}, not the one carried out"
    return "no plan that was shown"


_TELLING = ("effect", "verb", "leg", "job", "step", "code", "outcome", "token", "url")
"""Fields of an event that say what it was about, in this order."""


def _event(raw: bytes) -> EventRow:
    line = parse(raw)
    try:
        actor = line["actor"]
        who = f"{actor['login']} (id {actor['id']})" if isinstance(actor, dict) else str(actor)
        if isinstance(actor, dict) and not actor["id"]:
            who = actor["login"]
        data = line.get("data") or {}
        about = " ".join(str(data[name]) for name in _TELLING if isinstance(data.get(name), str) and data[name])
        detail = " · ".join(text for text in (about, str(line.get("reason") or "")) if text)
        return EventRow(line["n"], moment(line["at"]), plain(who), plain(line["type"]), plain(detail))
    except (KeyError, TypeError, AttributeError) as error:
        raise ProtocolError(f"evidence pack: a ledger line lacks {error}") from error
