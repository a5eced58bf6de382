"""What GitHub's own state keeps from going on: a case is held by it, and goes on when that is over.

`Case.frozen` holds the reasons, separated by spaces; each comes and goes by itself, and a person's hold outlives
them all. What runs is asked to stop and never cut off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.domain.case import Case
from bot.domain.effects import CancelRun
from bot.domain.ledger import Entry, Line
from bot.domain.lifecycle import Phase, can
from bot.domain.people import Actor
from bot.domain.stop import ask_to_stop, is_untouched
from bot.domain.turn import Turn

WORDS: Mapping[str, str] = {
    "archived": "the repository is archived, so that nothing can be written there",
    "operations_archived": "the operations repository is archived, so that nothing can run there",
    "suspended": "the App's installation is suspended",
    "not_installed": "the App is not installed on the repository",
    "operations_not_installed": "the App is not installed on the operations repository",
}
"""Reason → what it means, for readers."""
UNREADABLE = frozenset({"suspended", "not_installed", "operations_not_installed"})
"""Reasons for which GitHub does not even let us read what a decision takes."""


def in_words(frozen: str) -> str:
    """The reasons as a sentence's parts; "" for none."""
    return "; ".join(WORDS.get(code, code) for code in frozen.split())


def is_unreadable(case: Case) -> bool:
    """Whether there is no use in asking GitHub about the case now: it is looked at again when that is over."""
    return not UNREADABLE.isdisjoint(case.frozen.split())


def freeze(turn: Turn, code: str, by: Actor, why: str) -> None:
    """Holds the case for that reason; a leg that is under way is asked to stop. Writes nothing on GitHub."""
    case = turn.case
    if code in case.frozen.split():
        return
    frozen = " ".join([*case.frozen.split(), code])
    if is_acting(case):
        turn.record(Entry("capability.frozen", {"frozen": frozen}, by, why))
        if not case.cancel:
            ask_to_stop(turn, by, why)
        return
    call_back(turn, by, why, asks_github=code in {"archived", "not_installed"})
    if can(turn.case.phase, "capability.held"):
        turn.record(Entry("capability.held", {"frozen": frozen}, by, why))
    else:
        turn.record(Entry("capability.frozen", {"frozen": frozen}, by, why))


def thaw(turn: Turn, codes: Iterable[str], by: Actor, why: str) -> bool:
    """Takes these reasons away; whether that was the last and the case goes on where it was."""
    case, gone = turn.case, set(codes)
    left = [code for code in case.frozen.split() if code not in gone]
    if len(left) == len(case.frozen.split()):
        return False
    if case.phase is Phase.HELD and not left and not case.hold:
        turn.record(Entry("capability.resumed", {}, by, why))
    else:
        turn.record(Entry("capability.frozen", {"frozen": " ".join(left)}, by, why))
    return not left


def is_acting(case: Case) -> bool:
    """Whether a leg is being carried out now, so that it can only be asked to stop."""
    run = case.run
    return case.phase is Phase.EXECUTING and run is not None and run.open and not is_untouched(case)


def call_back(turn: Turn, by: Actor, why: str, *, asks_github: bool) -> None:
    """Ends a preview, or an execution that has not begun, and says so nowhere but in the ledger.

    GitHub is asked to cancel the run where the operations repository can still be written.
    """
    case, run = turn.case, turn.case.run
    if run is None or not run.open:
        return
    if is_untouched(case):
        turn.record(Entry("execution.recalled", {"nonce": run.nonce}, by, why))
    elif case.phase is Phase.PREVIEWING:
        turn.record(Entry("preview.failed", {"leg": run.leg, "recalled": True}, by, why))
    else:
        return
    if run.run_id is not None and asks_github:
        turn.do(CancelRun(f"cancel:{run.nonce}", run.run_id))


def since_frozen(lines: Iterable[Line]) -> tuple[Line, ...]:
    """What the ledger holds since the case was frozen last; nothing for one that never was."""
    found: list[Line] | None = None
    for line in lines:
        if line.entry.type in {"capability.held", "capability.frozen"} and line.entry.data.get("frozen"):
            found = []
        elif found is not None:
            found.append(line)
    return tuple(found or ())
