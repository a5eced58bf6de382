"""Personal data of what is over go after a time, by the road of `/erase`: a timer, a ledger line, one effect."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.case import Case
from bot.domain.effects import Timer
from bot.domain.erasure import erase, is_at_rest, stored
from bot.domain.knowledge import History, Knowledge, Need
from bot.domain.ledger import Line
from bot.domain.lifecycle import ENDED, MOVING
from bot.domain.people import NOBODY
from bot.domain.turn import Turn

NAME = "retention"
"""The timer of a capability that ended, and the reason that its ledger tells."""


def needs(case: Case | None) -> tuple[Need, ...]:
    """Everything that the ledger names."""
    return (History(),) if case is not None and is_over(case) else ()


def is_over(case: Case) -> bool:
    """Whether it ended and nothing of it runs or is decided on; what failed may still be taken back."""
    return case.phase in ENDED and is_at_rest(case)


def watch(before: Case | None, turn: Turn, known: Knowledge) -> None:
    """Sets the timer when the capability has just ended; one that ends again later replaces it.

    A case that was built again has lost its timer; how long ago it ended its lines tell once it rings.
    """
    after = turn.known
    if not known.retention_days or after is None or not is_over(after):
        return
    if before is None or not is_over(before):
        _again(turn, turn.now + timedelta(days=known.retention_days))
    elif after.restored and not before.restored and not after.erased:
        _again(turn, turn.now)


def decide(turn: Turn, known: Knowledge) -> None:
    """Erases what is stored of a capability that ended long enough ago; where its time is not over it is looked
    at again then, for the setting may have changed."""
    case = turn.known
    if case is None or case.erased or not is_over(case) or not known.retention_days:
        return
    due = _ended(known.lines) + timedelta(days=known.retention_days)
    if due > turn.now:
        _again(turn, due)
        return
    digests = dict.fromkeys(digest for found in stored(known.lines).values() for digest in found)
    if digests:
        erase(turn, tuple(digests), NOBODY, NAME)


def _again(turn: Turn, due: datetime) -> None:
    turn.do(Timer(NAME, NAME, due))


def _ended(lines: Iterable[Line]) -> datetime:
    """When the capability came to its end: the last line that moved it."""
    return datetime.fromisoformat([line.at for line in lines if line.entry.type in MOVING][-1])
