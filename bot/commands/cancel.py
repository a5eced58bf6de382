"""`/cancel`: what has not begun is dropped; what runs ends after its present operation and keeps what is there."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.effects import ClosePull, React
from bot.domain.gates import ROLLBACK
from bot.domain.knowledge import Knowledge, Need, Permission, PolicyFile
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from bot.domain.stop import cancel, refuse_gate
from bot.domain.turn import Turn
from bot.domain.view import show


def needs(asked: Asked, _: Case | None) -> tuple[Need, ...]:
    """Who cancels, and the policy for the words that follow."""
    return (Permission(asked.actor.id, asked.actor.login), PolicyFile())


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Cancels, or asks the running leg to stop; at a gate only what waits there is dropped."""
    why = asked.arguments[:500] or f"cancelled by {asked.actor.login}"
    case = turn.case
    if case.gate is not None and case.gate.name == ROLLBACK and case.phase is not Phase.HELD:
        refuse_gate(turn, asked.actor, why, asked.comment_id)
        turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "+1"))
        show(turn, known.policy, why)
        return
    cancel(turn, asked.actor, why, asked.comment_id)
    turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "+1"))
    if turn.case.phase is Phase.CANCELLED:
        show(turn, known.policy, why)
        turn.do(ClosePull(turn.name("close-pull")))
    else:
        show(turn, known.policy, "stopping after the present operation")


COMMAND = Command(
    name="cancel",
    usage="/cancel [why]",
    summary="Stop. What was done stays; `/rollback` takes it back.",
    who=Role.WRITE,
    phases=frozenset(
        {
            Phase.DRAFT,
            Phase.VALIDATED,
            Phase.PREVIEWING,
            Phase.APPROVED,
            Phase.EXECUTING,
            Phase.WAITING,
            Phase.MONITORING,
            Phase.HELD,
            Phase.FAILED,
        }
    ),
    examples=("/cancel", "/cancel the customer has changed their mind"),
    needs=needs,
    decide=decide,
)
