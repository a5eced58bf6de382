"""One step: rounds of look, propose, apply, until it looks and proposes nothing; then it verifies."""

from __future__ import annotations

from collections.abc import Sequence

from executors.errors import OperationTimeout, PartlyDone, Stopped, WorldError
from executors.executor import Facts
from executors.protocol.envelope import planned
from executors.protocol.finding import Finding
from executors.protocol.history import last_round
from executors.protocol.journal import Intent, Looked, Result
from executors.protocol.operation import Operation, for_journal, in_scratch, target_of
from executors.runner.effort import Effort
from executors.runner.tools import Ready, Tools

ROUNDS = 10


class StepFailed(WorldError):
    """The step's own check says that its promise is not kept."""


def carry_out(tools: Tools, ready: Ready) -> int:
    """Apply until settled, then verify; returns how many operations were applied.

    Raises WorldError, OutsideEnvelope, Drift, Stopped, Unconfirmed.
    """
    effort = Effort.begin(tools.clock, ready.step.limits)
    earlier = last_round(tools.lines(), ready.step.id)
    changed = 0
    for number in range(earlier + 1, earlier + 1 + ROUNDS):
        facts, proposed = _look(tools, ready, effort, number)
        if number == earlier + 1:
            tools.guard.see(facts.seen)
        if not proposed:
            _verify(tools, ready, effort, facts)
            _probe(tools, ready, effort)
            return changed
        tools.guard.allow(proposed)
        changed += _apply(tools, ready, effort, proposed, number)
    raise WorldError(f"{ready.step.id}: still proposes changes after {ROUNDS} rounds; it does not settle")


def foresee(tools: Tools, ready: Ready) -> int:
    """Look and propose; apply in the build folder only, and verify where nothing else is left to do.

    Returns how many operations were applied there.
    """
    effort = Effort.begin(tools.clock, ready.step.limits)
    changed = 0
    for number in range(1, 1 + ROUNDS):
        facts, proposed = _look(tools, ready, effort, number)
        inside = [operation for operation in proposed if in_scratch(operation)]
        if not proposed:
            _verify(tools, ready, effort, facts)
        if not inside:
            return changed
        changed += _apply(tools, ready, effort, inside, number)
    raise WorldError(f"{ready.step.id}: still builds after {ROUNDS} rounds; it does not settle")


def _look(tools: Tools, ready: Ready, effort: Effort, number: int) -> tuple[Facts, Sequence[Operation]]:
    """Look and propose, and journal both."""
    step, executor = ready.step.id, ready.executor

    def call() -> tuple[Facts, Sequence[Operation]]:
        facts = executor.look(ready.inputs, step, tools.world)
        return facts, executor.propose(ready.inputs, step, facts)

    facts, proposed = effort.make(call, f"{step}: looking")
    note = "" if proposed else "settled: everything is as it should be"
    record = tools.keep_record(step, facts.record) if facts.record else None
    looked = Looked(step=step, round=number, seen=facts.seen, planned=planned(proposed), record=record, note=note)
    tools.journal.note(looked)
    return facts, proposed


def _apply(tools: Tools, ready: Ready, effort: Effort, proposed: Sequence[Operation], number: int) -> int:
    """Apply the operations in order, each acknowledged first; returns how many there were.

    Operations in a build folder do not touch the world, so a run of them is acknowledged at once.
    """
    numbered = [(f"{ready.step.id}/{number}/{index}", one) for index, one in enumerate(proposed)]
    while numbered:
        inside = next((n for n, (_, one) in enumerate(numbered) if not in_scratch(one)), len(numbered))
        batch, numbered = numbered[: inside or 1], numbered[inside or 1 :]
        _apply_batch(tools, ready.step.id, effort, batch)
    return len(proposed)


def _apply_batch(tools: Tools, step: str, effort: Effort, batch: Sequence[tuple[str, Operation]]) -> None:
    intents = [Intent(step=step, key=key, operation=for_journal(one)) for key, one in batch]
    if not tools.journal.ask(intents):
        for key, _ in batch:
            tools.journal.note(Result(step=step, key=key, ok=False, error="stopped before it was applied"))
        raise Stopped(f"{step}: stopped because the bot asked for it; what was done is kept")
    for key, operation in batch:
        _apply_one(tools, step, effort, key, operation)


def _apply_one(tools: Tools, step: str, effort: Effort, key: str, operation: Operation) -> None:
    """Apply one acknowledged operation and journal how it ended; a timeout leaves its intent open."""
    begun = tools.clock.monotonic()
    doing = f"{step}: {operation.op} on {target_of(operation)}"
    try:
        undo = effort.make(lambda: tools.world.apply(operation), doing)
    except OperationTimeout:
        raise
    except WorldError as error:
        seconds = f"{tools.clock.monotonic() - begun:.3f}"
        half = error.undo if isinstance(error, PartlyDone) else None
        tools.journal.note(
            Result(step=step, key=key, ok=False, undo=half, error=str(error)[:4000], seconds=seconds)
        )
        raise
    tools.journal.note(
        Result(
            step=step,
            key=key,
            ok=True,
            undo=None if undo is None else for_journal(undo),
            seconds=f"{tools.clock.monotonic() - begun:.3f}",
        )
    )


def _verify(tools: Tools, ready: Ready, effort: Effort, facts: Facts) -> None:
    """Journal the findings of the last look and of the step's own check; raises StepFailed for a failure."""
    check = ready.executor.verify
    found = effort.make(lambda: check(ready.inputs, ready.step.id, tools.world), f"{ready.step.id}: verifying")
    _find(tools, ready.step.id, (*facts.findings, *found))


def _probe(tools: Tools, ready: Ready, effort: Effort) -> None:
    """Let the step look at what the whole run has done, where it does that; its record is kept as any look's."""
    step, probe = ready.step.id, ready.executor.probe
    if probe is None:
        return
    facts = effort.make(lambda: probe(ready.inputs, step, tools.world), f"{step}: probing")
    number = last_round(tools.lines(), step) + 1
    record = tools.keep_record(step, facts.record) if facts.record else None
    tools.journal.note(Looked(step=step, round=number, seen=facts.seen, record=record, note="probed"))
    _find(tools, step, facts.findings)


def _find(tools: Tools, step: str, found: Sequence[Finding]) -> None:
    for finding in found:
        tools.find(finding.model_copy(update={"step": finding.step or step}))
    if failures := [finding for finding in found if finding.level == "failure"]:
        raise StepFailed(f"{step}: {failures[0].message}")
