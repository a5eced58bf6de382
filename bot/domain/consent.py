"""One person's yes at a gate, said in a comment: whether this account may say it, and the record of it."""

from __future__ import annotations

from typing import Any

from bot.domain import gate
from bot.domain.case import Case
from bot.domain.command import Asked
from bot.domain.effects import React, Timer
from bot.domain.faults import Refused
from bot.domain.knowledge import Knowledge
from bot.domain.ledger import Entry
from bot.domain.messages import ApprovalNoted
from bot.domain.people import Role
from bot.domain.turn import Turn


def refusal(asked: Asked, case: Case, known: Knowledge) -> Refused | None:
    """Why this account may not approve for the case at all, None where it may (T1, T2, T3)."""
    who, policy = asked.actor, known.policy
    if who.kind != "User" or who.id in {0, known.bot}:
        return Refused("not_a_person", who.login, "only people approve", "ask one of the approvers")
    if who.via_app:
        return Refused("app_comment", who.login, "an App wrote this in your name", "write the comment yourself")
    if policy is None:
        return Refused("no_policy", who.login, "the policy cannot be read, so nobody can be told apart", "/status")
    if who.id in gate.excluded(case, policy):
        why = "you wrote or edited the briefing, and from MEDIUM risk up somebody else must approve"
        return Refused("self_approval", who.login, why, f"ask {gate.in_words(gate.approvers_of(case, policy))}")
    approvers = gate.approvers_of(case, policy)
    if gate.basis(approvers, gate.standing(known, who.id, who.login)) is None:
        why = f"your role here is {known.roles.get(who.id, Role.NONE).word}; the policy asks for more"
        return Refused("no_role", who.login, why, f"ask {gate.in_words(approvers)}")
    return None


def has_said(asked: Asked, turn: Turn, known: Knowledge, name: str) -> bool:
    """Whether the account's yes to exactly this plan stands at the gate already."""
    assert known.policy is not None
    case, policy = turn.case, known.policy
    mine = [one for one in case.approvals_of(name) if one.user == asked.actor.id]
    return any(one.digest == case.digest and not gate.is_expired(one, policy, turn.now) for one in mine)


def give(asked: Asked, turn: Turn, known: Knowledge, name: str) -> None:
    """Records the approval, and answers how many there are now; what follows is the caller's."""
    case, policy = turn.case, known.policy
    assert policy is not None
    assert case.plan is not None
    who = gate.standing(known, asked.actor.id, asked.actor.login)
    data = {
        "role": who.role.word,
        "basis": gate.basis(gate.approvers_of(case, policy), who) or "",
        "version": case.version,
        "digest": case.plan.digest,
        "gate": name,
        "kind": "person",
        "policy": case.plan.policy,
        **source(asked),
    }
    turn.record(Entry("approval.given", data, asked.actor))
    approval = turn.case.approvals[-1]
    turn.do(Timer("approval-expiry", "approval-expiry", gate.expires(approval, policy)))
    verdict = gate.judge(turn.case, name, policy, turn.now)
    have, need = sum(one.allowed for one in verdict.children), gate.quorum_of(case, policy).count
    turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "+1"))
    noted = ApprovalNoted(who.login, who.role.word, case.plan.token, case.plan.digest, have, need, name)
    turn.reply(asked.comment_id, noted, asked.number)


def source(asked: Asked) -> dict[str, Any]:
    """By which words it was said, for the ledger."""
    said = f"comment:{asked.comment_id}"
    return {"comment": asked.comment_id, "source": said, "evidence": asked.body_sha256}
