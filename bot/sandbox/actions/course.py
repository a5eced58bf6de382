"""Take one attempt of a run from `queued` to its end: jobs in the order of their needs, one at a time."""

import asyncio
import shutil
from collections.abc import Callable
from fnmatch import fnmatch

from bot.sandbox.actions.announce import Announcer
from bot.sandbox.actions.expressions import ExpressionError, Scope, holds, interpolate
from bot.sandbox.actions.model import JobRun, Run, StepRun
from bot.sandbox.actions.task import JobFailed, Outcome, Runner, Task
from bot.sandbox.actions.workflows import Job, Workflow
from bot.sandbox.actions.workshop import Workshop
from bot.sandbox.state import Environment, Repository

_WORST_FIRST = ("failure", "timed_out", "cancelled", "success", "skipped")
_STOPPED = {
    "cancelled": "##[error]The operation was canceled.",
    "failure": "##[error]The self-hosted runner lost communication with the server.",
}
_RESULTS = {"timed_out": "cancelled"}  # `needs.x.result` knows four words only


class Course:
    """One attempt of one run under way."""

    def __init__(self, run: Run, workshop: Workshop, announcer: Announcer, runner: Callable[[], Runner]) -> None:
        self.run, self.workshop, self.announcer, self.runner = run, workshop, announcer, runner
        self.is_cancelled = False
        self._stopped_as: str | None = None
        self._work: asyncio.Future[Outcome] | None = None

    async def go(self) -> None:
        """Do all jobs that have no conclusion yet, then conclude the run."""
        run, now = self.run, self.workshop.world.now
        run.status, run.updated_at = "in_progress", now()
        self.announcer.run(run, "in_progress")
        for plan in in_order(run.workflow):
            if not (job := run.job(plan.key)).is_over:
                await self._do(plan, job)
        run.conclusion = min((job.conclusion or "failure" for job in run.jobs), key=_WORST_FIRST.index)
        run.status, run.updated_at = "completed", now()
        self.announcer.run(run, "completed")

    def cancel(self) -> None:
        """Stop the running job; what comes after it is cancelled unless it says always() or cancelled()."""
        self.is_cancelled = True
        if self._work is not None:
            self._stopped_as = "cancelled"
            self._work.cancel()

    def kill(self) -> None:
        """Let the runner of the running job (or of the next one) die without another word."""
        self._stopped_as = "failure"
        if self._work is not None:
            self._work.cancel()

    async def _do(self, plan: Job, job: JobRun) -> None:
        scope = self._scope(plan)
        try:
            if not holds(plan.condition, scope):
                return self._end(job, "cancelled" if self.is_cancelled else "skipped")
            job.environment = interpolate(plan.environment, scope)
            self._admit(job)
        except (ExpressionError, JobFailed) as error:
            job.log.append(f"##[error]{error}")
            return self._end(job, "failure")
        job.status, job.started_at = "in_progress", self.workshop.world.now()
        job.steps = [StepRun(number, step.name) for number, step in enumerate(plan.steps, 1)]
        self.announcer.started(self.run, job)
        task = self.workshop.task(self.run, job, scope.contexts["needs"])
        conclusion = await self._carried_out(task)
        for step in job.steps:
            if step.conclusion is None:
                never_began, ended = step.status == "queued", "failure" if conclusion == "failure" else "cancelled"
                task.finish(step, "skipped" if never_began else ended)
        return self._end(job, conclusion)

    async def _carried_out(self, task: Task) -> str:
        self._work = asyncio.ensure_future(self.runner()(task))
        if self._stopped_as is not None:
            self._work.cancel()
        try:
            async with asyncio.timeout(task.plan.minutes * 60):
                outcome = await self._work
        except TimeoutError:
            task.say(f"##[error]The job has exceeded the maximum execution time of {task.plan.minutes:g} minutes.")
            return "timed_out"
        except JobFailed as error:
            task.say(f"##[error]{error}")
            return "failure"
        except asyncio.CancelledError:
            if self._stopped_as is None:
                raise  # the sandbox itself is closing
            stopped_as, self._stopped_as = self._stopped_as, None
            task.say(_STOPPED[stopped_as])
            return stopped_as
        finally:
            self._work = None
            shutil.rmtree(task.folder, ignore_errors=True)
            self.workshop.world.tokens.pop(task.secrets["GITHUB_TOKEN"], None)
        task.job.outputs = dict(outcome.outputs)
        return outcome.result

    def _end(self, job: JobRun, conclusion: str) -> None:
        job.status, job.conclusion = "completed", conclusion
        job.completed_at = self.workshop.world.now()
        self.run.updated_at = job.completed_at
        self.announcer.ended(self.run, job)

    def _scope(self, plan: Job) -> Scope:
        before = [self.run.job(key) for key in _ancestors(self.run.workflow, plan)]
        needs = {key: _need(self.run.job(key)) for key in plan.needs}
        repository = self.workshop.world.repositories[self.run.repository_id]
        contexts = {"needs": needs, "inputs": dict(self.run.inputs), "vars": dict(repository.variables)}
        contexts["github"] = self.workshop.context(self.run, self.run.job(plan.key))
        succeeded = all(need["result"] == "success" for need in needs.values())
        failed = any(job.conclusion in ("failure", "timed_out") for job in before)
        return Scope(contexts, succeeded, failed, self.is_cancelled)

    def _admit(self, job: JobRun) -> None:
        """Apply the environment's rule on branches; an environment that is not there is made, as GitHub does."""
        if not job.environment:
            return
        world = self.workshop.world
        repository = world.repositories[self.run.repository_id]
        fresh = Environment(world.next_id(), job.environment, world.now())
        environment = repository.environments.setdefault(job.environment, fresh)
        if not may_deploy(environment, repository, self.run.ref):
            raise JobFailed(
                f'Branch "{self.run.branch}" is not allowed to deploy to {job.environment} due to environment '
                "protection rules."
            )


def may_deploy(environment: Environment, repository: Repository, ref: str) -> bool:
    """Whether a ref is one of those that an environment's branch policy lets deploy to it."""
    if environment.branch_policy is None:
        return True
    if not ref.startswith("refs/heads/"):
        return False
    branch = ref.removeprefix("refs/heads/")
    if environment.branch_policy == "protected":
        return branch == repository.default_branch
    return any(fnmatch(branch, pattern) for pattern in environment.branch_policy)


def in_order(workflow: Workflow) -> list[Job]:
    """The jobs, each after those it needs, else as they stand in the file."""
    ordered: list[Job] = []
    waiting = list(workflow.jobs)
    while waiting:
        done = {job.key for job in ordered}
        ready = next((job for job in waiting if done.issuperset(job.needs)), waiting[0])
        ordered.append(ready)
        waiting.remove(ready)
    return ordered


def _ancestors(workflow: Workflow, plan: Job) -> set[str]:
    found: set[str] = set()
    waiting = list(plan.needs)
    while waiting:
        if (key := waiting.pop()) not in found:
            found.add(key)
            waiting += workflow.job(key).needs
    return found


def _need(job: JobRun) -> dict[str, object]:
    result = job.conclusion or "skipped"
    return {"result": _RESULTS.get(result, result), "outputs": dict(job.outputs)}
