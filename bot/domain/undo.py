"""What of a case still stands in the world and can be taken back, leg by leg, the last leg first; and who decides.

What is reversible, or restored from a copy, is taken back by one who may approve, and by the bot itself where a
leg failed. The rest takes a decision at the gate `rollback` (T50), and so does what a copy could not restore.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.case import Case, Lossy
from bot.domain.gates import ROLLBACK
from bot.domain.ledger import Entry
from bot.domain.leg import journal, journal_digests
from bot.domain.people import Actor
from bot.domain.turn import Turn
from executors.protocol.history import outstanding, unsettled
from executors.protocol.journal import Intent, JournalLine, Result
from executors.protocol.operation import target_in, undo_class_of
from executors.protocol.plan import Leg

LISTED = 60
"""Operations that the gate lists; the journal has all."""


def standing_legs(case: Case, blobs: Mapping[str, bytes]) -> tuple[Leg, ...]:
    """The legs with something done that can be taken back and was not, or of unknown end; the last first."""
    legs = case.plan.legs if case.plan else ()
    return tuple(leg for leg in reversed(legs) if _steps(journal(case.leg_runs(leg.id), blobs)))


def _steps(lines: Sequence[JournalLine]) -> tuple[str, ...]:
    """The steps of which something stands. What nothing takes back is no reason to try it again and again."""
    done = [one.step for one in outstanding(lines) if one.undo is not None]
    return tuple(dict.fromkeys([*done, *(intent.step for intent in unsettled(lines))]))


def lossy(case: Case, blobs: Mapping[str, bytes]) -> tuple[Lossy, ...]:
    """The operations of the legs that stand whose undo is neither exact nor from a copy, last first."""
    legs = standing_legs(case, blobs)
    return tuple(one for leg in legs for one in _lossy(journal(case.leg_runs(leg.id), blobs)))


def _lossy(lines: Sequence[JournalLine]) -> list[Lossy]:
    """In the order in which they would be taken back; with those that a copy covers and could not restore."""
    stuck = _not_restored(lines)
    standing = [(one.step, one.key, one.operation) for one in outstanding(lines)]
    standing += [(one.step, one.key, one.operation) for one in unsettled(lines) if not one.undoes]
    found = []
    for step, key, operation in reversed(standing):
        undo = undo_class_of(operation)
        if undo in {"compensate", "irreversible"} or (undo == "snapshot" and key in stuck):
            found.append(Lossy(step, str(operation.get("op"))[:60], target_in(operation)[:200], undo))
    return found


def _not_restored(lines: Sequence[JournalLine]) -> frozenset[str]:
    """The keys of the changes that restoring a copy was to take back, and did not."""
    failed = {line.body.key for line in lines if isinstance(line.body, Result) and not line.body.ok}
    tried = [line.body for line in lines if isinstance(line.body, Intent) and line.body.key in failed]
    restores = [one for one in tried if one.undoes and one.operation.get("op") == "restore_copy"]
    return frozenset(key for one in restores for key in one.undoes)


def open_gate(
    turn: Turn, blobs: Mapping[str, bytes], actor: Actor, why: str, comment_id: int | None = None
) -> None:
    """Put before people what stands and what taking it back would cost; raises IllegalMove where it cannot be."""
    case, found = turn.case, lossy(turn.case, blobs)
    legs = standing_legs(case, blobs)
    steps = [step for leg in legs for step in reversed(_steps(journal(case.leg_runs(leg.id), blobs)))]
    listed = [{"step": one.step, "op": one.op, "target": one.target, "undo": one.undo} for one in found[:LISTED]]
    data = {
        "gate": ROLLBACK,
        "legs": [leg.id for leg in legs],
        "steps": steps,
        "lossy": listed,
        "more": max(0, len(found) - LISTED),
        "version": case.version,
        "digest": case.digest,
    }
    turn.record(Entry("gate.opened", data | ({"comment": comment_id} if comment_id else {}), actor, why[:500]))


def every_digest(case: Case) -> tuple[str, ...]:
    """The blobs of everything that the present version's runs journalled."""
    legs = case.plan.legs if case.plan else ()
    return tuple(digest for leg in legs for digest in journal_digests(case.leg_runs(leg.id)))
