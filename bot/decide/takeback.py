"""What follows when a leg failed or was taken back: the legs before it, by ourselves or by people's decision.

A leg that fails takes itself back; what earlier legs did then stands alone. With `auto_rollback` the bot takes
that back too, leg by leg, where every undo is exact or from a copy. Anything else waits at the gate `rollback`
(T50).
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import ending
from bot.domain.knowledge import Knowledge
from bot.domain.launch import queue
from bot.domain.ledger import Entry
from bot.domain.leg import Launch
from bot.domain.people import NOBODY
from bot.domain.turn import Turn
from bot.domain.undo import Wanted, lossy, open_gate, standing_legs
from bot.domain.view import show
from executors.protocol.plan import Leg


def after_failure(turn: Turn, known: Knowledge, outcome: str, why: str) -> None:
    """An execution did not complete: what stands is taken back, put before people, or left as it is and said."""
    case = turn.case
    assert case.run is not None
    assert case.plan is not None
    legs = standing_legs(case, known.blobs)
    others = [leg for leg in legs if leg.id != case.run.leg]
    # A leg that says it was taken back is believed; one that failed before it changed anything left nothing too.
    gone = not case.remains.get(case.run.leg) and (outcome == "rolled_back" or len(others) == len(legs))
    hard = bool(case.plan.auto_rollback and outcome != "stopped" and lossy(case, known.blobs))
    if gone and outcome == "rolled_back" and not others:
        turn.record(Entry("rollback.started", {"by": "the run itself"}, reason=why))
        turn.record(Entry("rollback.completed", {}, reason=why))
        ending.failed(turn, known, why)
    elif gone and others and case.plan.auto_rollback and outcome != "stopped" and not hard:
        _by_ourselves(turn, known, others, why or outcome)
    else:
        turn.record(Entry("execution.failed", {"outcome": outcome}, reason=why or outcome))
        _failed(turn, known, why, hard)


def _by_ourselves(turn: Turn, known: Knowledge, legs: Sequence[Leg], why: str) -> None:
    ending.leg_failed(turn)
    turn.record(Entry("execution.failed", {"outcome": "taken back"}, reason=why))
    queue(turn, Launch(legs[0], "rollback", known.nonce, why=why), known.policy)
    show(turn, known.policy, why)


def _failed(turn: Turn, known: Knowledge, why: str, hard: bool) -> None:
    """It failed, and stays so, or people are asked about what the bot does not take back alone."""
    ending.failed(turn, known, why)
    if hard:
        open_gate(turn, known.blobs, Wanted(NOBODY, why or "the run failed"))
        show(turn, known.policy)


def went_on(turn: Turn, known: Knowledge, outcome: str, why: str) -> None:
    """A leg was taken back, or as far as it can be: the one before it follows, until nothing stands."""
    case = turn.case
    assert case.run is not None
    legs = standing_legs(case, known.blobs, case.rollback_to)
    rest = [leg for leg in legs if leg.id != case.run.leg]
    left = case.remains.get(case.run.leg, ())
    # What nothing takes back is listed, and keeps no other leg from being taken back.
    stuck = len(rest) != len(legs) if left else outcome not in {"rolled_back", "completed"}
    why = why or case.failure
    if stuck:
        turn.record(Entry("rollback.failed", {"outcome": outcome}, reason=why or outcome))
        ending.failed(turn, known, why)
    elif rest:
        ending.leg_failed(turn, "inactive")
        queue(turn, Launch(rest[0], "rollback", known.nonce, why=case.failure), known.policy)
        show(turn, known.policy)
    elif case.residue:
        turn.record(Entry("rollback.failed", {"outcome": outcome}, reason=why or "something remains"))
        ending.failed(turn, known, why)
    elif case.rollback_to and standing_legs(case, known.blobs):
        why = f"it was taken back down to {case.rollback_to}, which stands, as somebody asked"
        turn.record(Entry("rollback.stopped", {"to": case.rollback_to}, reason=why))
        ending.failed(turn, known, why)
    else:
        turn.record(Entry("rollback.completed", {}))
        ending.failed(turn, known, case.failure)
