"""What of a case still stands in the world and can be taken back, leg by leg, the last leg first."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.case import Case
from bot.domain.leg import journal, journal_digests
from executors.protocol.history import outstanding, unsettled
from executors.protocol.operation import undo_class_of
from executors.protocol.plan import Leg


def standing_legs(case: Case, blobs: Mapping[str, bytes]) -> tuple[Leg, ...]:
    """The legs with something done and not taken back, or of unknown end; the last first."""
    legs = case.plan.legs if case.plan else ()
    return tuple(leg for leg in reversed(legs) if _stands(case, leg, blobs))


def _stands(case: Case, leg: Leg, blobs: Mapping[str, bytes]) -> bool:
    lines = journal(case.leg_runs(leg.id), blobs)
    return bool(outstanding(lines) or unsettled(lines))


def needs_gate(case: Case, leg: Leg, blobs: Mapping[str, bytes]) -> tuple[str, ...]:
    """The operations of the leg whose undo is neither reversible nor from a snapshot (T50), by name."""
    done = outstanding(journal(case.leg_runs(leg.id), blobs))
    hard = [one for one in done if undo_class_of(one.operation) not in {"reversible", "snapshot"}]
    return tuple(str(one.operation.get("op")) for one in hard)


def every_digest(case: Case) -> tuple[str, ...]:
    """The blobs of everything that the present version's runs journalled."""
    legs = case.plan.legs if case.plan else ()
    return tuple(digest for leg in legs for digest in journal_digests(case.leg_runs(leg.id)))
