"""Housekeeping: a check run asked for again, an effect of ours that could not be performed."""

from __future__ import annotations

from bot.decide import outcome
from bot.domain import anchor, ending
from bot.domain.case import Case
from bot.domain.cost import costs_of
from bot.domain.effects import Check
from bot.domain.frozen import is_unreadable
from bot.domain.knowledge import Blobs, Knowledge, Need, PolicyFile
from bot.domain.ledger import Entry
from bot.domain.leg import journal_digests
from bot.domain.lifecycle import ENDED, Phase
from bot.domain.messages import CheckReport
from bot.domain.plan_check import check_plan
from bot.domain.turn import Turn
from bot.domain.undo import every_digest
from bot.domain.view import show
from bot.events.model import CheckRequested, EffectFailed


def needs(event: CheckRequested | EffectFailed, case: Case | None) -> tuple[Need, ...]:
    """The policy and what the checks found; for a dispatch that failed what was journalled before it."""
    if case is None or is_unreadable(case):
        return ()
    if isinstance(event, CheckRequested):
        return (PolicyFile(), Blobs((*journal_digests(case.every_run), *every_digest(case))))
    return (PolicyFile(), Blobs(every_digest(case))) if event.effect == "Dispatch" else ()


def decide(event: CheckRequested | EffectFailed, turn: Turn, known: Knowledge) -> None:
    """Shows the state again, or draws the consequence of an effect that will never happen."""
    if turn.known is None:
        return
    if isinstance(event, CheckRequested):
        _again(event, turn, known)
    else:
        _failed(event, turn, known)


def _again(event: CheckRequested, turn: Turn, known: Knowledge) -> None:
    """A check run that is asked for again runs nothing again: it shows what is known (T55)."""
    case, key = turn.case, f"rerequested:{event.check_run_id}:{turn.case.last}"
    if case.plan is None or event.action != "rerequested" or is_unreadable(case):
        return
    check_plan(turn, known.policy, key)
    head = str(case.made.get("pull_head", ""))[:12]
    if f"check:run:{head}" in case.made:
        conclusion = _CONCLUSIONS.get(case.phase)
        report = CheckReport("run", case, case.plan, conclusion, costs_of(case), ending.findings(case, known))
        turn.do(Check(f"{key}:run", report, "completed" if conclusion else "in_progress", conclusion))
    if f"check:cost:{head}" in case.made:
        cost = CheckReport("cost", case, case.plan, "neutral", costs_of(case))
        turn.do(Check(f"{key}:cost", cost, "completed", "neutral"))
    if case.phase in ENDED | {Phase.FAILED} and any(run.verb != "preview" for run in case.every_run):
        ending.show_end(turn, known)
    else:
        show(turn, known.policy)


_CONCLUSIONS = {
    Phase.COMPLETED: "success",
    Phase.FAILED: "failure",
    Phase.ROLLED_BACK: "failure",
    Phase.CANCELLED: "cancelled",
    Phase.REJECTED: "cancelled",
    Phase.DRAFT: "cancelled",
    Phase.VALIDATED: "cancelled",
    Phase.PREVIEWING: "cancelled",
}
"""What the check of the run says once it is over; before that the run was recalled. Else it is under way."""


def _failed(event: EffectFailed, turn: Turn, known: Knowledge) -> None:
    """A dispatch that GitHub refuses ends its leg; anything else is kept in the ledger for people to read."""
    facts = {"effect": event.effect[:60], "key": event.key[:200]}
    turn.record(Entry("effect.failed", facts, reason=event.why[:500]))
    run = turn.case.run
    if event.effect == "Anchor":
        anchor.refused(turn, event.key)
    if is_unreadable(turn.case):
        return  # whatever follows is decided when GitHub can be read again
    if event.effect == "Dispatch" and run is not None and run.open and event.key == f"dispatch:{run.nonce}":
        outcome.lost(turn, known, f"the run could not be started: {event.why[:300]}")
