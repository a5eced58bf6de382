"""One operation that takes others back: checked, journalled and applied."""

from __future__ import annotations

from pydantic import ValidationError

from executors.errors import OperationTimeout, WorldError
from executors.protocol.history import Done, unsettled
from executors.protocol.journal import Intent, Result
from executors.protocol.operation import OPERATION, Operation, for_journal
from executors.protocol.plan import Limits
from executors.runner.effort import Effort
from executors.runner.reach import strays
from executors.runner.tools import Tools


def apply_inverse(tools: Tools, done: Done) -> str | None:
    """Apply the undo that the journal names for an operation; returns what went wrong, None where nothing did.

    The journal is what an earlier job told: an undo that reaches another place is refused. Raises Unconfirmed.
    """
    try:
        undo: Operation = OPERATION.validate_python(done.undo)
        undone: Operation = OPERATION.validate_python(done.operation)
    except ValidationError:
        return "the journal does not say in words of ours how it is taken back"
    if why := strays(tools.spec, undo, undone):
        return why
    return apply_undo(tools, done.step, undo, (done.key,))


def apply_undo(tools: Tools, step: str, undo: Operation, undoes: tuple[str, ...]) -> str | None:
    """Apply `undo`, which takes back the operations with these keys; returns what went wrong, or None."""
    # Another undo of the same operation counts too: a result must not settle the intent of a different one.
    tried = sum(isinstance(line.body, Intent) and line.body.undoes[-1:] == undoes[-1:] for line in tools.lines())
    key = f"undo/{undoes[-1]}" if not tried else f"undo/{undoes[-1]}/{tried + 1}"
    # A stop is not obeyed here: half a way back is worse than either end.
    tools.journal.ask([Intent(step=step, key=key, operation=for_journal(undo), undoes=undoes)])
    begun, error = tools.clock.monotonic(), None
    limits = next((one.limits for one in tools.spec.plan.steps if one.id == step), Limits())
    try:
        Effort.begin(tools.clock, limits).make(lambda: tools.world.apply(undo), f"taking back {undoes[-1]}")
    except OperationTimeout as problem:
        return f"{problem}; nobody knows yet whether it was taken back"
    except WorldError as problem:
        error = str(problem)[:4000]
    seconds = f"{tools.clock.monotonic() - begun:.3f}"
    tools.journal.note(Result(step=step, key=key, ok=error is None, error=error, seconds=seconds))
    return error


def is_open(tools: Tools, done: Done) -> bool:
    """Whether nobody knows how an undo of this operation ended: it may still be at work, so nothing follows it."""
    return any(intent.undoes[-1:] == (done.key,) for intent in unsettled(tools.lines()))
