"""What comes next for a case: one pure function, used by approvals, runs and ticks alike.

It says what the bot may do by itself now, or what it waits for, in words and with the exact line to type.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.approval import Verdict
from bot.domain.case import Case, OpenGate, Queued
from bot.domain.frozen import in_words
from bot.domain.gate import Now, judge
from bot.domain.gates import PLAN, ROLLBACK, Ask, due
from bot.domain.launch import is_wanted
from bot.domain.leg import leg_of, unseen
from bot.domain.lifecycle import ENDED, Phase
from bot.domain.policy import Policy
from executors.protocol.plan import Leg, Plan, Verb


@dataclass(frozen=True)
class Await:
    """Nothing to do by ourselves: `what` is awaited, `line` is what a person may type or do, commands as code."""

    what: str
    line: str = ""


@dataclass(frozen=True)
class PassGate:
    """Enough approvals count at the gate."""

    gate: str
    verdict: Verdict


@dataclass(frozen=True)
class OpenAGate:
    """A gate of the policy's own stands before this leg, or before the end: people are asked."""

    ask: Ask


@dataclass(frozen=True)
class ApproveByPolicy:
    """The policy itself approves: mode `auto`, LOW risk."""


@dataclass(frozen=True)
class StartLeg:
    """Dispatch this leg."""

    leg: Leg
    verb: Verb


@dataclass(frozen=True)
class Complete:
    """Every leg is done."""


NextStep = Await | PassGate | OpenAGate | ApproveByPolicy | StartLeg | Complete


def next_step(case: Case, policy: Policy | None, now: datetime) -> NextStep:
    """The next step; without a policy nothing is ever started."""
    plan = case.plan
    if case.erased or case.phase is Phase.HELD or plan is None or policy is None or case.phase is Phase.DRAFT:
        return _at_rest(case)
    if case.run is not None and case.run.open and case.phase is not Phase.PREVIEWING:
        return Await(f"the run of {case.run.leg}", "`/cancel`" if case.phase is Phase.EXECUTING else "")
    if case.queued is not None and is_wanted(case) and not _goes_back_instead(case, policy, now):
        return waits(case.queued)
    match case.phase:
        case Phase.VALIDATED:
            return _validated(case, policy, now)
        case Phase.APPROVED | Phase.EXECUTING:
            return _go_on(case, plan, policy)
        case Phase.WAITING if case.gate is not None:
            return _at_gate(case, case.gate, policy, now)
        case Phase.WAITING:
            return _go_on(case, plan, policy)
        case Phase.FAILED if case.kept:
            line = "`/retry` goes on from there, `/rollback` takes back the rest"
            return Await(f"a decision: it was taken back down to {case.kept}, which stands", line)
        case Phase.FAILED if case.run is not None and case.run.verb == "rollback":
            line = "`/retry` tries to take it back again, `/rollback` puts before people what is left"
            return Await("a decision: what was done was not taken back, or only in part", line)
        case Phase.CANCELLED if case.run is not None and case.run.verb == "execute" and _has_acted(case):
            return Await("a decision whether what was done stays", "`/rollback` takes back what was done")
        case _:
            return _WAITS.get(case.phase, Await("nothing more"))


def waits(queued: Queued) -> Await:
    """What a leg waits for that is to be dispatched: the budget's word, or the environment."""
    what = f"the {'execution' if queued.verb == 'execute' else queued.verb} of {queued.leg}"
    return Await(f"{what}: {queued.stopped}" if queued.stopped else what, queued.line)


def _at_rest(case: Case) -> Await:
    """What is awaited where nothing can be planned or begun."""
    if case.erased:
        return Await("nothing: its plan, briefing and journals were erased")
    if case.plan is not None and case.phase in ENDED:
        return _WAITS[case.phase]
    if case.phase is not Phase.HELD:
        return Await("the briefing to be put right", "edit the issue")
    if case.frozen:
        return Await(f"the end of this: {in_words(case.frozen)}; then it goes on by itself")
    return Await("somebody to resume it", "`/resume`")


def _validated(case: Case, policy: Policy, now: datetime) -> NextStep:
    plan = case.plan
    assert plan is not None
    # What a preview sees changes the digest, so none is begun while an approval of the present one stands.
    pending = case.preview == "pending" and not case.approvals
    if pending and case.publish and (missing := unseen(plan)):
        return StartLeg(missing[0], "preview")
    if not plan.legs or plan.dry_run:
        return Await("nothing: this plan changes nothing", "")
    verdict = judge(case, PLAN, policy, Now(now))
    if verdict.allowed:
        return PassGate("plan", verdict)
    if plan.mode == "auto" and policy.mode == "auto" and plan.risk.level == "LOW" and case.publish:
        return ApproveByPolicy()
    if pending:
        return Await("the preview, for which somebody with triage or more must ask", "`/plan`")
    if case.preview == "failed" and plan.risk.level != "LOW":
        return Await("a preview, for the last one failed", "`/plan`")
    return Await(f"approval ({verdict.because})", f"`/approve {plan.token}`")


def _go_on(case: Case, plan: Plan, policy: Policy) -> NextStep:
    """The first leg that is left, or the end; before it the gates that stand there."""
    missing = next((leg for leg in plan.legs if leg.id not in case.legs_done), None)
    shut = due(case, policy, missing)
    if shut is not None:
        return OpenAGate(shut)
    return StartLeg(missing, "execute") if missing else Complete()


def _at_gate(case: Case, gate: OpenGate, policy: Policy, now: datetime) -> NextStep:
    """What was decided is carried out; else the line that decides, and the one that leaves everything as it is."""
    verdict, leg = judge(case, gate.name, policy, Now(now)), leg_of(case, gate.legs[0]) if gate.legs else None
    if gate.name != ROLLBACK:
        return PassGate(gate.name, verdict) if verdict.allowed else _decide_at(case, gate, verdict)
    if case.decided and leg is not None:
        return StartLeg(leg, "rollback")
    if verdict.allowed and leg is not None:
        return PassGate(gate.name, verdict)
    line = f"`/approve {gate.name} {case.plan.token}`" if case.plan else ""
    what = f"a decision whether what was done is taken back ({verdict.because})"
    return Await(what, f"{line}; `/reject <why>` leaves everything as it is")


def _goes_back_instead(case: Case, policy: Policy, now: datetime) -> bool:
    """Whether people decided to take it back while something else waited for its turn."""
    back = case.phase is Phase.WAITING and case.gate is not None and case.gate.name == ROLLBACK
    goes_on = case.queued is not None and case.queued.verb == "execute"
    return back and goes_on and judge(case, ROLLBACK, policy, Now(now)).allowed


def _decide_at(case: Case, gate: OpenGate, verdict: Verdict) -> Await:
    line = f"`/approve {gate.name} {case.plan.token}`" if case.plan else ""
    where = f"before {gate.legs[0]}" if gate.legs else "before the end"
    return Await(
        f"a decision at the gate `{gate.name}` {where} ({verdict.because})", f"{line}; `/reject <why>` stops here"
    )


def _has_acted(case: Case) -> bool:
    return bool(case.legs_done or (case.run is not None and case.run.journal))


_WAITS: dict[Phase, Await] = {
    Phase.PREVIEWING: Await("the preview"),
    Phase.WAITING: Await("a decision at a gate", "`/why`"),
    Phase.MONITORING: Await("the rollout"),
    Phase.FAILED: Await("a decision: try again, plan anew or take it back", "`/retry`, `/plan` or `/rollback`"),
    Phase.ROLLING_BACK: Await("the rollback"),
    Phase.ROLLED_BACK: Await("a new plan, if it is wanted", "`/plan`"),
    Phase.REJECTED: Await("a new plan, if it is wanted", "`/plan`"),
    Phase.CANCELLED: Await("a new plan, if it is wanted", "`/plan`"),
    Phase.COMPLETED: Await("nothing: it is done", "`/rollback` takes it back"),
}
