"""One leg from its first line to its last: preview, execute or rollback."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from executors import catalog
from executors.errors import MillwrightError, OperationTimeout, OutsideEnvelope, Stopped, Unconfirmed
from executors.protocol.finding import Finding
from executors.protocol.history import attempts, outstanding, runs
from executors.protocol.journal import JournalLine, LegFinished, LegStarted, Outcome, StepFinished, StepStarted
from executors.protocol.plan import Step
from executors.protocol.spec import JobSpec
from executors.runner.guard import Drift, Guard
from executors.runner.journal import Journal, Link
from executors.runner.step import carry_out, foresee
from executors.runner.tools import Hands, Outlets, Ready, Tools
from executors.runner.undo import settle_open, take_back
from executors.world.clock import Clock

StepStatus = Literal["completed", "failed", "skipped", "rolled_back"]


@dataclass(frozen=True)
class Ended:
    """How a run ended; `sent` lines of `lines` reached the bot."""

    outcome: Outcome
    lines: tuple[JournalLine, ...]
    sent: int
    residue: tuple[str, ...] = ()
    error: str | None = None

    def succeeded(self, verb: str) -> bool:
        """Whether the leg did what it was for: a rollback that left nothing is a success, a forced one is none."""
        return self.outcome == ("rolled_back" if verb == "rollback" else "completed")


@dataclass(frozen=True)
class _Walk:
    """How the steps went."""

    outcome: Outcome
    error: str | None = None
    hands_moving: bool = False


def run(
    spec: JobSpec,
    world: Hands,
    link: Link,
    clock: Clock,
    outlets: Outlets | None = None,
) -> Ended:
    """Carry the leg out as the spec's verb says.

    Never raises for what the world or the bot does: the outcome says it. An unconfirmed line ends the run where
    it stands, and nothing is applied or taken back after it.
    """
    out = outlets or Outlets()
    journal = Journal(link, clock, out.line, out.redact)
    try:
        return lead(Tools(spec, world, journal, clock, Guard.of(spec), _ready(spec), out.file))
    except MillwrightError as error:
        return _refused(journal, str(error))


def lead(tools: Tools) -> Ended:
    """Carry the leg out with these tools; as `run`, for executors that are not in the catalog too."""
    journal, spec = tools.journal, tools.spec
    try:
        journal.tell(LegStarted(verb=spec.verb, resumed=runs(spec.journal)))
        return _finished(tools, *_walked(tools))
    except Unconfirmed as error:
        return Ended("failed", tuple(journal.lines), journal.sent, error=journal.redact(str(error)))
    except MillwrightError as error:
        return _refused(journal, str(error))


def _walked(tools: Tools) -> tuple[Outcome, tuple[str, ...], str | None]:
    """Return outcome, residue and error of the leg."""
    if tools.spec.verb == "rollback":
        settle_open(tools)
        residue = take_back(tools, automatic=not tools.spec.by_decision)
        return ("failed" if residue else "rolled_back"), residue, residue[0] if residue else None
    if tools.spec.verb == "execute":
        settle_open(tools)
    walk = _steps(tools)
    if walk.outcome != "failed" or tools.spec.verb == "preview":
        return walk.outcome, (), walk.error
    if not tools.spec.plan.auto_rollback or walk.hands_moving:
        # An operation that ran into its limit may still be moving: another run settles it by looking.
        return "failed", (), walk.error
    if not outstanding(tools.lines()):
        return "failed", (), walk.error
    residue = take_back(tools, automatic=True)
    return ("failed" if residue else "rolled_back"), residue, walk.error


def _steps(tools: Tools) -> _Walk:
    """Take the steps in order of their dependencies; what depends on a failed one is skipped."""
    walk = _Walk("completed")
    out: set[str] = set()
    for ready in tools.ready.values():
        step = ready.step.id
        going_back = tools.spec.plan.auto_rollback and tools.spec.verb == "execute" and walk.outcome == "failed"
        if walk.outcome == "stopped" or walk.hands_moving or going_back or out & set(ready.step.depends_on):
            out.add(step)
            tools.journal.note(
                StepFinished(step=step, status="skipped", error="a step before it did not complete")
            )
            continue
        ended = _step(tools, ready)
        if ended.outcome != "completed":
            out.add(step)
            walk = ended
    return walk


def _step(tools: Tools, ready: Ready) -> _Walk:
    """Begin a step, do it, and journal its end."""
    step, begun, verb = ready.step.id, tools.clock.monotonic(), tools.spec.verb
    tools.journal.tell(StepStarted(step=step, attempt=attempts(tools.spec.journal, step) + 1))
    changed, walk = 0, _Walk("completed")
    status: StepStatus = "completed"
    try:
        if tools.journal.stopping:
            raise Stopped(f"{step}: stopped before it began")
        changed = foresee(tools, ready) if verb == "preview" else carry_out(tools, ready)
    except Unconfirmed:
        raise
    except Stopped as error:
        walk, status = _Walk("stopped", str(error)), "failed"
    except Exception as error:  # noqa: BLE001 - the outermost loop of a step: whatever it is, the leg ends in order
        walk, status = _failed(tools, step, error), "failed"
    seconds = f"{tools.clock.monotonic() - begun:.3f}"
    end = StepFinished(step=step, status=status, changed=changed, error=walk.error, seconds=seconds)
    tools.journal.tell(end)
    return walk


def _failed(tools: Tools, step: str, error: Exception) -> _Walk:
    """Journal why the step failed and return that."""
    ours = isinstance(error, MillwrightError)
    message = str(error) if ours else f"{step}: the executor broke: {type(error).__name__}: {error}"
    codes = {Drift: "drift", OutsideEnvelope: "outside-envelope", OperationTimeout: "timeout"}
    code = next((code for kind, code in codes.items() if isinstance(error, kind)), "failed" if ours else "broken")
    tools.find(Finding(level="failure", code=code, message=message[:4000], step=step))
    return _Walk("failed", message[:4000], hands_moving=isinstance(error, OperationTimeout))


def _ready(spec: JobSpec) -> dict[str, Ready]:
    """Return the leg's steps in order of their dependencies, with executors and validated inputs.

    Raises MillwrightError before anything has happened if one of them cannot be carried out.
    """
    waiting = [step for step in spec.plan.steps if step.id in spec.steps]
    ready: dict[str, Ready] = {}
    while waiting:
        left = {step.id for step in waiting}
        free = next((step for step in waiting if not left & set(step.depends_on)), None)
        if free is None:
            raise MillwrightError(f"the steps {', '.join(sorted(left))} wait for one another")
        ready[free.id] = _prepared(free)
        waiting.remove(free)
    return ready


def _prepared(step: Step) -> Ready:
    executor = catalog.executor(step.executor)
    try:
        return Ready(step, executor, executor.inputs.model_validate(step.inputs))
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise MillwrightError(f"step {step.id}: input {where}: {error.errors()[0]['msg']}") from error


def _finished(tools: Tools, outcome: Outcome, residue: tuple[str, ...], error: str | None) -> Ended:
    journal = tools.journal
    residue = tuple(map(journal.redact, residue))
    error = None if error is None else journal.redact(error)
    journal.tell(LegFinished(outcome=outcome, residue=residue, error=error))
    return Ended(outcome, tuple(journal.lines), journal.sent, residue, error)


def _refused(journal: Journal, message: str) -> Ended:
    """End a leg that could not begin, and tell the bot if it can be told."""
    message = journal.redact(message)[:4000]
    try:
        journal.tell(LegFinished(outcome="failed", error=message))
    except Unconfirmed:
        message = f"{message} (and the bot could not be told)"
    return Ended("failed", tuple(journal.lines), journal.sent, error=message)
