"""`/status`: where this stands and what it waits for."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.knowledge import Knowledge, Ledgers, Need, Permission, PolicyFile
from bot.domain.lifecycle import Phase
from bot.domain.lock import held_by, lock_keys, lock_of, place_in
from bot.domain.messages import StatusReply
from bot.domain.next import Await, next_step
from bot.domain.people import Role
from bot.domain.turn import Turn


def needs(asked: Asked, case: Case | None) -> tuple[Need, ...]:
    """Who asks, the policy that the next step depends on, and the locks of the plan's environments."""
    return (Permission(asked.actor.id, asked.actor.login), PolicyFile(), Ledgers(lock_keys(case)))


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Replies with the phase and the next step."""
    step = next_step(turn.case, known.policy, turn.now)
    words = (
        " — ".join(part for part in (step.what, step.line) if part) if isinstance(step, Await) else "it goes on"
    )
    locks = tuple(kept for key in lock_keys(turn.case) if (kept := _kept(key, turn, known)))
    turn.reply(asked.comment_id, StatusReply(turn.case, words, locks), asked.number)


def _kept(key: str, turn: Turn, known: Knowledge) -> str:
    """Who keeps that environment, unless it is this case itself."""
    lock = lock_of(known.ledgers.get(key, ()))
    if lock.closed is None and lock.lease is not None and lock.lease.want.case == turn.key:
        return ""
    return held_by(place_in(key), lock)


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
