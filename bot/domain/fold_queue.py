"""What the entries about a leg that waits to be dispatched leave behind in a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.domain.approval import Approval
from bot.domain.case import Case, Override, Queued
from bot.domain.ledger import Line

ENDS = frozenset(
    {
        "leg.dispatched",
        "leg.unqueued",
        "gate.opened",
        "gate.refused",
        "gate.reopened",
        "plan.generated",
        "plan.superseded",
        "preview.finished",
        "preview.failed",
        "execution.failed",
        "execution.recalled",
        "rollback.failed",
        "rollback.completed",
        "rollback.stopped",
        "capability.held",
        "capability.rejected",
        "capability.cancelled",
        "capability.completed",
    }
)
"""After one of these nothing of what was queued before is wanted any more."""


def _queued(case: Case, line: Line) -> Case:
    data = line.entry.data
    found = Queued(
        leg=data["leg"],
        verb=data["verb"],
        nonce=data["nonce"],
        place=data["place"],
        actor=line.entry.actor,
        auto=data["auto"],
        why=line.entry.reason,
        at=line.at,
    )
    return replace(case, queued=found)


def _reserved(case: Case, line: Line) -> Case:
    held = case.queued
    if held is None or held.nonce != line.entry.data["nonce"]:
        return case
    return replace(case, queued=replace(held, has_money=True, stopped="", line=""))


def _waits(case: Case, line: Line) -> Case:
    held, data = case.queued, line.entry.data
    if held is None or held.nonce != data["nonce"]:
        return case
    return replace(case, queued=replace(held, stopped=line.entry.reason, line=data["line"]))


QUEUE_READERS: dict[str, Callable[[Case, Line], Case]] = {
    "leg.queued": _queued,
    "budget.reserved": _reserved,
    "budget.stopped": _waits,
    "lock.awaited": _waits,
    "names.refused": _waits,
}


def drop(case: Case, line: Line) -> Case:
    """The case without its queued leg where the entry ends the wish for it.

    A word that is taken back at the open gate, or at the one that the leg has passed, undoes what was decided
    there, as long as nothing has begun.
    """
    held, kind = case.queued, line.entry.type
    if held is None:
        return case
    if kind in ENDS:
        return replace(case, queued=None)
    gates = gates_of(case, line.entry.data.get("source")) if kind == "approval.withdrawn" else frozenset()
    if case.gate is not None and case.gate.name in gates:
        return replace(case, queued=None, decided=False)
    if any(case.gates_passed.get(gate) == held.leg for gate in gates):
        return replace(case, queued=None)
    return case


def gates_of(case: Case, source: object) -> frozenset[str]:
    """The gates at which that word counts."""
    said: tuple[Approval | Override, ...] = (*case.approvals, *case.overrides)
    return frozenset(one.gate for one in said if one.source == source)
