"""`/withdraw [why]`: somebody takes back their own approval, or override, as long as what it allows has not begun.

It is the one at the gate that people decide at now, or at the one that was passed last and waits for its turn,
else the one of the plan. A review that asks for changes is
taken back where it was written: by dismissing it.
"""

from __future__ import annotations

from bot.domain.approval import Approval
from bot.domain.case import Case, Override
from bot.domain.command import Asked, Command
from bot.domain.effects import React
from bot.domain.faults import Refused
from bot.domain.gates import PLAN
from bot.domain.knowledge import Blobs, Knowledge, Need, Permission, PolicyFile
from bot.domain.ledger import Entry
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from bot.domain.turn import Turn
from bot.domain.undo import every_digest
from bot.domain.void import is_open, void


def needs(asked: Asked, case: Case | None) -> tuple[Need, ...]:
    """Who asks, and what it takes to go on without their word."""
    digests = every_digest(case) if case else ()
    return (Permission(asked.actor.id, asked.actor.login), PolicyFile(), Blobs(digests))


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Withdraws the word and recalls what has not begun; one's own approvals only."""
    mine = _mine(asked, turn.case)
    taken = [one for one in mine if is_open(turn.case, one)]
    if not taken:
        turn.refuse(asked.comment_id, asked.number, "withdraw", _refusal(asked, turn.case, bool(mine)))
        return
    why = f"{asked.actor.login} took it back"
    why += f": {asked.arguments[:400]}" if asked.arguments else ""
    turn.record(Entry("withdrawal.requested", {"comment": asked.comment_id}, asked.actor, asked.arguments[:400]))
    turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "+1"))
    void(turn, taken, why, known, asked.actor)


def _mine(asked: Asked, case: Case) -> list[Approval | Override]:
    """What the asker said at the gate that is decided at now, else at the plan's; an override counts there too."""
    every: tuple[Approval | Override, ...] = (*case.approvals, *case.overrides)
    said = [one for one in every if one.user == asked.actor.id]
    here = [one for one in said if case.gate is not None and one.gate == case.gate.name]
    behind = [one for one in said if case.phase is not Phase.FAILED and case.waits_behind(one.gate)]
    return here or behind or [one for one in said if one.gate == PLAN]


def _refusal(asked: Asked, case: Case, has_said: bool) -> Refused:
    who = asked.actor.login
    if has_said:
        why = "what you approved has begun; a word that was acted on is not taken back"
        return Refused("already_begun", who, why, "`/cancel` stops it, `/rollback` takes it back")
    if any(one.user == asked.actor.id for one in case.objections):
        why = "you asked for changes in a review, and such a review is dismissed on the pull request"
        return Refused("objection_stands", who, why, "dismiss your review, or approve")
    gate = case.gate.name if case.gate else PLAN
    return Refused("nothing_to_withdraw", who, f"no approval of yours stands at the gate `{gate}`", "/why")


COMMAND = Command(
    name="withdraw",
    usage="/withdraw [why]",
    summary="Take back your own approval, as long as what it allows has not begun.",
    who=Role.READ,
    phases=frozenset(Phase),
    examples=("/withdraw", "/withdraw I read the wrong version"),
    needs=needs,
    decide=decide,
)
