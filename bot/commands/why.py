"""`/why`: the gate that people decide at now as a tree, with every approval, counted or not, and why."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.approval import Verdict
from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.drift import drift
from bot.domain.gate import as_known, judge, people_of, sources_of
from bot.domain.gates import PLAN
from bot.domain.knowledge import Knowledge, Need, Owners, Permission, PolicyFile, Words, WorkflowFile
from bot.domain.lifecycle import Phase
from bot.domain.messages import WhyReply
from bot.domain.people import Role
from bot.domain.rights import rights_of
from bot.domain.turn import Turn
from bot.domain.view import blocked


def needs(asked: Asked, case: Case | None) -> tuple[Need, ...]:
    """The rights of the asker and of everybody who approved, as they are now."""
    who = Permission(asked.actor.id, asked.actor.login)
    if case is None:
        return (who, PolicyFile())
    gate = case.gate.name if case.gate else PLAN
    rights = rights_of(people_of(case, gate))
    return (who, PolicyFile(), WorkflowFile(), Owners(), Words(sources_of(case, gate)), *rights)


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Replies with the verdict."""
    gate = turn.case.gate.name if turn.case.gate else PLAN
    turn.reply(asked.comment_id, WhyReply(turn.case, verdict(turn, known, gate), gate), asked.number)


def verdict(turn: Turn, known: Knowledge, gate: str = PLAN) -> Verdict:
    """The gate as it would decide now, with what else stands in the way."""
    case = turn.case
    if known.policy is None:
        return Verdict(allowed=False, because="the policy cannot be read", code="no_policy")
    found = judge(case, gate, known.policy, as_known(case, gate, known, turn.now, words=True))
    more = _of_the_plan(case, known) if gate == PLAN else []
    more += [
        Verdict(allowed=False, because=f"{note['login']}: {note['why']}", code=note["code"])
        for note in case.refused
    ]
    return replace(found, children=(*found.children, *more))


def _of_the_plan(case: Case, known: Knowledge) -> list[Verdict]:
    """What but approvals keeps the plan from being carried out."""
    more = [Verdict(allowed=False, because=one.why, code=one.code) for one in blocked(case)]
    if case.plan is not None and (changed := drift(case, known)):
        more.append(Verdict(allowed=False, because=changed, code="approval_stale"))
    return more


COMMAND = Command(
    name="why",
    usage="/why",
    summary="Explain which approvals count, which do not, and why.",
    who=Role.READ,
    phases=frozenset(Phase),
    examples=("/why",),
    needs=needs,
    decide=decide,
)
