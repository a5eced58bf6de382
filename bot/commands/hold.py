"""`/hold [why]`: nothing new is started and nobody decides until `/resume`; a run under way goes on to its end."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.effects import React
from bot.domain.faults import Refused
from bot.domain.holding import take_hold
from bot.domain.knowledge import Knowledge, Need, Permission, PolicyFile
from bot.domain.ledger import Entry
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from bot.domain.stop import is_untouched, recall
from bot.domain.turn import Turn
from bot.domain.view import show


def needs(asked: Asked, _: Case | None) -> tuple[Need, ...]:
    """Who holds it, and the policy for the words that follow."""
    return (Permission(asked.actor.id, asked.actor.login), PolicyFile())


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Holds the case at once, or as soon as the present run is over; what no job has begun is recalled."""
    case, who = turn.case, asked.actor
    if case.hold or case.phase is Phase.HELD:
        why = (
            "this is held already"
            if case.phase is Phase.HELD
            else "this is held as soon as the present run is over"
        )
        turn.refuse(
            asked.comment_id,
            asked.number,
            "hold",
            Refused("already_held", who.login, why, "/resume lets it go on"),
        )
        return
    reason = asked.arguments[:500]
    if is_untouched(case):
        recall(turn, reason or f"held by {who.login}", who)
    turn.record(Entry("hold.requested", {"comment": asked.comment_id}, who, reason))
    is_held = take_hold(turn)
    turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "+1"))
    show(turn, known.policy, "" if is_held else "it is held as soon as this run is over")


COMMAND = Command(
    name="hold",
    usage="/hold [why]",
    summary="Start nothing new and let nobody decide, until `/resume`; a run under way goes on to its end.",
    who=Role.WRITE,
    phases=frozenset(
        {
            Phase.DRAFT,
            Phase.VALIDATED,
            Phase.PREVIEWING,
            Phase.APPROVED,
            Phase.EXECUTING,
            Phase.WAITING,
            Phase.FAILED,
            Phase.HELD,
        }
    ),
    examples=("/hold", "/hold the customer asks for two more days"),
    needs=needs,
    decide=decide,
)
