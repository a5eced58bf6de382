"""What `admit` leaves for the job with the foreign code: files of the product repository, the built site, tasks.

The job that runs the code has no token to fetch anything with, so it is all fetched and built here, where nothing
foreign runs, and crosses as one artifact by its digest (T57).
"""

from __future__ import annotations

from pydantic import ValidationError

from executors import catalog
from executors.errors import MillwrightError
from executors.executor import Executor
from executors.parts.admission import leg_of
from executors.parts.tree import tree_digest
from executors.protocol.canonical import canonical
from executors.protocol.foreign import TASKS, ForeignTask, ForeignTasks
from executors.protocol.operation import Operation, RunForeign, Scratch, in_scratch
from executors.protocol.plan import Plan, Step
from executors.protocol.spec import JobSpec
from executors.world import files
from executors.world.github import Content
from executors.world.job import Job
from executors.world.runs import Claimed
from executors.world.world import World

_ROUNDS = 10


def prepare(job: Job, claimed: Claimed) -> None:
    """Write `<RUNNER_TEMP>/millwright/inputs`; MillwrightError where something is not what was approved."""
    spec, token = claimed.spec, claimed.token
    if token is None or spec.content is None:
        raise MillwrightError("the bot gave this job no token to read the product repository with")
    source = Content(spec.content, job.api, lambda: token.token)
    gather(spec, World(job.temp / "millwright" / "inputs", f"{spec.case}/{spec.leg}", (), source))


def gather(spec: JobSpec, world: World) -> ForeignTasks:
    """Build and fetch into the world's work folder what the leg's commands run on; returns the tasks, written too.

    Raises MillwrightError where a file, or the site, is not the one that people approved.
    """
    leg = leg_of(spec)
    if leg is None or not leg.foreign:
        raise MillwrightError(f"leg {spec.leg} runs no foreign code")
    steps = [spec.plan.step(step) for step in spec.steps]
    for source in dict.fromkeys(str(step.inputs["site"]) for step in steps if step.inputs.get("site")):
        _settle(spec.plan.step(source), world)
        _is_approved(spec.plan, source, world)
    tasks = [ForeignTask(step=step.id, operation=_command(step, world)) for step in steps]
    whole = ForeignTasks(leg=spec.leg, tasks=tuple(tasks))
    files.write(world.work, TASKS, canonical(whole.to_json()))
    return whole


def _command(step: Step, world: World) -> RunForeign:
    """Fetch what the step's command needs and return the command."""
    left = _settle(step, world)
    if len(left) != 1 or not isinstance(left[0], RunForeign):
        raise MillwrightError(f"step {step.id}: proposes no command to be run")
    return left[0]


def _settle(step: Step, world: World) -> list[Operation]:
    """Apply what the step proposes in build folders until that is done; returns what it proposes then."""
    executor = catalog.executor(step.executor)
    inputs = _inputs(executor, step)
    for _ in range(_ROUNDS):
        proposed = list(executor.propose(inputs, step.id, executor.look(inputs, step.id, world)))
        inside = [one for one in proposed if in_scratch(one) and not isinstance(one, RunForeign)]
        if not inside:
            return proposed
        for operation in inside:
            world.apply(operation)
    raise MillwrightError(f"step {step.id}: still builds after {_ROUNDS} rounds; it does not settle")


def _inputs(executor: Executor, step: Step) -> object:
    try:
        return executor.inputs.model_validate(step.inputs)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise MillwrightError(f"step {step.id}: input {where}: {error.errors()[0]['msg']}") from error


def _is_approved(plan: Plan, source: str, world: World) -> None:
    """Raise MillwrightError where a preview saw another tree built than this one: that one people approved."""
    at = Scratch(step=source)
    facts = [fact for envelope in plan.envelopes for fact in envelope.seen]
    approved = {fact.value for fact in facts if (fact.target, fact.fact) == (at.target, "tree")}
    built = tree_digest(world.files(at))
    if approved and built not in approved:
        raise MillwrightError(f"step {source}: builds {built[:12]}…, not what people approved; plan again")
