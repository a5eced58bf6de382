"""Takes back what was applied, in reverse; what cannot be taken back is listed by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from executors.protocol.history import Done, outstanding, unsettled
from executors.protocol.journal import Result, StepFinished
from executors.protocol.operation import in_words, undo_class_of
from executors.protocol.plan import Limits
from executors.runner.effort import Effort
from executors.runner.inverse import apply_inverse, is_open
from executors.runner.reach import known
from executors.runner.restore import restore
from executors.runner.tools import Tools

BY_DECISION = "is taken back only when somebody decides so"
WAITS = "is left until somebody has looked how the undo before it ended"


def settle_open(tools: Tools) -> None:
    """Look whether the intents that earlier runs left open took effect, and journal what was found.

    Raises WorldError where the world cannot be looked at, and for an intent that strays: then they stay open.
    """
    for intent in unsettled(tools.spec.journal):
        operation = known(tools.spec, intent.operation)
        step = next((step for step in tools.spec.plan.steps if step.id == intent.step), None)
        effort = Effort.begin(tools.clock, step.limits if step else Limits())
        done, undo = effort.make(lambda it=operation: tools.world.settle(it), f"settling {intent.key}")  # type: ignore[misc]
        partly = "; it had done a part of it" if undo is not None else ""
        tools.journal.note(
            Result(
                step=intent.step,
                key=intent.key,
                ok=done,
                undo=None if undo is None else undo.to_json(),
                error=None if done else f"the run before ended; looking again found it not carried out{partly}",
            )
        )


def take_back(tools: Tools, *, automatic: bool) -> tuple[str, ...]:
    """Undo what is outstanding, last first; returns the residue, a line each.

    `automatic` is what a failed leg does by itself: reversible and snapshot operations only (T50). Otherwise
    everything that has an undo, down to but without the step `rollback_to`. A snapshot that can be restored takes
    back everything at its place at once; where it cannot, a person's decision falls back on the inverses. Raises
    Unconfirmed.
    """
    standing = outstanding(tools.lines())
    chosen = _chosen(tools, standing)
    restored = restore(tools, standing, chosen, fall_back=not automatic)
    residue, failed, kept = [*restored.residue], set(restored.failed), set(restored.kept)
    moving: list[object] = []  # places where an undo may still be at work
    for done in reversed(chosen):
        if done.key in restored.taken or done.key in kept:
            continue
        if done.operation.get("at") in moving:
            failed.add(done.step)
            residue.append(f"{in_words(done.operation)}: {WAITS}")
        elif done.undo is None:
            residue.append(f"{in_words(done.operation)}: cannot be taken back")
        elif automatic and undo_class_of(done.operation) != "reversible":
            residue.append(f"{in_words(done.operation)}: {BY_DECISION}")
        elif error := apply_inverse(tools, done):
            failed.add(done.step)
            kept |= restored.lifeline(done)
            moving += [done.operation.get("at")] if is_open(tools, done) else []
            residue.append(f"{in_words(done.operation)}: {error}")
    _finish(tools, chosen, failed)
    open_ones = [intent for intent in unsettled(tools.lines()) if not intent.undoes]
    residue += [f"{in_words(intent.operation)}: nobody knows yet whether it was applied" for intent in open_ones]
    return tuple(line[:4000] for line in residue)


def _chosen(tools: Tools, done: Sequence[Done]) -> Sequence[Done]:
    """Return what is to be taken back: everything, or what came after the step `rollback_to`."""
    keep = tools.spec.rollback_to
    if keep is None:
        return done
    order = [step.id for step in tools.spec.plan.steps]
    kept = set(order[: order.index(keep) + 1]) if keep in order else set()
    return [one for one in done if one.step not in kept]


def _finish(tools: Tools, chosen: Sequence[Done], failed: set[str]) -> None:
    """Journal the end of every step of which something was taken back."""
    steps = dict.fromkeys(done.step for done in reversed(chosen) if done.undo is not None)
    for step in steps:
        changed = sum(done.step == step and done.undo is not None for done in chosen)
        status: Literal["failed", "rolled_back"] = "failed" if step in failed else "rolled_back"
        tools.journal.note(StepFinished(step=step, status=status, changed=changed))
