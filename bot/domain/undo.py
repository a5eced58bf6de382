"""What of a case still stands in the world and can be taken back, leg by leg, the last leg first; and who decides.

What is reversible, or restored from a copy, is taken back by one who may approve, and by the bot itself where a
leg failed. The rest takes a decision at the gate `rollback` (T50), and so does what a copy could not restore.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
from executors.protocol.wire import Json

LISTED = 60
"""Operations that the gate lists; the journal has all."""


def standing_legs(case: Case, blobs: Mapping[str, bytes], to: str = "") -> tuple[Leg, ...]:
    """The legs with something done that can be taken back and was not, or of unknown end; the last first.

    With `to` only those with something that came after that step, which stays with all before it.
    """
    legs, kept = case.plan.legs if case.plan else (), kept_steps(case, to)
    return tuple(leg for leg in reversed(legs) if set(_steps(journal(case.leg_runs(leg.id), blobs))) - kept)


def kept_steps(case: Case, to: str) -> frozenset[str]:
    """The step and all that come before it, across the legs in their order; none where `to` is ""."""
    order = [step for leg in case.plan.legs for step in leg.steps] if case.plan else []
    return frozenset(order[: order.index(to) + 1]) if to in order else frozenset()


def standing_steps(case: Case, blobs: Mapping[str, bytes]) -> tuple[str, ...]:
    """The steps of which something stands, in the order in which they would be taken back."""
    legs = standing_legs(case, blobs)
    return tuple(step for leg in legs for step in reversed(_steps(journal(case.leg_runs(leg.id), blobs))))


def _steps(lines: Sequence[JournalLine]) -> tuple[str, ...]:
    """The steps of which something stands. What nothing takes back is no reason to try it again and again."""
    done = [one.step for one in outstanding(lines) if one.undo is not None]
    return tuple(dict.fromkeys([*done, *(intent.step for intent in unsettled(lines))]))


def lossy(case: Case, blobs: Mapping[str, bytes], to: str = "") -> tuple[Lossy, ...]:
    """The operations that would be taken back whose undo is neither exact nor from a copy, last first."""
    legs, kept = standing_legs(case, blobs, to), kept_steps(case, to)
    return tuple(one for leg in legs for one in _lossy(journal(case.leg_runs(leg.id), blobs), kept))


def _lossy(lines: Sequence[JournalLine], kept: frozenset[str]) -> list[Lossy]:
    """In the order in which they would be taken back; with those that a copy covers and does not restore.

    A copy restores everything at its place or nothing: where a part of that stays, single changes take back the
    rest.
    """
    stuck = _not_restored(lines)
    standing = [(one.step, one.key, one.operation) for one in outstanding(lines)]
    standing += [(one.step, one.key, one.operation) for one in unsettled(lines) if not one.undoes]
    staying = [operation.get("at") for step, _, operation in standing if step in kept and _is_copied(operation)]
    found = []
    for step, key, operation in reversed(standing):
        undo = undo_class_of(operation)
        if step not in kept and undo == "snapshot" and operation.get("at") in staying:
            undo = "compensate"
        if step not in kept and (undo in {"compensate", "irreversible"} or (undo == "snapshot" and key in stuck)):
            found.append(Lossy(step, str(operation.get("op"))[:60], target_in(operation)[:200], undo))
    return found


def _is_copied(operation: Json) -> bool:
    """Whether it took a copy of its place, or is covered by one."""
    return operation.get("op") == "copy_database" or undo_class_of(operation) == "snapshot"


def _not_restored(lines: Sequence[JournalLine]) -> frozenset[str]:
    """The keys of the changes that restoring a copy was to take back, and did not."""
    failed = {line.body.key for line in lines if isinstance(line.body, Result) and not line.body.ok}
    tried = [line.body for line in lines if isinstance(line.body, Intent) and line.body.key in failed]
    restores = [one for one in tried if one.undoes and one.operation.get("op") == "restore_copy"]
    return frozenset(key for one in restores for key in one.undoes)


@dataclass(frozen=True)
class Wanted:
    """Who asks to take it back, why and where; `to` is the step that stays, "" where everything goes."""

    actor: Actor
    why: str
    comment_id: int | None = None
    to: str = ""


def open_gate(turn: Turn, blobs: Mapping[str, bytes], wanted: Wanted) -> None:
    """Put before people what stands and what taking it back would cost; raises IllegalMove where it cannot be."""
    case, found = turn.case, lossy(turn.case, blobs, wanted.to)
    kept, comment_id = kept_steps(case, wanted.to), wanted.comment_id
    legs = standing_legs(case, blobs, wanted.to)
    steps = [step for step in standing_steps(case, blobs) if step not in kept]
    listed = [{"step": one.step, "op": one.op, "target": one.target, "undo": one.undo} for one in found[:LISTED]]
    data = {
        "gate": ROLLBACK,
        "legs": [leg.id for leg in legs],
        "steps": steps,
        "lossy": listed,
        "more": max(0, len(found) - LISTED),
        "version": case.version,
        "digest": case.digest,
        "to": wanted.to,
    }
    data |= {"comment": comment_id} if comment_id else {}
    turn.record(Entry("gate.opened", data, wanted.actor, wanted.why[:500]))


def every_digest(case: Case) -> tuple[str, ...]:
    """The blobs of everything that the present version's runs journalled."""
    legs = case.plan.legs if case.plan else ()
    return tuple(digest for leg in legs for digest in journal_digests(case.leg_runs(leg.id)))
