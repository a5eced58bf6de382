"""The lifecycle: every phase a case can be in, and every way between them, in one table.

The theory. A case is a ledger, and its phase is what the ledger's entries leave behind when they are read in
order: ``phase = move(move(DRAFT, e1), e2) …``. `TRANSITIONS` has a row for each phase and in it each entry type
that may be written there, with the phase it leads to. An entry type that stands nowhere in it (`approval.given`,
`leg.claimed`, `step.completed`, `effect.performed`, `evidence.sealed` …) says something about a case without
moving it. An entry type that does stand in the table, but not in the row of the present phase, is an illegal move:
`move` raises, so that a decision which would write nonsense fails where it is made and is never stored.

The forward road is ``draft → validated → approved → executing → completed``. Five things to know about the rest:

* *A plan that changes is a new plan.* `plan.superseded` leads back to draft from wherever nothing is running; only
  `plan.generated` leads on. Approvals are pinned to a version and a digest and do not survive it (T7, T10). From
  failed, rolled_back, rejected and cancelled it takes `/plan`, said by a person.
* *People decide at gates.* `gate.passed` is the only way from validated to approved, and approved is the only
  phase of a fresh plan from which `execution.started` leads on. Every other gate is the phase waiting: what
  was decided there leads on when it is carried out, and `gate.refused` leaves everything as it is. As long as
  nothing has been carried out a gate can be left the way the plan's own is: reopened, superseded, rejected.
* *What was dispatched can be recalled* (`execution.recalled`) until its job has claimed the right to act: an
  approval that is withdrawn or a briefing that is edited in that time counts (T11).
* *Undoing is work too*: rolling_back is entered from wherever something may stand in the world, and is left with
  everything taken back (rolled_back) or with what remains (failed): a list of what could not be, or, after
  `rollback.stopped`, everything down to the step that somebody wanted to keep.
* *held* remembers where it came from; `capability.resumed` leads back there. So does *waiting*, where that was
  an end: what is completed and is not taken back after all is completed.

Events come late, twice and out of order (T20), so deciders look at the phase before they write. This table is the
second lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Phase(StrEnum):
    """Where a case stands (product.md section 3)."""

    DRAFT = "draft"
    VALIDATED = "validated"
    PREVIEWING = "previewing"
    APPROVED = "approved"
    EXECUTING = "executing"
    WAITING = "waiting"
    MONITORING = "monitoring"
    HELD = "held"
    COMPLETED = "completed"
    FAILED = "failed"
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


_P = Phase

TRANSITIONS: Mapping[Phase, Mapping[str, Phase]] = {
    _P.DRAFT: {
        "plan.generated": _P.VALIDATED,
        "capability.held": _P.HELD,
        "capability.rejected": _P.REJECTED,
        "capability.cancelled": _P.CANCELLED,
    },
    _P.VALIDATED: {
        "preview.started": _P.PREVIEWING,
        "gate.passed": _P.APPROVED,
        "plan.superseded": _P.DRAFT,
        "capability.held": _P.HELD,
        "capability.rejected": _P.REJECTED,
        "capability.cancelled": _P.CANCELLED,
    },
    _P.PREVIEWING: {
        "preview.started": _P.PREVIEWING,
        "preview.finished": _P.VALIDATED,
        "preview.failed": _P.VALIDATED,
        "plan.superseded": _P.DRAFT,
        "capability.held": _P.HELD,
        "capability.rejected": _P.REJECTED,
        "capability.cancelled": _P.CANCELLED,
    },
    _P.APPROVED: {
        "execution.started": _P.EXECUTING,
        "gate.opened": _P.WAITING,
        "gate.reopened": _P.VALIDATED,
        "plan.superseded": _P.DRAFT,
        "capability.held": _P.HELD,
        "capability.rejected": _P.REJECTED,
        "capability.cancelled": _P.CANCELLED,
    },
    _P.EXECUTING: {
        "execution.started": _P.EXECUTING,
        "execution.recalled": _P.VALIDATED,
        "execution.failed": _P.FAILED,
        "gate.opened": _P.WAITING,
        "capability.held": _P.HELD,
        "rollout.started": _P.MONITORING,
        "rollback.started": _P.ROLLING_BACK,
        "capability.completed": _P.COMPLETED,
        "capability.cancelled": _P.CANCELLED,
    },
    # `gate.refused` leads to failed, or back to the end at which the gate was opened: see `move`.
    _P.WAITING: {
        "gate.opened": _P.WAITING,
        "gate.passed": _P.WAITING,
        "gate.refused": _P.FAILED,
        "gate.reopened": _P.VALIDATED,
        "plan.superseded": _P.DRAFT,
        "execution.started": _P.EXECUTING,
        "execution.failed": _P.FAILED,
        "rollback.started": _P.ROLLING_BACK,
        "capability.held": _P.HELD,
        "capability.completed": _P.COMPLETED,
        "capability.rejected": _P.REJECTED,
        "capability.cancelled": _P.CANCELLED,
    },
    _P.MONITORING: {
        "execution.started": _P.EXECUTING,
        "execution.failed": _P.FAILED,
        "rollback.started": _P.ROLLING_BACK,
        "capability.completed": _P.COMPLETED,
        "capability.cancelled": _P.CANCELLED,
    },
    # Where this leads is not `held` but where the case came from: see `move`.
    _P.HELD: {
        "capability.resumed": _P.HELD,
        "plan.superseded": _P.DRAFT,
        "gate.reopened": _P.HELD,
        "capability.rejected": _P.REJECTED,
        "capability.cancelled": _P.CANCELLED,
    },
    _P.COMPLETED: {"rollback.started": _P.ROLLING_BACK, "gate.opened": _P.WAITING},
    _P.FAILED: {
        "capability.held": _P.HELD,
        "gate.opened": _P.WAITING,
        "execution.started": _P.EXECUTING,
        "rollback.started": _P.ROLLING_BACK,
        "plan.superseded": _P.DRAFT,
        "capability.cancelled": _P.CANCELLED,
    },
    _P.ROLLING_BACK: {
        "rollback.started": _P.ROLLING_BACK,
        "rollback.completed": _P.ROLLED_BACK,
        "rollback.failed": _P.FAILED,
        "rollback.stopped": _P.FAILED,
        "gate.opened": _P.WAITING,
    },
    _P.ROLLED_BACK: {"plan.superseded": _P.DRAFT, "capability.cancelled": _P.CANCELLED},
    _P.REJECTED: {"plan.superseded": _P.DRAFT, "capability.cancelled": _P.CANCELLED},
    _P.CANCELLED: {
        "rollback.started": _P.ROLLING_BACK,
        "gate.opened": _P.WAITING,
        "plan.superseded": _P.DRAFT,
    },
}
"""Phase → {entry type: the phase it leads to}. The README's diagram is drawn from it."""

MOVING: frozenset[str] = frozenset(entry for row in TRANSITIONS.values() for entry in row)
"""The entry types that move a case; every other type is legal in every phase and moves nothing."""

ENDED: frozenset[Phase] = frozenset({_P.COMPLETED, _P.ROLLED_BACK, _P.REJECTED, _P.CANCELLED})
"""Phases that are an end unless somebody asks for more."""


ENDING: frozenset[str] = frozenset(
    entry for row in TRANSITIONS.values() for entry, target in row.items() if target in ENDED
)
"""The entry types that lead to an end from wherever they may be written."""


class IllegalMove(ValueError):
    """A decision wanted to write an entry that the present phase does not allow."""


def move(phase: Phase, entry_type: str, before: Phase = Phase.DRAFT) -> Phase:
    """The phase after an entry of that type; `before` is where it was before it was held or began to wait.

    Raises IllegalMove where the table has no such move.
    """
    if entry_type not in MOVING:
        return phase
    row = TRANSITIONS[phase]
    if entry_type not in row:
        raise IllegalMove(f"{entry_type} is not possible while {phase.value}")
    back = entry_type == "capability.resumed" or (entry_type == "gate.refused" and before in ENDED)
    return before if back else row[entry_type]


def can(phase: Phase, entry_type: str) -> bool:
    """Whether an entry of that type may be written in that phase."""
    return entry_type not in MOVING or entry_type in TRANSITIONS[phase]


def mermaid() -> str:
    """The table as a Mermaid state diagram, one arrow per pair of phases, without a closing newline."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for phase, row in TRANSITIONS.items():
        for entry_type, target in row.items():
            to = "before held" if entry_type == "capability.resumed" else target.value
            arrows.setdefault((phase.value, to), []).append(entry_type)
    lines = ["stateDiagram-v2", "    [*] --> draft: capability.opened", '    state "where it was" as back']
    for (origin, to), types in arrows.items():
        name = "back" if to == "before held" else to
        lines.append(f"    {origin} --> {name}: {', '.join(types)}")
    return "\n".join(lines)
