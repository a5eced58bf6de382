"""The end of an execution as people see it: deployment, check runs, evidence, the last word, the issue."""

from __future__ import annotations

from typing import Literal

from bot.domain.case import Case
from bot.domain.cost import costs_of
from bot.domain.effects import Check, CloseIssue, ClosePull, Deployment, Seal
from bot.domain.knowledge import Knowledge
from bot.domain.ledger import Entry
from bot.domain.leg import journal
from bot.domain.lifecycle import Phase
from bot.domain.messages import CheckReport
from bot.domain.turn import Turn
from bot.domain.view import finished
from executors.protocol.journal import Noted
from executors.protocol.operation import Finding

DeploymentState = Literal["success", "failure", "inactive"]
FINDINGS_LIMIT = 1_000
"""More annotations than this help nobody (T25)."""


def completed(turn: Turn, known: Knowledge) -> None:
    """Everything was done: record it, show it, seal it, close what is open."""
    turn.record(Entry("capability.completed", {}))
    case, found = turn.case, findings(turn.case, known)
    _deployments(turn, known, "success")
    _checks(turn, "success", found)
    turn.do(Seal(turn.name("seal"), "completed"))
    turn.sticky(finished(case, known.policy, turn, findings=found))
    turn.labels()
    turn.do(ClosePull(turn.name("close-pull")))
    turn.do(CloseIssue(turn.name("close-issue"), "completed"))


def failed(turn: Turn, known: Knowledge, why: str) -> None:
    """It failed, was taken back or cancelled. Sealed too; the issue stays open for what comes next."""
    case, found = turn.case, findings(turn.case, known)
    undone = case.phase is Phase.ROLLED_BACK
    by_person = undone and case.run is not None and case.run.verb == "rollback"
    _deployments(turn, known, "inactive" if by_person or case.phase is Phase.CANCELLED else "failure")
    _checks(turn, _CONCLUSIONS.get(case.phase, "failure"), found)
    turn.do(Seal(turn.name("seal"), case.phase.value))
    turn.sticky(finished(case, known.policy, turn, why, found))
    turn.labels()


_CONCLUSIONS = {Phase.CANCELLED: "cancelled"}


def findings(case: Case, known: Knowledge) -> tuple[Finding, ...]:
    """What the last run found worth a reader's eye."""
    if case.run is None:
        return ()
    noted = [line.body.finding for line in journal((case.run,), known.blobs) if isinstance(line.body, Noted)]
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
