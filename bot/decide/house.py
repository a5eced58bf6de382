"""Housekeeping: a check run asked for again, an effect of ours that could not be performed."""

from __future__ import annotations

from bot.decide import outcome
from bot.domain.case import Case
from bot.domain.knowledge import Blobs, Knowledge, Need, PolicyFile
from bot.domain.ledger import Entry
from bot.domain.plan_check import check_plan
from bot.domain.turn import Turn
from bot.domain.undo import every_digest
from bot.domain.view import show
from bot.events.model import CheckRequested, EffectFailed


def needs(event: CheckRequested | EffectFailed, case: Case | None) -> tuple[Need, ...]:
    """The policy; for a dispatch that failed also what was journalled before it."""
    if case is None:
        return ()
    if isinstance(event, CheckRequested):
        return (PolicyFile(),)
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
    if turn.case.plan is None or event.action != "rerequested":
        return
    check_plan(turn, known.policy, f"rerequested:{event.check_run_id}:{turn.case.last}")
    show(turn, known.policy)


def _failed(event: EffectFailed, turn: Turn, known: Knowledge) -> None:
    """A dispatch that GitHub refuses ends its leg; anything else is kept in the ledger for people to read."""
    facts = {"effect": event.effect[:60], "key": event.key[:200]}
    turn.record(Entry("effect.failed", facts, reason=event.why[:500]))
    run = turn.case.run
    if event.effect == "Dispatch" and run is not None and run.open and event.key == f"dispatch:{run.nonce}":
        outcome.lost(turn, known, f"the run could not be started: {event.why[:300]}")
