"""`/why`: the plan gate as a tree, with every approval that counts, does not count, or was refused."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.approval import Verdict
from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.gate import drift, plan_gate, standing
from bot.domain.knowledge import Knowledge, Need, Permission, PolicyFile, TeamsOf, WorkflowFile
from bot.domain.lifecycle import Phase
from bot.domain.messages import WhyReply
from bot.domain.people import Role
from bot.domain.turn import Turn
from bot.domain.view import blocked


def needs(asked: Asked, case: Case | None) -> tuple[Need, ...]:
    """The rights of the asker and of everybody who approved, as they are now."""
    people = {approval.user: approval.login for approval in case.approvals} if case else {}
    live = [need for user, login in people.items() for need in (Permission(user, login), TeamsOf(user, login))]
    return (Permission(asked.actor.id, asked.actor.login), PolicyFile(), WorkflowFile(), *live)


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Replies with the verdict."""
    turn.reply(asked.comment_id, WhyReply(turn.case, verdict(turn, known)), asked.number)


def verdict(turn: Turn, known: Knowledge) -> Verdict:
    """The plan gate as it would decide now, with what else stands in the way."""
    case = turn.case
    if known.policy is None:
        return Verdict(allowed=False, because="the policy cannot be read", code="no_policy")
    live = {a.user: standing(known, a.user, a.login) for a in case.approvals if a.kind == "person"}
    found = plan_gate(case, known.policy, turn.now, live)
    more = [Verdict(allowed=False, because=one.why, code=one.code) for one in blocked(case)]
    if case.plan is not None and (changed := drift(case, known)):
        more.append(Verdict(allowed=False, because=changed, code="approval_stale"))
    more += [
        Verdict(allowed=False, because=f"{note['login']}: {note['why']}", code=note["code"])
        for note in case.refused
    ]
    return replace(found, children=(*found.children, *more))


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
