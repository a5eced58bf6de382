"""`/resume`: what was held is where it was before, and goes on."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.effects import React
from bot.domain.ending import go_on
from bot.domain.faults import Refused
from bot.domain.holding import frozen_words
from bot.domain.knowledge import Blobs, Knowledge, Need, Permission, PolicyFile
from bot.domain.ledger import Entry
from bot.domain.lifecycle import Phase
from bot.domain.next import Await, next_step
from bot.domain.people import Role
from bot.domain.replies import Awaited
from bot.domain.turn import Turn
from bot.domain.undo import every_digest
from bot.domain.view import show


def needs(asked: Asked, case: Case | None) -> tuple[Need, ...]:
    """Who resumes it, the policy that says what comes next, and what was done, should that be the end."""
    digests = every_digest(case) if case else ()
    return (Permission(asked.actor.id, asked.actor.login), PolicyFile(), Blobs(digests))


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Goes on, or takes back a `/hold` that still waits for the end of a run."""
    refused = _refusal(asked, turn.case)
    if refused is not None:
        turn.refuse(asked.comment_id, asked.number, "resume", refused)
        return
    reason, facts = asked.arguments[:500], {"comment": asked.comment_id}
    turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "+1"))
    is_held = turn.case.phase is Phase.HELD
    if not is_held:
        turn.record(Entry("hold.withdrawn", facts, asked.actor, reason))
        show(turn, known.policy)
        return
    turn.record(Entry("capability.resumed", facts, asked.actor, reason))
    step = next_step(turn.case, known.policy, turn.now)
    if turn.case.phase is Phase.DRAFT and isinstance(step, Await):
        turn.sticky(Awaited(turn.case, step.what, step.line))
        turn.labels()
    else:
        go_on(turn, known)


def _refusal(asked: Asked, case: Case) -> Refused | None:
    who = asked.actor.login
    if case.phase is Phase.HELD and case.frozen:
        why = f"GitHub itself keeps it held: {frozen_words(case)}"
        return Refused("frozen", who, why, "put that right on GitHub; it goes on by itself then")
    if not case.hold and case.phase is not Phase.HELD:
        return Refused("not_held", who, f"this is not held, it is {case.phase.value}", "/status")
    return None


COMMAND = Command(
    name="resume",
    usage="/resume",
    summary="Let what was held go on.",
    who=Role.WRITE,
    phases=frozenset(Phase),
    examples=("/resume", "/resume the customer has agreed"),
    needs=needs,
    decide=decide,
)
