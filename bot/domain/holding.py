"""Holding a case: nothing new is started and nobody decides, until somebody resumes it.

What runs is not interrupted: the case is held as soon as that run is over, before the next leg or gate. Approvals
stay, and grow old meanwhile as they always do.
"""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.frozen import in_words
from bot.domain.ledger import Entry
from bot.domain.lifecycle import Phase, can
from bot.domain.replies import Held
from bot.domain.turn import Turn


def take_hold(turn: Turn) -> bool:
    """Hold the case now if somebody asked for it while a run was under way; whether it is held."""
    case = turn.case
    # What is being taken back, leg by leg, is under way too while it waits for its environment.
    undoing = case.queued is not None and case.queued.verb == "rollback"
    runs = undoing or (case.run is not None and case.run.open)
    if case.hold and not runs and case.phase is not Phase.HELD and can(case.phase, "capability.held"):
        turn.record(Entry("capability.held", {"frozen": ""}, case.holder, case.held_why))
    return turn.case.phase is Phase.HELD


def keep_hold(turn: Turn, before: Case) -> None:
    """Hold what was held `before` it was planned anew, by whom and for what it was held then."""
    if (before.hold or before.phase is Phase.HELD) and turn.case.phase is not Phase.HELD:
        turn.record(Entry("capability.held", {"frozen": before.frozen}, before.holder, before.held_why))


def frozen_words(case: Case) -> str:
    """Why GitHub's own state keeps it held, in words; "" where it does not."""
    return in_words(case.frozen)


def held(case: Case) -> Held:
    """What the sticky comment says while it is held."""
    return Held(case, case.holder.login, case.held_why, frozen_words(case))
