"""What comes next for a case: one pure function, used by approvals, runs and ticks alike.

It says what the bot may do by itself now, or what it waits for, in words and with the exact line to type.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.approval import Verdict
from bot.domain.case import Case
from bot.domain.gate import plan_gate
from bot.domain.lifecycle import Phase
from bot.domain.policy import Policy
from executors.protocol.plan import Leg, Verb


@dataclass(frozen=True)
class Await:
    """Nothing to do by ourselves: `what` is awaited, `line` is what a person may type or do, commands as code."""

    what: str
    line: str = ""


@dataclass(frozen=True)
class PassGate:
    """Enough approvals count."""

    verdict: Verdict


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


NextStep = Await | PassGate | ApproveByPolicy | StartLeg | Complete


def next_step(case: Case, policy: Policy | None, now: datetime) -> NextStep:
    """The next step; without a policy nothing is ever started."""
    plan = case.plan
    if plan is None or policy is None or case.phase is Phase.DRAFT:
        return Await("the briefing to be put right", "edit the issue")
    if case.run is not None and case.run.open and case.phase is not Phase.PREVIEWING:
        return Await(f"the run of {case.run.leg}", "`/cancel`" if case.phase is Phase.EXECUTING else "")
    match case.phase:
        case Phase.VALIDATED:
            return _validated(case, policy, now)
        case Phase.APPROVED | Phase.EXECUTING:
            missing = next((leg for leg in plan.legs if leg.id not in case.legs_done), None)
            return StartLeg(missing, "execute") if missing else Complete()
        case Phase.CANCELLED if case.run is not None and case.run.verb == "execute" and case.run.journal:
            return Await("a decision whether what was done stays", "`/rollback` takes back what was done")
        case _:
            return _WAITS.get(case.phase, Await("nothing more"))


def _validated(case: Case, policy: Policy, now: datetime) -> NextStep:
    plan = case.plan
    assert plan is not None
    if case.preview == "pending" and case.publish and plan.legs:
        return StartLeg(plan.legs[0], "preview")
    if not plan.legs or plan.dry_run:
        return Await("nothing: this plan changes nothing", "")
    verdict = plan_gate(case, policy, now)
    if verdict.allowed:
        return PassGate(verdict)
    if plan.mode == "auto" and policy.mode == "auto" and plan.risk.level == "LOW" and case.publish:
        return ApproveByPolicy()
    if case.preview == "pending":
        return Await("the preview, for which somebody with triage or more must ask", "`/plan`")
    if case.preview == "failed" and plan.risk.level != "LOW":
        return Await("a preview, for the last one failed", "`/plan`")
    return Await(f"approval ({verdict.because})", f"`/approve {plan.token}`")


_WAITS: dict[Phase, Await] = {
    Phase.PREVIEWING: Await("the preview"),
    Phase.WAITING: Await("a decision at a gate", "`/why`"),
    Phase.MONITORING: Await("the rollout"),
    Phase.HELD: Await("somebody to resume it"),
    Phase.FAILED: Await("a decision: try again, plan anew or take it back", "`/retry`, `/plan` or `/rollback`"),
    Phase.ROLLING_BACK: Await("the rollback"),
    Phase.ROLLED_BACK: Await("a new plan, if it is wanted", "`/plan`"),
    Phase.REJECTED: Await("a new plan, if it is wanted", "`/plan`"),
    Phase.CANCELLED: Await("a new plan, if it is wanted", "`/plan`"),
    Phase.COMPLETED: Await("nothing: it is done", "`/rollback` takes it back"),
}
