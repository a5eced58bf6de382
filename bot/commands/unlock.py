"""`/unlock [environment]`: open an environment that was locked; whoever waits for it starts by itself."""

from __future__ import annotations

from bot.commands.lock import may_not, needs, places_of, tell, unknown_place
from bot.domain.command import Asked, Command
from bot.domain.knowledge import Knowledge
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from bot.domain.turn import Turn


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Asks the environment, which answers: its lock is opened by its owner or by an admin."""
    refused = may_not(asked, turn.case, known)
    if refused is None:
        places = places_of(turn.case, known)
        place = asked.arguments or places[0]
        if place in places:
            tell(asked, turn, known, place, {})
            return
        refused = unknown_place(asked, places)
    turn.refuse(asked.comment_id, asked.number, "unlock", refused)


COMMAND = Command(
    name="unlock",
    usage="/unlock [environment]",
    summary="Open an environment that you have locked, or, as an admin, that somebody else has.",
    who=Role.READ,
    phases=frozenset(Phase),
    examples=("/unlock", "/unlock production"),
    needs=needs,
    decide=decide,
)
