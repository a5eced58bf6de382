"""Takes back what was applied, in reverse; what cannot be taken back is listed by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import ValidationError

from executors.errors import WorldError
from executors.protocol.history import Done, outstanding, unsettled
from executors.protocol.journal import Intent, Result, StepFinished
from executors.protocol.operation import OPERATION, UNDO_CLASS, Operation
from executors.protocol.plan import Limits
from executors.protocol.spec import JobSpec
from executors.protocol.wire import Json
from executors.runner.effort import Effort
from executors.runner.tools import Tools

AUTOMATIC = ("reversible", "snapshot")
"""The undo classes that a failed leg takes back by itself (T50)."""


def settle_open(tools: Tools) -> None:
    """Look whether the intents that earlier runs left open took effect, and journal what was found."""
    for intent in unsettled(tools.spec.journal):
        operation = OPERATION.validate_python(intent.operation)
        effort = Effort.begin(tools.clock, Limits())
        done, undo = effort.make(lambda it=operation: tools.world.settle(it), f"settling {intent.key}")  # type: ignore[misc]
        tools.journal.note(
            Result(
                step=intent.step,
                key=intent.key,
                ok=done,
                undo=None if undo is None else undo.to_json(),
                error=None if done else "the run before ended; looking again found that it took no effect",
            )
        )


def take_back(tools: Tools, *, automatic: bool) -> tuple[str, ...]:
    """Undo what is outstanding, last first; returns the residue, a line each.

    `automatic` is what a failed leg does by itself: reversible and snapshot operations only. Otherwise
    everything that has an undo, down to but without the step `rollback_to`. Raises Unconfirmed.
    """
    residue: list[str] = []
    failed: set[str] = set()
    chosen = _chosen(tools, outstanding(tools.lines()))
    for done in reversed(chosen):
        if done.undo is None:
            residue += [f"{_named(done.operation)}: cannot be taken back"] if done.lasting else []
        elif automatic and UNDO_CLASS[str(done.operation["op"])] not in AUTOMATIC:
            residue.append(f"{_named(done.operation)}: is taken back only when somebody decides so")
        elif error := _undo(tools, done, done.undo):
            failed.add(done.step)
            residue.append(f"{_named(done.operation)}: {error}")
    _finish(tools, chosen, failed)
    open_ones = [intent for intent in unsettled(tools.lines()) if intent.undoes is None]
    residue += [f"{_named(intent.operation)}: nobody knows yet whether it was applied" for intent in open_ones]
    return tuple(line[:4000] for line in residue)


def _chosen(tools: Tools, done: Sequence[Done]) -> Sequence[Done]:
    """Return what is to be taken back: everything, or what came after the step `rollback_to`."""
    keep = tools.spec.rollback_to
    if keep is None:
        return done
    order = [step.id for step in tools.spec.plan.steps]
    kept = set(order[: order.index(keep) + 1]) if keep in order else set()
    return [one for one in done if one.step not in kept]


def _undo(tools: Tools, done: Done, undo: Json) -> str | None:
    """Apply one undo, journalled like any operation; returns what went wrong, None where nothing did."""
    try:
        operation: Operation = OPERATION.validate_python(undo)
        undone: Operation = OPERATION.validate_python(done.operation)
    except ValidationError:
        return "the journal does not say in words of ours how it is taken back"
    if why := _strays(tools.spec, operation, undone):
        return why
    tried = sum(isinstance(line.body, Intent) and line.body.undoes == done.key for line in tools.lines())
    key = f"undo/{done.key}" if not tried else f"undo/{done.key}/{tried + 1}"
    # A stop is not obeyed here: half a way back is worse than either end.
    tools.journal.ask([Intent(step=done.step, key=key, operation=undo, undoes=done.key)])
    begun, error = tools.clock.monotonic(), None
    limits = next((step.limits for step in tools.spec.plan.steps if step.id == done.step), Limits())
    try:
        Effort.begin(tools.clock, limits).make(lambda: tools.world.apply(operation), f"taking back {done.key}")
    except WorldError as problem:
        error = str(problem)[:4000]
    seconds = f"{tools.clock.monotonic() - begun:.3f}"
    tools.journal.note(Result(step=done.step, key=key, ok=error is None, error=error, seconds=seconds))
    return error


def _strays(spec: JobSpec, undo: Operation, undone: Operation) -> str | None:
    """Return why an undo is not one that was approved, None where it is.

    The journal is what an earlier job told: what it calls an undo may reach no other place than the operation that
    it takes back, and no place on which nothing was approved.
    """
    if undo.at != undone.at:
        return f"what the journal calls its undo reaches {undo.at.target}, another place"
    envelope = spec.plan.envelope
    if envelope is None or envelope.leg != spec.leg:
        return None
    approved = {item.target for item in envelope.planned}
    return None if undo.at.target in approved else f"nothing was approved on {undo.at.target}"


def _finish(tools: Tools, chosen: Sequence[Done], failed: set[str]) -> None:
    """Journal the end of every step of which something was taken back."""
    steps = dict.fromkeys(done.step for done in reversed(chosen) if done.undo is not None)
    for step in steps:
        changed = sum(done.step == step and done.undo is not None for done in chosen)
        status: Literal["failed", "rolled_back"] = "failed" if step in failed else "rolled_back"
        tools.journal.note(StepFinished(step=step, status=status, changed=changed))


def _named(operation: Json) -> str:
    place = operation.get("at") or {}
    return f"{operation.get('op')} on {place.get('path') or place.get('step') or 'the world'}"
