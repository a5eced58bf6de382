"""What another case of ours says to this one: a lock that is given, a budget that is spent."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.knowledge import Knowledge, Need
from bot.domain.turn import Turn
from bot.events.model import Told


def needs(event: Told, case: Case | None) -> tuple[Need, ...]:
    """Nothing yet."""
    del event, case
    return ()


def decide(event: Told, turn: Turn, known: Knowledge) -> None:
    """Nothing is told yet."""
    del event, turn, known
