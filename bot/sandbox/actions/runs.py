"""Remember workflow runs, start them in the background two at a time, and change them when somebody asks."""

import asyncio
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.sandbox.actions import workflows
from bot.sandbox.actions.act import run_act
from bot.sandbox.actions.announce import Announcer, ensure_actions_app
from bot.sandbox.actions.course import Course
from bot.sandbox.actions.expressions import ExpressionError, Scope, interpolate
from bot.sandbox.actions.inline import run_inline
from bot.sandbox.actions.model import JobRun, Run
from bot.sandbox.actions.oidc import Issuer
from bot.sandbox.actions.registry import Registry
from bot.sandbox.actions.storage import Storage
from bot.sandbox.actions.task import Runner
from bot.sandbox.actions.workflows import Job, Workflow, WorkflowError
from bot.sandbox.actions.workshop import Workshop
from bot.sandbox.answers import Json, Refusal, not_found
from bot.sandbox.state import Account, Repository

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

RUNNERS: Mapping[str, Runner] = {"act": run_act, "inline": run_inline}


class Actions:
    """The Actions half of a sandbox: `runner` is "inline" or "act"; `runs` holds every run by its number."""

    def __init__(self, sandbox: "Sandbox", at_once: int = 2) -> None:
        self.sandbox, self.world = sandbox, sandbox.world
        self.runner = "inline"
        self.runs: dict[int, Run] = {}
        self.issuer = Issuer(self.world)
        self.storage = Storage(self.world)
        self.workshop = Workshop(self.world, sandbox.data)
        self.announcer = Announcer(sandbox)
        self.registry = Registry(self.world, sandbox.git)
        self.room = asyncio.Semaphore(at_once)  # public: who takes all of it has every further run wait
        self._courses: dict[int, Course] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        ensure_actions_app(self.world)
        sandbox.closers.append(self.close)

    async def dispatch(
        self, repository: Repository, file: str, ref: str, inputs: Mapping[str, object], by: Account
    ) -> Run:
        """Start a workflow (`file` is a name, a path or a number) at a ref, as `workflow_dispatch` does.

        Raises Refusal 404 for an unknown workflow, 422 for a ref or inputs that GitHub would refuse.
        """
        await self.storage.start()
        path = await self.registry.path_of(repository, file)
        full_ref, sha = await self.registry.resolved(repository, ref)
        text = await self.sandbox.git(repository).read_file(sha, path)
        if text is None:
            raise Refusal(422, f"Workflow {path} was not found on {ref}")
        try:
            workflow = workflows.read(path, text.decode(errors="replace"))
            accepted = workflows.accept(workflow, inputs)
        except WorkflowError as error:
            raise Refusal(422, str(error)) from error
        run = await self._new(repository, workflow, full_ref, sha, by)
        run.inputs, run.title = accepted, self._title(workflow, accepted, run)
        self.runs[run.id] = run
        self.announcer.dispatched(run)
        self._enqueue(run, list(workflow.jobs))
        return run

    def cancel(self, run: Run) -> None:
        """Cancel a run; 409 when it is over."""
        if run.is_over:
            raise Refusal(409, "Cannot cancel a workflow run that is completed.")
        self._courses[run.id].cancel()

    def kill(self, run_id: int) -> None:
        """For tests: the runner of a run dies in the middle of its work, without `done`."""
        self._courses[run_id].kill()

    def delete(self, run: Run) -> None:
        """Forget a run with its artifacts; 409 while it is under way."""
        if not run.is_over:
            raise Refusal(409, "Cannot delete a workflow run that is in progress.")
        run.is_deleted = True
        self.storage.drop(self.storage.of(run))

    def rerun(self, run: Run, by: Account, *, only_failed: bool) -> None:
        """Begin another attempt: of all jobs, or of those that failed and those that need them."""
        if not run.is_over:
            raise Refusal(403, "This workflow is already running")
        again = [job for job in run.workflow.jobs if not only_failed or _is_to_repeat(run, job)]
        if not again:
            raise Refusal(403, "This workflow run cannot be retried")
        run.attempt += 1
        run.status, run.conclusion, run.triggering_actor_id = "queued", None, by.id
        run.updated_at = run.started_at = self.world.now()
        repeated = {job.key for job in again}
        run.earlier += [job for job in run.jobs if job.key in repeated]
        run.jobs = [job for job in run.jobs if job.key not in repeated]
        self._enqueue(run, again)

    def find(self, repository: Repository, number: int) -> Run:
        """A run of a repository; 404 when it has none of that number (any more)."""
        run = self.runs.get(number)
        if run is None or run.is_deleted or run.repository_id != repository.id:
            raise not_found()
        return run

    def job_of_token(self, token: str) -> tuple[Run, JobRun] | None:
        """The run and job that were given a runner's token."""
        pairs = ((run, job) for run in self.runs.values() for job in run.jobs)
        return next(((r, j) for r, j in pairs if secrets.compare_digest(j.token.encode(), token.encode())), None)

    async def settle(self) -> None:
        """Wait until every run is over and what was said about it is delivered."""
        while waiting := [task for task in self._tasks.values() if not task.done()]:
            await asyncio.gather(*waiting)
        await self.sandbox.webhooks.settle()

    async def close(self) -> None:
        """Stop all runs and what they left running."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self.storage.stop()

    async def _new(self, repository: Repository, workflow: Workflow, ref: str, sha: str, by: Account) -> Run:
        now, number = self.world.now(), self.registry.number_of(repository, workflow.path)
        commit = await self.sandbox.git(repository).commit(sha)
        people = {"author": commit.author, "committer": commit.committer}
        head: Json = {role: {"name": who.name, "email": who.email} for role, who in people.items()}
        head |= {"id": sha, "tree_id": commit.tree, "message": commit.message, "timestamp": commit.author.date}
        earlier = sum(run.workflow_id == number for run in self.runs.values())
        return Run(
            id=self.world.next_id(),
            number=earlier + 1,
            repository_id=repository.id,
            workflow_id=number,
            workflow=workflow,
            title=workflow.name,
            ref=ref,
            sha=sha,
            inputs={},
            actor_id=by.id,
            triggering_actor_id=by.id,
            created_at=now,
            updated_at=now,
            started_at=now,
            head_commit=head,
        )

    def _title(self, workflow: Workflow, inputs: Mapping[str, str], run: Run) -> str:
        github = {"actor": self.world.accounts[run.actor_id].login, "ref": run.ref, "ref_name": run.branch}
        scope = Scope({"inputs": inputs, "github": github | {"sha": run.sha, "event": {"inputs": inputs}}})
        try:
            return interpolate(workflow.run_name, scope) or workflow.name
        except ExpressionError:
            return workflow.name

    def _enqueue(self, run: Run, jobs: list[Job]) -> None:
        self.announcer.run(run, "requested")
        for plan in jobs:
            number, now = self.world.next_id(), self.world.now()
            token = secrets.token_urlsafe(32)
            job = JobRun(number, plan.key, plan.name, run.attempt, plan.labels, plan.permissions, now, token)
            run.jobs.append(job)
            self.announcer.queued(run, job)
        course = Course(run, self.workshop, self.announcer, lambda: RUNNERS[self.runner])
        self._courses[run.id] = course
        self._tasks[run.id] = asyncio.get_running_loop().create_task(self._in_turn(course))

    async def _in_turn(self, course: Course) -> None:
        async with self.room:
            await course.go()


def _is_to_repeat(run: Run, plan: Job) -> bool:
    if run.job(plan.key).conclusion not in ("success", "skipped"):
        return True
    return any(_is_to_repeat(run, run.workflow.job(key)) for key in plan.needs)
