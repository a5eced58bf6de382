"""`/retry`: go on where a failed run stopped; what is settled is not done again."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.drift import drift
from bot.domain.effects import React
from bot.domain.faults import Refused
from bot.domain.gate import as_known, judge, people_of
from bot.domain.gates import PLAN, ROLLBACK, ask
from bot.domain.knowledge import Knowledge, Need, PolicyFile, WorkflowFile
from bot.domain.ledger import Entry
from bot.domain.leg import Launch, leg_of, start
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from bot.domain.rights import basis, in_words, rights_of, standing
from bot.domain.turn import Turn
from bot.domain.view import show
from executors.protocol.plan import Leg, Verb


def needs(asked: Asked, case: Case | None) -> tuple[Need, ...]:
    """The rights of the asker and of everybody who approved, as they are now (T3)."""
    people = people_of(case, PLAN) | people_of(case, ROLLBACK) if case else {}
    people[asked.actor.id] = asked.actor.login
    return (*rights_of(people), PolicyFile(), WorkflowFile())


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Dispatches the failed leg again; its job gets the journal and resumes."""
    refused = _refusal(asked, turn, known)
    if refused is not None:
        turn.refuse(asked.comment_id, asked.number, "retry", refused)
        return
    leg, verb = _again(turn.case)
    assert leg is not None
    turn.record(Entry("execution.requested", {"comment": asked.comment_id, "leg": leg.id}, asked.actor))
    start(turn, Launch(leg, verb, known.nonce, asked.actor), known.policy)
    turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "+1"))
    show(turn, known.policy)


def _again(case: Case) -> tuple[Leg | None, Verb]:
    """The leg that failed, and what it was doing: a rollback that failed is tried again as a rollback."""
    if case.run is not None and case.run.verb == "rollback":
        return leg_of(case, case.run.leg), "rollback"
    legs = case.plan.legs if case.plan else ()
    return next((leg for leg in legs if leg.id not in case.legs_done), None), "execute"


def _refusal(asked: Asked, turn: Turn, known: Knowledge) -> Refused | None:
    who, case = asked.actor.login, turn.case
    if asked.arguments:
        return Refused("arguments", who, "trying one step again is not in this release", "/retry")
    if known.policy is None:
        return Refused("no_policy", who, "the policy cannot be read", "/status")
    leg, verb = _again(case)
    if leg is None:
        return Refused("nothing_to_do", who, "no leg of this plan is left to be tried again", "/status")
    if verb == "rollback" and not case.decided:
        at = ask(case, known.policy, ROLLBACK)
        assert at is not None
        may = basis(at.approvers, standing(known, asked.actor.id, who)) is not None
        why = "only those who may approve may take it back"
        return None if may else Refused("no_role", who, why, f"ask {in_words(at.approvers)}")
    gate = PLAN if verb == "execute" else ROLLBACK
    verdict = judge(case, gate, known.policy, as_known(case, gate, known, turn.now))
    if verb == "rollback":
        why = f"the approvals to take it back do not count any more: {verdict.because}"
        return None if verdict.allowed else Refused("approvals_missing", who, why, "/rollback")
    if not verdict.allowed:
        return Refused(
            "approvals_missing", who, f"the approvals do not count any more: {verdict.because}", "/plan"
        )
    if changed := drift(case, known):
        return Refused("approval_stale", who, changed, "/plan")
    return None


COMMAND = Command(
    name="retry",
    usage="/retry",
    summary="Try the failed run again, from where it stopped.",
    who=Role.WRITE,
    phases=frozenset({Phase.FAILED, Phase.WAITING}),
    examples=("/retry",),
    needs=needs,
    decide=decide,
)
