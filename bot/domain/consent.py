"""One person's yes at a gate, by whichever door it came: whether this account may say it, and the record of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain import gate
from bot.domain.case import Case
from bot.domain.command import Asked
from bot.domain.effects import React, Say, Timer
from bot.domain.faults import Refused
from bot.domain.gates import Ask, ask
from bot.domain.knowledge import Knowledge
from bot.domain.ledger import Entry
from bot.domain.messages import ApprovalNoted, Message
from bot.domain.people import Actor, Role
from bot.domain.rights import basis, in_words, standing
from bot.domain.turn import Turn


@dataclass(frozen=True)
class Word:
    """What somebody said, and where. The same record for every door.

    `source` is `comment:<id>`, `review:<id>` or `slack:<workspace>:<user>:<message>`; `evidence` is what must not
    change under it: the SHA-256 of a comment's body, the commit of a review.
    """

    actor: Actor
    source: str
    evidence: str
    number: int
    """the issue or pull request to answer on"""
    comment_id: int | None = None
    """the comment to react to, where it is one"""

    @property
    def record(self) -> Mapping[str, Any]:
        """By which words it was said, for the ledger."""
        facts = {"source": self.source, "evidence": self.evidence}
        return facts | ({"comment": self.comment_id} if self.comment_id else {})


def word_of(asked: Asked) -> Word:
    """The word that a command in a comment is."""
    return Word(asked.actor, f"comment:{asked.comment_id}", asked.body_sha256, asked.number, asked.comment_id)


def answer(turn: Turn, word: Word, message: Message, reaction: str) -> None:
    """Answers in the thread, once however often it is delivered; a no gets a reaction too, a yes needs none."""
    if word.comment_id is not None:
        if reaction != "+1":
            turn.do(React(f"react:{word.comment_id}", word.comment_id, "-1"))
        turn.reply(word.comment_id, message, word.number)
    else:
        turn.do(Say(f"reply:{word.source}", message, to="reply", number=word.number))


def refusal(word: Word, case: Case, known: Knowledge, name: str) -> Refused | None:
    """Why this account may not decide at the gate, None where it may (T1, T2, T3)."""
    who, policy = word.actor, known.policy
    if who.kind != "User" or who.id in {0, known.bot}:
        return Refused("not_a_person", who.login, "only people approve", "ask one of the approvers")
    if who.via_app:
        return Refused("app_comment", who.login, "an App wrote this in your name", "write the comment yourself")
    if policy is None:
        return Refused("no_policy", who.login, "the policy cannot be read, so nobody can be told apart", "/status")
    asked = ask(case, policy, name)
    if asked is None:
        return Refused("gate_unknown", who.login, f"this plan meets no gate `{name}`", "/why")
    if who.id in gate.excluded(case, asked):
        why = "you wrote or edited the briefing, and from MEDIUM risk up somebody else must approve"
        return Refused("self_approval", who.login, why, f"ask {in_words(asked.approvers)}")
    if basis(asked.approvers, standing(known, who.id, who.login)) is None:
        why = f"your role here is {known.roles.get(who.id, Role.NONE).word}; the policy asks for more"
        return Refused("no_role", who.login, why, f"ask {in_words(asked.approvers)}")
    return None


def has_said(word: Word, turn: Turn, known: Knowledge, name: str) -> bool:
    """Whether the account's yes to exactly this plan stands at the gate already."""
    asked = _asked(turn.case, known, name)
    mine = [one for one in turn.case.approvals_of(name) if one.user == word.actor.id]
    return any(one.digest == turn.case.digest and not gate.is_expired(one, asked, turn.now) for one in mine)


def _asked(case: Case, known: Knowledge, name: str) -> Ask:
    assert known.policy is not None
    found = ask(case, known.policy, name)
    assert found is not None
    return found


def give(word: Word, turn: Turn, known: Knowledge, name: str) -> None:
    """Records the approval, and answers how many there are now; what follows is the caller's."""
    case, policy, asked = turn.case, known.policy, _asked(turn.case, known, name)
    assert policy is not None
    assert case.plan is not None
    who = standing(known, word.actor.id, word.actor.login)
    data = {
        "role": who.role.word,
        "basis": basis(asked.approvers, who) or "",
        "version": case.version,
        "digest": case.plan.digest,
        "gate": name,
        "kind": "person",
        "policy": case.plan.policy,
        **word.record,
    }
    turn.record(Entry("approval.given", data, word.actor))
    approval = turn.case.approvals[-1]
    turn.do(Timer("approval-expiry", "approval-expiry", gate.expires(approval, asked)))
    have = gate.count(turn.case, name, policy, gate.Now(turn.now))
    noted = ApprovalNoted(who.login, who.role.word, case.plan.token, case.plan.digest, have, asked.count, name)
    answer(turn, word, noted, "+1")
