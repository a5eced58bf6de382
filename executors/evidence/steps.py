"""The steps of a plan as they went: what each did, what differs since, and its log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from executors.evidence.changes import Changes, changes_of
from executors.evidence.gallery import Gallery, gallery_of
from executors.evidence.looks import looks_of
from executors.evidence.pack import Pack, step_folder
from executors.evidence.probes import Note, Probe, notes_of, probes_of
from executors.evidence.trace import Trace, traces
from executors.evidence.words import operation_name, plain
from executors.protocol.plan import Plan, Step


@dataclass(frozen=True)
class OperationRow:
    """One kind of operation on one place, counted."""

    op: str
    where: str
    applied: int
    undone: int
    failed: int
    undo: str
    outside: bool


@dataclass(frozen=True)
class StepRow:
    """One step as it went."""

    number: int
    title: str
    executor: str
    summary: str
    status: str
    undo: str
    seconds: str
    error: str
    folder: str
    operations: tuple[OperationRow, ...]
    log: tuple[str, ...]
    changes: Changes | None = None
    left_out: frozenset[str] = frozenset()
    gallery: Gallery | None = None
    probes: tuple[Probe, ...] = ()
    notes: tuple[Note, ...] = ()


def step_rows(pack: Pack) -> tuple[StepRow, ...]:
    """Return the plan's steps as they went, in its order.

    Raises ProtocolError for a journal line that is none, and for a kept look that the journal does not vouch for.
    """
    found = traces(dict(sorted(pack.journals.items())))
    return tuple(
        _step(pack.plan, number, step, found.get(step.id, Trace()), pack.files.get(step.id, {}))
        for number, step in enumerate(pack.plan.steps, 1)
    )


def _step(plan: Plan, number: int, step: Step, trace: Trace, files: Mapping[str, bytes]) -> StepRow:
    looks = looks_of(step.id, files, trace)
    probes = probes_of(None if looks is None else looks.after or looks.before)
    return StepRow(
        number=number,
        title=plain(step.title),
        executor=step.executor,
        summary=plain(step.summary),
        status=trace.status.replace("_", " "),
        undo=step.undo,
        seconds=plain(trace.seconds),
        error=plain(trace.error),
        folder=step_folder(plan, step.id),
        operations=_operations(trace),
        log=tuple(plain(line) for line in trace.log),
        changes=None if looks is None else changes_of(looks, trace.asked),
        left_out=frozenset() if looks is None else looks.left_out,
        gallery=gallery_of(step_folder(plan, step.id), files),
        probes=probes,
        notes=notes_of(trace.findings, probes),
    )


def _operations(trace: Trace) -> tuple[OperationRow, ...]:
    return tuple(
        OperationRow(
            op=plain(operation_name(kind.op)),
            where=plain(kind.where),
            applied=tally.applied,
            undone=tally.undone,
            failed=tally.failed,
            undo=kind.undo,
            outside=tally.outside,
        )
        for kind, tally in trace.tallies.items()
    )
