"""The check run `millwright / plan`: whether the plan is approved, for people and, as JSON, for machines."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.approval import Verdict
from bot.domain.case import Case
from bot.domain.effects import Check
from bot.domain.gate import Now, judge
from bot.domain.gates import PLAN
from bot.domain.messages import CheckReport
from bot.domain.policy import Policy
from bot.domain.turn import Turn
from bot.domain.view import blocked


def check_plan(turn: Turn, policy: Policy | None, key: str = "") -> None:
    """Brings the check run up to date: success once the gate was passed, until then neutral or action required."""
    case = turn.case
    if case.plan is None:
        return
    conclusion = "success" if case.passed else "action_required" if blocked(case) else "neutral"
    verdict = judge(case, PLAN, policy, Now(turn.now)) if policy is not None else _unreadable()
    report = CheckReport("plan", case, case.plan, conclusion, data=decision_json(case, verdict))
    turn.do(Check(key or turn.name("check"), report, "completed", conclusion))


def _unreadable() -> Verdict:
    return Verdict(allowed=False, because="the policy cannot be read", code="no_policy")


def decision_json(case: Case, verdict: Verdict) -> str:
    """The decision at the gate `plan` as indented JSON."""
    return json.dumps(decision_data(case, verdict), indent=2, ensure_ascii=True)


def decision_data(case: Case, verdict: Verdict, gate: str = PLAN) -> dict[str, Any]:
    """The decision at a gate as plain JSON, `millwright/decision/v1`: the tree of reasons, and every yes that did
    not count. Without a plan there is no token.

    Codes are those of `reasons.REASONS`.
    """
    return {
        "schema": "millwright/decision/v1",
        "gate": gate,
        "plan": case.plan.token if case.plan is not None else None,
        "digest": case.plan.digest if case.plan is not None else None,
        "passed": case.passed if gate == PLAN else gate in case.gates_passed,
        "verdict": verdict.to_data(),
        "refused": [dict(note) for note in case.refused],
    }
