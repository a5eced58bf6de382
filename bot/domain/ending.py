"""The end of an execution as people see it: deployment, check runs, evidence, the last word, the issue."""

from __future__ import annotations

from typing import Literal

from bot.domain.advance import advance
from bot.domain.case import Case
from bot.domain.cost import costs_of
from bot.domain.effects import Check, CloseIssue, ClosePull, Deployment, Seal
from bot.domain.holding import take_hold
from bot.domain.knowledge import Knowledge
from bot.domain.ledger import Entry
from bot.domain.leg import journal
from bot.domain.lifecycle import Phase
from bot.domain.messages import CheckReport
from bot.domain.next import Complete, next_step
from bot.domain.turn import Turn
from bot.domain.undo import standing_legs
from bot.domain.view import finished, show
from executors.protocol.finding import Finding
from executors.protocol.journal import Noted

DeploymentState = Literal["success", "failure", "inactive"]
FINDINGS_LIMIT = 1_000
"""More annotations than this help nobody (T25)."""


def leg_done(turn: Turn, known: Knowledge) -> None:
    """The present leg did everything: its deployment says so, with the address that is served."""
    _deployments(turn, known, "success")


def leg_failed(turn: Turn, state: DeploymentState = "failure") -> None:
    """The present leg came to nothing, and another is taken back next: its deployment says so."""
    run = turn.case.run
    if run is not None and run.place:
        turn.do(Deployment(turn.name("deployment"), run.place, state, "", run.run_id))


def go_on(turn: Turn, known: Knowledge) -> None:
    """Does what comes next, to the end where nothing is left, and shows it; what is to be held stays here."""
    if not isinstance(next_step(turn.case, known.policy, turn.now), Complete):
        take_hold(turn)
    if isinstance(advance(turn, known.policy, known.nonce), Complete):
        completed(turn, known)
    else:
        show(turn, known.policy)


def completed(turn: Turn, known: Knowledge) -> None:
    """Everything was done: record it, show it, seal it, close what is open."""
    turn.record(Entry("capability.completed", {}))
    case, found = turn.case, findings(turn.case, known)
    _checks(turn, "success", found)
    turn.do(Seal(turn.name("seal"), "completed", case.last))
    turn.sticky(finished(case, known.policy, turn, findings=found))
    turn.do(ClosePull(turn.name("close-pull")))
    turn.do(CloseIssue(turn.name("close-issue"), "completed", case.phase.value))


def failed(turn: Turn, known: Knowledge, why: str) -> None:
    """It failed, was taken back or cancelled. Sealed too; the issue stays open for what comes next."""
    case, found = turn.case, findings(turn.case, known)
    undone = case.phase is Phase.ROLLED_BACK
    by_person = (undone or bool(case.kept)) and case.run is not None and case.run.verb == "rollback"
    _deployments(turn, known, "inactive" if by_person or case.phase is Phase.CANCELLED else "failure")
    _checks(turn, _CONCLUSIONS.get(case.phase, "failure"), found)
    turn.do(Seal(turn.name("seal"), case.phase.value, turn.case.last))
    show_end(turn, known, why)


def show_end(turn: Turn, known: Knowledge, why: str = "") -> None:
    """The last word with everything that it tells: what was found, and, but after a success, what stands."""
    case, found = turn.case, findings(turn.case, known)
    legs = standing_legs(case, known.blobs) if case.phase is not Phase.COMPLETED else ()
    stands = dict.fromkeys(step for leg in legs for step in leg.steps)
    done = [step for step in stands if case.steps.get(step) in {"completed", "failed", "running"}]
    turn.sticky(finished(case, known.policy, turn, why, found, done))
    turn.labels()


_CONCLUSIONS = {Phase.CANCELLED: "cancelled"}


def findings(case: Case, known: Knowledge) -> tuple[Finding, ...]:
    """What the last run of each leg found worth a reader's eye."""
    last = {run.leg: run for run in case.every_run if run.version == case.version and run.verb != "preview"}
    lines = journal(last.values(), known.blobs)
    noted = [line.body.finding for line in lines if isinstance(line.body, Noted)]
    return tuple(noted[:FINDINGS_LIMIT])


def _deployments(turn: Turn, known: Knowledge, state: DeploymentState) -> None:
    """The deployment of the plan's environment, with the address that is served where it succeeded."""
    run = turn.case.run
    if run is None or not run.place:
        return
    place = known.policy.environment(run.place) if known.policy else None
    url = place.url if place and state == "success" else ""
    turn.do(Deployment(turn.name("deployment"), run.place, state, url, run.run_id))


def _checks(turn: Turn, conclusion: str, found: tuple[Finding, ...]) -> None:
    case, plan = turn.case, turn.case.plan
    assert plan is not None
    costs = costs_of(case)
    run = CheckReport("run", case, plan, conclusion, costs, found)
    turn.do(Check(turn.name("check"), run, "completed", conclusion, found))
    cost = CheckReport("cost", case, plan, "neutral", costs)
    turn.do(Check(turn.name("check"), cost, "completed", "neutral"))
