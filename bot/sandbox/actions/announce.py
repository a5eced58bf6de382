"""Say what happens in a run where GitHub says it: webhooks, check runs of the Actions App, deployments."""

from typing import TYPE_CHECKING

from bot.sandbox.actions import shapes
from bot.sandbox.actions.model import JobRun, Run
from bot.sandbox.answers import Json
from bot.sandbox.reports import CheckRun, CheckSuite, Deployment, DeploymentStatus
from bot.sandbox.shapes import checks, deployments
from bot.sandbox.state import ACTIONS_APP_ID, ACTIONS_BOT_ID, Account, App, Repository, World
from bot.sandbox.webhooks import Doer

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

_DEPLOYED = {"success": "success", "failure": "failure", "timed_out": "failure", "skipped": "inactive"}


def ensure_actions_app(world: World) -> None:
    """Let the App `github-actions` and its bot exist, as they do on every GitHub."""
    world.accounts.setdefault(ACTIONS_BOT_ID, Account(ACTIONS_BOT_ID, "github-actions[bot]", "Bot", world.now()))
    permissions = {"actions": "write", "checks": "write", "contents": "write", "deployments": "write"}
    app = App(
        id=ACTIONS_APP_ID,
        slug="github-actions",
        name="GitHub Actions",
        client_id="Iv1.05c79e9ad1f6bdfa",
        owner_id=ACTIONS_BOT_ID,
        bot_id=ACTIONS_BOT_ID,
        private_key="",
        public_key="",
        permissions=permissions,
        events=[],
        created_at=world.now(),
    )
    world.apps.setdefault(ACTIONS_APP_ID, app)


class Announcer:
    """Keeps check runs and deployments of runs up to date and sends the webhooks about them."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self.sandbox, self.world = sandbox, sandbox.world

    def run(self, run: Run, action: str) -> None:
        """Send `workflow_run` with `requested`, `in_progress` or `completed`."""
        found = self.world.repositories[run.repository_id]
        if action == "requested" and run.attempt == 1:
            self._open_suite(run, found)
        body = {"workflow_run": shapes.run(self.world, run), "workflow": self._workflow(run, found)}
        self._emit(run, "workflow_run", action, body)
        if action == "completed":
            suite = found.check_suites[run.check_suite_id]
            suite.updated_at = self.world.now()
            shown = checks.suite(self.world, found, suite) | {"head_commit": run.head_commit}
            self._emit(run, "check_suite", "completed", {"check_suite": shown})

    def dispatched(self, run: Run) -> None:
        """Send `workflow_dispatch`."""
        body: Json = {"inputs": dict(run.inputs), "ref": run.ref, "workflow": run.workflow.path}
        self._emit(run, "workflow_dispatch", None, body)

    def queued(self, run: Run, job: JobRun) -> None:
        """Give the job its check run and tell of both."""
        found = self.world.repositories[run.repository_id]
        check = CheckRun(
            id=job.id,
            suite_id=run.check_suite_id,
            app_id=ACTIONS_APP_ID,
            name=job.name,
            head_sha=run.sha,
            status="queued",
            started_at=job.created_at,
            details_url=f"{shapes.run_page(self.world, run)}/job/{job.id}",
        )
        job.check_run_id = check.id
        found.check_runs[check.id] = check
        self._emit(run, "check_run", "created", {"check_run": checks.run_event(self.world, found, check)})
        self._job(run, job, "queued")

    def started(self, run: Run, job: JobRun) -> None:
        """Tell that the job runs; a job with an environment makes a deployment."""
        check = self.world.repositories[run.repository_id].check_runs[job.check_run_id]
        check.status, check.started_at = "in_progress", job.started_at
        if job.environment:
            self._deploy(run, job)
        self._job(run, job, "in_progress")

    def ended(self, run: Run, job: JobRun) -> None:
        """Tell how the job ended."""
        found = self.world.repositories[run.repository_id]
        check = found.check_runs[job.check_run_id]
        check.status, check.conclusion, check.completed_at = "completed", job.conclusion, job.completed_at
        self._emit(run, "check_run", "completed", {"check_run": checks.run_event(self.world, found, check)})
        if job.deployment_id is not None:
            state = _DEPLOYED.get(job.conclusion or "", "error")
            self._status(run, job, found.deployments[job.deployment_id], state)
        self._job(run, job, "completed")

    def _open_suite(self, run: Run, found: Repository) -> None:
        now = self.world.now()
        suite = CheckSuite(self.world.next_id(), ACTIONS_APP_ID, run.sha, run.branch, None, now, now)
        found.check_suites[suite.id] = suite
        run.check_suite_id = suite.id

    def _deploy(self, run: Run, job: JobRun) -> None:
        found, now = self.world.repositories[run.repository_id], self.world.now()
        made = Deployment(
            id=self.world.next_id(),
            creator_id=ACTIONS_BOT_ID,
            app_id=ACTIONS_APP_ID,
            ref=run.branch,
            sha=run.sha,
            task="deploy",
            environment=job.environment,
            description="",
            payload={},
            created_at=now,
            updated_at=now,
        )
        found.deployments[made.id] = made
        job.deployment_id = made.id
        self._emit(run, "deployment", "created", self._deployment_body(run, found, made))
        self._status(run, job, made, "in_progress")

    def _status(self, run: Run, job: JobRun, of: Deployment, state: str) -> None:
        found, now = self.world.repositories[run.repository_id], self.world.now()
        log = f"{shapes.run_page(self.world, run)}/job/{job.id}"
        number = self.world.next_id()
        status = DeploymentStatus(
            number, ACTIONS_BOT_ID, ACTIONS_APP_ID, state, "", of.environment, "", log, now
        )  # fmt: skip
        of.statuses.append(status)
        of.updated_at = now
        body = self._deployment_body(run, found, of)
        body |= {"deployment_status": deployments.status(self.world, found, of, status), "check_run": None}
        self._emit(run, "deployment_status", "created", body)

    def _deployment_body(self, run: Run, found: Repository, of: Deployment) -> Json:
        return {
            "deployment": deployments.deployment(self.world, found, of),
            "workflow": self._workflow(run, found),
            "workflow_run": shapes.run(self.world, run) | {"head_commit": None},  # as described
        }

    def _workflow(self, run: Run, found: Repository) -> Json:
        return shapes.workflow(self.world, found, run.workflow_id, run.workflow.path, run.workflow.name)

    def _job(self, run: Run, job: JobRun, action: str) -> None:
        self._emit(run, "workflow_job", action, {"workflow_job": shapes.job(self.world, run, job)})

    def _emit(self, run: Run, event: str, action: str | None, payload: Json) -> None:
        found = self.world.repositories[run.repository_id]
        doer = Doer(self.world.accounts[run.triggering_actor_id])
        self.sandbox.emit(found, event, action, payload, doer)
