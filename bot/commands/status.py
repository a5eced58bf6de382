"""`/status`: where this stands and what it waits for."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.knowledge import Knowledge, Need, Permission, PolicyFile
from bot.domain.lifecycle import Phase
from bot.domain.messages import StatusReply
from bot.domain.next import Await, next_step
from bot.domain.people import Role
from bot.domain.turn import Turn


def needs(asked: Asked, _: Case | None) -> tuple[Need, ...]:
    """Who asks, and the policy that the next step depends on."""
    return (Permission(asked.actor.id, asked.actor.login), PolicyFile())


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Replies with the phase and the next step."""
    step = next_step(turn.case, known.policy, turn.now)
    words = (
        " — ".join(part for part in (step.what, step.line) if part) if isinstance(step, Await) else "it goes on"
    )
    turn.reply(asked.comment_id, StatusReply(turn.case, words), asked.number)


COMMAND = Command(
    name="status",
    usage="/status",
    summary="Say where this stands and what it waits for.",
    who=Role.READ,
    phases=frozenset(Phase),
    examples=("/status",),
    needs=needs,
    decide=decide,
)
