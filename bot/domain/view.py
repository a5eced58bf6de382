"""What the sticky comment shows of a case at this moment, as a message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.case import Case
from bot.domain.cost import costs_of
from bot.domain.disputes import END
from bot.domain.faults import Refused
from bot.domain.gate import Now, count
from bot.domain.gates import PLAN, Ask, ask, asks
from bot.domain.holding import held
from bot.domain.launch import is_wanted
from bot.domain.leg import place_of
from bot.domain.lifecycle import Phase
from bot.domain.messages import Finished, GateOpen, PlanReady, Progress
from bot.domain.next import Await, next_step
from bot.domain.notices import LegWaits
from bot.domain.policy import Policy
from bot.domain.rights import in_words
from bot.domain.turn import Turn
from bot.domain.wishes import open_choices
from executors.protocol.finding import Finding

_PREVIEW = {"none": "none needed", "pending": "pending", "running": "running", "done": "done", "failed": "failed"}


def plan_ready(case: Case, policy: Policy) -> PlanReady:
    """The plan with what stands between it and its approval; the case must have a plan."""
    assert case.plan is not None
    at = ask(case, policy, PLAN)
    assert at is not None
    return PlanReady(
        case=case,
        plan=case.plan,
        # While an approval stands, which only LOW risk has before the preview, nothing is looked at any more.
        preview="none needed" if case.preview == "pending" and case.approvals else _PREVIEW[case.preview],
        approvals_needed=at.count,
        approvers=in_words(at.approvers),
        excluded=() if at.author else (case.author.login,),
        blocked=(*_failed_preview(case), *blocked(case)),
        superseded=case.changes,
        later=tuple(_later(one) for one in asks(case, policy)[1:]),
        comment_only=not case.publish,
    )


def _later(at: Ask) -> str:
    """One more decision on the way, in words."""
    where = "before the end" if at.before == END else f"before {at.before}"
    return f"{at.name}, {where}: {at.count} by {in_words(at.approvers)}"


def blocked(case: Case) -> tuple[Refused, ...]:
    """The choices that are still open: without them the plan cannot be approved (`choice_missing`)."""
    return open_choices(case.plan) if case.plan else ()


def _failed_preview(case: Case) -> tuple[Refused, ...]:
    """Above LOW risk the preview comes first, so one that failed is asked for again."""
    if case.preview != "failed" or case.plan is None or case.plan.risk.level == "LOW":
        return ()
    of = f" of {case.run.leg}" if case.run is not None and len(case.plan.legs) > 1 else ""
    why = f"the preview{of} failed: {case.failure or 'no reason'}"
    return (Refused("preview_failed", case.plan.title, why, "/plan"),)


def progress(case: Case, now: str = "") -> Progress:
    """How far a run is; the case must have a plan."""
    assert case.plan is not None
    return Progress(case, case.plan, str(case.made.get("run_url", "")), now)


def gate_open(case: Case, policy: Policy, now: datetime) -> GateOpen:
    """The gate that the case waits at, with what is still missing; the case must have a plan and a gate."""
    assert case.plan is not None
    assert case.gate is not None
    at = ask(case, policy, case.gate.name)
    have = count(case, case.gate.name, policy, Now(now))
    if at is None:  # the policy has lost this gate since it was opened
        return GateOpen(case, case.plan, case.gate, have, 0, "")
    excluded = () if at.author else (case.author.login,)
    return GateOpen(case, case.plan, case.gate, have, at.count, in_words(at.approvers), excluded)


def finished(
    case: Case,
    policy: Policy | None,
    turn: Turn,
    because: str = "",
    findings: tuple[Finding, ...] = (),
    stands: Sequence[str] = (),
) -> Finished:
    """How it ended; address and digest of the evidence are filled in when it is sealed (`case.made`)."""
    urls = live_at(case, policy) if case.phase is Phase.COMPLETED else ()
    step = next_step(case, policy, turn.now)
    return Finished(
        case=case,
        plan=case.plan,
        outcome=case.phase.value,
        because=because or case.failure,
        url=urls[0] if urls else "",
        also=urls[1:],
        stands=tuple(stands),
        copies=_copies(case) if case.phase is Phase.COMPLETED else (),
        evidence_url=case.evidence.get("url", ""),
        evidence_sha256=case.evidence.get("sha256", ""),
        key=case.evidence.get("key", ""),
        costs=costs_of(case),
        findings=findings,
        next=step.line if isinstance(step, Await) else "",
    )


def _copies(case: Case) -> tuple[str, ...]:
    """The copies of databases that the plan's run made, and that stay until somebody drops them."""
    plan = case.plan
    if plan is None or not any(item.op == "copy_database" for one in plan.envelopes for item in one.planned):
        return ()
    places = [step.inputs.get("at") for step in plan.steps]
    names = [place.get("snapshot") for place in places if isinstance(place, dict)]
    return tuple(dict.fromkeys(str(name) for name in names if name))


def live_at(case: Case, policy: Policy | None) -> tuple[str, ...]:
    """The addresses of the places that the plan's legs changed; that of the last leg first."""
    legs = case.plan.legs if case.plan and policy else ()
    places = [policy.environment(place_of(case, policy, leg)) for leg in reversed(legs)] if policy else []
    return tuple(dict.fromkeys(place.url for place in places if place is not None and place.url))


def show(turn: Turn, policy: Policy | None, because: str = "") -> None:
    """Bring sticky comment and state label up to date with the case's phase."""
    case = turn.case
    waits = case.queued if is_wanted(case) else None
    if waits is not None and not waits.stopped:
        return  # the budget and the environment answer at once, and what they say is shown then
    if case.phase is Phase.HELD:
        turn.sticky(held(case))
    elif waits is not None and case.plan is not None:
        turn.sticky(LegWaits(case, case.plan, waits))
    elif case.gate is not None and case.plan is not None and policy is not None:
        turn.sticky(gate_open(case, policy, turn.now))
    elif case.phase in _RUNNING and case.plan is not None:
        turn.sticky(progress(case, because))
    elif case.phase in _PLANNED and case.plan is not None and policy is not None:
        turn.sticky(plan_ready(case, policy))
    elif case.phase is not Phase.DRAFT:
        turn.sticky(finished(case, policy, turn, because))
    turn.labels()


_RUNNING = frozenset({Phase.EXECUTING, Phase.ROLLING_BACK, Phase.WAITING, Phase.MONITORING})
_PLANNED = frozenset({Phase.VALIDATED, Phase.PREVIEWING, Phase.APPROVED})
