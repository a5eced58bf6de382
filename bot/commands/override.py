"""`/override <gate> <reason>`: an admin passes a gate without the approvals it asks for, and it is seen (T15).

From HIGH risk up, and where the admin wrote the briefing, a second admin says the same. What keeps a plan from
being approved at all is not overridden: drift, a preview that is not back, a choice that is missing. Nor is the
gate `rollback`.
"""

from __future__ import annotations

import re

from bot.domain import decision
from bot.domain.case import Case
from bot.domain.command import Asked, Command, token
from bot.domain.consent import word_of
from bot.domain.effects import React
from bot.domain.ending import go_on
from bot.domain.faults import Refused
from bot.domain.gate import Now, judge, overridden
from bot.domain.gates import PLAN, ROLLBACK, asks
from bot.domain.knowledge import Knowledge, Need
from bot.domain.launch import BUDGET, has_been_stopped
from bot.domain.ledger import Entry
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from bot.domain.plan_check import check_plan
from bot.domain.policy import Policy
from bot.domain.replies import OverrideNoted
from bot.domain.turn import Turn

_SAID = re.compile(r"([a-z0-9][a-z0-9_-]{0,59})(?:[ \t]+(.*))?", re.ASCII)
_NEVER = {
    ROLLBACK: "what leaves traces is taken back by those who may approve, and by nobody alone",
    "lock": "an environment's lock is opened with `/unlock`",
    "drift": "a plan that policy, prices or workflow have left behind is made again",
    "preview": "above LOW risk the preview comes first",
    "choice": "a choice that is missing is made in the briefing",
}


def needs(asked: Asked, case: Case | None) -> tuple[Need, ...]:
    """The admin's role as it is now, the policy, the workflow, and what it takes to go on."""
    return () if case is None else decision.needs(asked.actor, case)


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Records the override and goes on where it is enough; says what is missing where it is not."""
    found = _SAID.fullmatch(asked.arguments)
    gate, reason = (found[1], (found[2] or "").strip()) if found else ("", "")
    refused = _refusal(asked, (gate, reason), turn.case, known)
    if refused is not None:
        turn.refuse(asked.comment_id, asked.number, "override", refused)
        return
    case, plan, policy = turn.case, turn.case.plan, known.policy
    assert plan is not None
    assert policy is not None
    data = {"gate": gate, "digest": plan.digest, "version": plan.version, "role": "admin", "basis": "role:admin"}
    turn.record(Entry("override.used", data | dict(word_of(asked).record), asked.actor, reason[:500]))
    missing = _missing(turn, gate, policy)
    noted = OverrideNoted(asked.actor.login, gate, plan.token, plan.digest, reason[:500], not missing, missing)
    turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "+1"))
    turn.reply(asked.comment_id, noted, asked.number)
    go_on(turn, known)
    if case.phase in decision.DECIDED_ON:
        check_plan(turn, policy)


def _missing(turn: Turn, gate: str, policy: Policy) -> str:
    """What the override still takes, in words; "" where it is enough."""
    now, case = Now(turn.now), turn.case
    second = "a second admin must say the same"
    if gate == BUDGET:
        return "" if overridden(case, BUDGET, policy, now) else second
    verdict = judge(case, gate, policy, now)
    because = (one.because for one in verdict.children if one.code == "second_person")
    return "" if verdict.allowed else next(because, second)


def _refusal(asked: Asked, said: tuple[str, str], case: Case, known: Knowledge) -> Refused | None:
    who, (gate, reason) = asked.actor.login, said
    if known.policy is None:
        return Refused("no_policy", who, "the policy cannot be read, so nothing can be overridden", "/status")
    if not gate:
        return Refused("arguments", who, "an override names the gate and says why", "/override <gate> <reason>")
    if not reason:
        return Refused("reason_missing", who, "an override says why", f"/override {gate} <reason>")
    if case.plan is None:
        return Refused("wrong_phase", who, "there is no plan here", "/plan")
    if gate in _NEVER:
        return Refused("not_overridable", who, _NEVER[gate], "/why")
    named = token(reason.split()[0])
    if named is not None and (named.version, named.prefix) != (case.version, case.plan.digest[:12]):
        return Refused(
            "approval_stale", who, "that is not the plan as it stands now", f"/override {gate} <reason>"
        )
    refused = _whether(who, gate, case, known.policy)
    refused = refused or (decision.in_the_way(who, case, known) if gate != BUDGET else None)
    mine = [one for one in case.overrides if (one.user, one.gate) == (asked.actor.id, gate)]
    if refused is None and any(one.digest == case.plan.digest for one in mine):
        why = "you have overridden this already, and one admin counts once"
        return Refused("already_overridden", who, why, "/why")
    return refused


def _whether(who: str, gate: str, case: Case, policy: Policy) -> Refused | None:
    """Whether people decide there now, or the budget keeps something waiting."""
    if gate == BUDGET:
        stopped = case.queued is not None and has_been_stopped(case.queued)
        return None if stopped else Refused("gate_closed", who, "no budget stops this now", "/cost")
    met = [one.name for one in asks(case, policy)]
    if gate not in met:
        names = ", ".join(f"`{name}`" for name in met)
        return Refused("gate_unknown", who, f"this plan meets no gate `{gate}`; it meets {names}", "/why")
    if case.phase is Phase.HELD:
        return Refused("held", who, "this is held, and nothing is decided meanwhile", "/resume")
    if not decision.is_open(case, gate):
        here = case.gate.name if case.gate else PLAN
        line = f"/override {here} <reason>" if decision.is_open(case, here) else "/status"
        return Refused("gate_closed", who, f"nobody has to decide at the gate `{gate}` now", line)
    return None


COMMAND = Command(
    name="override",
    usage="/override <gate> <reason>",
    summary="Pass a gate, or the budget, without the approvals it asks for; a second admin from HIGH risk up.",
    who=Role.ADMIN,
    phases=frozenset(Phase),
    examples=("/override plan the fair opens tomorrow and bert is ill", "/override budget paid by the customer"),
    needs=needs,
    decide=decide,
)
