"""`/reject <why>`: this is not wanted as it is; nothing of it is carried out.

At another gate than the plan's it is that gate which is refused: everything stays as it is. So is the gate
that was passed last, while what waited at it has not begun.
"""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.effects import ClosePull, React
from bot.domain.faults import Refused
from bot.domain.knowledge import Knowledge, Need, Permission, PolicyFile
from bot.domain.ledger import Entry
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from bot.domain.stop import at_own_gate, recall, refuse_gate
from bot.domain.turn import Turn
from bot.domain.view import show


def needs(asked: Asked, _: Case | None) -> tuple[Need, ...]:
    """Who rejects, and the policy for the words that follow."""
    return (Permission(asked.actor.id, asked.actor.login), PolicyFile())


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Records the rejection with its reason; a preview that runs is stopped, the plan pull request closed."""
    if not asked.arguments:
        why = "a rejection says why, so that the next briefing can be better"
        line = "/reject <what should be different>"
        turn.refuse(
            asked.comment_id, asked.number, "reject", Refused("reason_missing", asked.actor.login, why, line)
        )
        return
    if turn.case.phase is Phase.HELD and not turn.case.is_fresh:
        why = "this is held, and a part of it stands: nothing is decided meanwhile"
        turn.refuse(asked.comment_id, asked.number, "reject", Refused("held", asked.actor.login, why, "/resume"))
        return
    if turn.case.phase is Phase.WAITING and not at_own_gate(turn.case):
        refuse_gate(turn, asked.actor, asked.arguments[:500], asked.comment_id)
        turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "+1"))
        show(turn, known.policy, asked.arguments[:500])
        return
    recall(turn)
    turn.record(Entry("capability.rejected", {"comment": asked.comment_id}, asked.actor, asked.arguments[:500]))
    turn.do(React(f"react:{asked.comment_id}", asked.comment_id, "+1"))
    show(turn, known.policy, asked.arguments[:500])
    turn.do(ClosePull(turn.name("close-pull")))


COMMAND = Command(
    name="reject",
    usage="/reject <why>",
    summary="Turn this plan, or what waits at a gate, down, with a reason.",
    who=Role.WRITE,
    phases=frozenset({Phase.DRAFT, Phase.VALIDATED, Phase.PREVIEWING, Phase.APPROVED, Phase.HELD, Phase.WAITING}),
    examples=("/reject the imprint names the wrong company",),
    needs=needs,
    decide=decide,
)
