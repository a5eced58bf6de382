"""A plan that nobody can approve any more, because of what happened around it: said once, with what to do."""

from __future__ import annotations

from bot.domain.allowance import DEFERRED, Full
from bot.domain.case import Case
from bot.domain.effects import Say
from bot.domain.knowledge import Knowledge
from bot.domain.ledger import Entry
from bot.domain.people import Actor
from bot.domain.replies import Happened
from bot.domain.stop import at_own_gate, is_untouched
from bot.domain.turn import Turn
from bot.domain.view import show
from bot.domain.void import BEFORE, is_open, take_out

AGAIN = "`/plan`, said by somebody with the triage role"
"""The next line where somebody else has to say it."""


def is_waiting(case: Case) -> bool:
    """Whether there is a plan of which nothing has begun."""
    waits = case.phase in BEFORE or is_untouched(case) or at_own_gate(case)
    return case.plan is not None and case.is_fresh and waits


def make_stale(turn: Turn, known: Knowledge, by: Actor, what: str, line: str) -> None:
    """Takes the approvals out of a plan of which nothing has begun; says why and what to do, commands as code."""
    if not is_waiting(turn.case):
        return
    given = [one for one in turn.case.approvals if is_open(turn.case, one)]
    take_out(turn, given, what.replace("`", ""), by, "approval_stale")
    void = " Approvals of it are void." if given else ""
    turn.do(Say(turn.name("stale"), Happened(turn.case, f"{what}{void}", line), to="reply"))
    show(turn, known.policy)


def note(turn: Turn, what: str, line: str) -> None:
    """Says what happened where nothing goes on by itself, and what to do."""
    turn.do(Say(turn.name("note"), Happened(turn.case, what, line), to="reply"))


def defer(turn: Turn, full: Full, by: Actor) -> None:
    """Notes that a plan was not made because there were too many; says so the first time, and then no more."""
    if not full.is_first:
        return
    turn.record(Entry(DEFERRED, {"why": full.why}, by))
    what = f"This was not planned: {full.why} are the limit for people below the triage role."
    note(turn, what, AGAIN)
