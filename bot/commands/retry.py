"""`/retry [step]`: go on where a failed run stopped; what is settled is looked at again and not done twice.

A leg runs as a whole: naming a step says for which one, and is refused where that step is in no leg to be tried
again. A gate before the leg, or before the end, is no failed run: it is opened again, or waits already.
"""

from __future__ import annotations

from bot.domain.advance import opened
from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.drift import drift
from bot.domain.effects import React
from bot.domain.faults import Refused
from bot.domain.gate import as_known, judge, people_of
from bot.domain.gates import PLAN, ROLLBACK, Ask, ask, due
from bot.domain.knowledge import Knowledge, Need, Owners, PolicyFile, WorkflowFile
from bot.domain.launch import queue
from bot.domain.ledger import Entry
from bot.domain.leg import Launch, leg_of
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from bot.domain.replies import Retried
from bot.domain.rights import basis, in_words, rights_of, standing
from bot.domain.turn import Turn
from bot.domain.view import show
from executors.protocol.plan import Leg, Verb


def needs(asked: Asked, case: Case | None) -> tuple[Need, ...]:
    """The rights of the asker and of everybody who approved, as they are now (T3)."""
    people = people_of(case, PLAN) | people_of(case, ROLLBACK) if case else {}
    people[asked.actor.id] = asked.actor.login
    return (*rights_of(people), PolicyFile(), Owners(), WorkflowFile())


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Dispatches the failed leg again, whose job gets the journal and resumes; a gate before it comes first."""
    refused = _refusal(asked, turn, known)
    if refused is not None:
        turn.refuse(asked.comment_id, asked.number, "retry", refused)
        return
    leg, verb = _again(turn.case)
    shut = _shut(turn.case, known)
    name = leg.id if leg is not None else "end"
    turn.record(Entry("execution.requested", {"comment": asked.comment_id, "leg": name}, asked.actor))
    if shut is not None:
        turn.record(opened(turn, shut))
    elif leg is not None:
        queue(turn, Launch(leg, verb, known.nonce, asked.actor), known.policy)
        if asked.arguments:
            others = tuple(step for step in leg.steps if step != asked.arguments)
            turn.reply(asked.comment_id, Retried(leg.id, verb, asked.arguments, others), asked.number)
    turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "+1"))
    show(turn, known.policy)


def _again(case: Case) -> tuple[Leg | None, Verb]:
    """The leg that failed, and what it was doing: a rollback that failed is tried again as a rollback.

    What was taken back in part, as somebody asked, goes on from there.
    """
    if case.run is not None and case.run.verb == "rollback" and not case.kept:
        return leg_of(case, case.run.leg), "rollback"
    legs = case.plan.legs if case.plan else ()
    return next((leg for leg in legs if leg.id not in case.legs_done), None), "execute"


def _shut(case: Case, known: Knowledge) -> Ask | None:
    """The gate that people have not passed yet before what would be tried again."""
    leg, verb = _again(case)
    if verb == "rollback" or known.policy is None:
        return None
    return due(case, known.policy, leg)


def _refusal(asked: Asked, turn: Turn, known: Knowledge) -> Refused | None:
    who, case = asked.actor.login, turn.case
    if case.erased:
        why = "its plan and what its runs journalled were erased, so nothing is tried again"
        return Refused("erased", who, why, "/plan")
    if known.policy is None:
        return Refused("no_policy", who, "the policy cannot be read", "/status")
    leg, verb = _again(case)
    shut = _shut(case, known)
    if leg is None and shut is None:
        return Refused("nothing_to_do", who, "no leg of this plan is left to be tried again", "/status")
    if shut is not None and case.phase is Phase.WAITING:
        return _waits(who, case, shut)
    if asked.arguments and (leg is None or asked.arguments not in leg.steps):
        return _unknown(asked, leg)
    return _undecided(asked, turn, known) if verb == "rollback" else _unapproved(asked, turn, known)


def _waits(who: str, case: Case, shut: Ask) -> Refused:
    """People decide at a gate, and trying again is no way around it."""
    assert case.gate is not None
    why = f"this waits at the gate `{case.gate.name}`, and trying again is no way around it"
    if case.gate.name != shut.name:
        return Refused("gate_shut", who, why, "`/reject <why>` leaves everything as it is, then `/retry`")
    return Refused("gate_shut", who, why, f"/approve {shut.name} {case.plan.token if case.plan else ''}")


def _unknown(asked: Asked, leg: Leg | None) -> Refused:
    steps = ", ".join(f"`{step}`" for step in leg.steps[:20]) if leg is not None else "none"
    where = f"leg {leg.id}, which is tried again, has the steps {steps}" if leg else "no leg is left"
    said = asked.arguments[:60].replace("`", "'")
    return Refused("step_unknown", asked.actor.login, f"`{said}` is not tried again: {where}", "/retry")


def _undecided(asked: Asked, turn: Turn, known: Knowledge) -> Refused | None:
    """Taking back takes the decision that it took the first time, or one who may approve."""
    who, case = asked.actor.login, turn.case
    assert known.policy is not None
    if not case.decided:
        at = ask(case, known.policy, ROLLBACK)
        assert at is not None
        may = basis(at.approvers, standing(known, asked.actor.id, who)) is not None
        why = "only those who may approve may take it back"
        return None if may else Refused("no_role", who, why, f"ask {in_words(at.approvers)}")
    verdict = judge(case, ROLLBACK, known.policy, as_known(case, ROLLBACK, known, turn.now))
    why = f"the approvals to take it back do not count any more: {verdict.because}"
    return None if verdict.allowed else Refused("approvals_missing", who, why, "/rollback")


def _unapproved(asked: Asked, turn: Turn, known: Knowledge) -> Refused | None:
    who, case = asked.actor.login, turn.case
    assert known.policy is not None
    verdict = judge(case, PLAN, known.policy, as_known(case, PLAN, known, turn.now))
    if not verdict.allowed:
        why = f"the approvals do not count any more: {verdict.because}"
        return Refused("approvals_missing", who, why, "/plan")
    if changed := drift(case, known):
        return Refused("approval_stale", who, changed, "/plan")
    return None


COMMAND = Command(
    name="retry",
    usage="/retry [step]",
    summary="Try the failed run again, from where it stopped.",
    who=Role.WRITE,
    phases=frozenset({Phase.FAILED, Phase.WAITING}),
    examples=("/retry", "/retry deploy"),
    needs=needs,
    decide=decide,
)
