"""The REST doors of Actions: dispatch, workflows, runs, jobs, artifacts.

Source: https://docs.github.com/en/rest/actions
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.actions import shapes
from bot.sandbox.actions.model import Artifact, JobRun, Run
from bot.sandbox.answers import Json, Refusal, invalid_request, no_content, not_found, ok, required
from bot.sandbox.call import Call, Handler
from bot.sandbox.state import Repository

if TYPE_CHECKING:
    from bot.sandbox.actions.runs import Actions


def table(actions: "Actions") -> list[tuple[str, str, Handler]]:
    """Lines of (method, path, handler) for the server."""
    doors = Doors(actions)
    top = "/repos/{owner}/{repo}/actions"
    return [
        ("POST", f"{top}/workflows/{{workflow}}/dispatches", doors.dispatch),
        ("GET", f"{top}/workflows", doors.workflows),
        ("GET", f"{top}/workflows/{{workflow}}", doors.workflow),
        ("GET", f"{top}/workflows/{{workflow}}/runs", doors.runs_of_workflow),
        ("GET", f"{top}/runs", doors.runs),
        ("GET", f"{top}/runs/{{run}}", doors.run),
        ("DELETE", f"{top}/runs/{{run}}", doors.delete),
        ("POST", f"{top}/runs/{{run}}/cancel", doors.cancel),
        ("POST", f"{top}/runs/{{run}}/rerun", doors.rerun),
        ("POST", f"{top}/runs/{{run}}/rerun-failed-jobs", doors.rerun_failed),
        ("GET", f"{top}/runs/{{run}}/jobs", doors.jobs),
        ("GET", f"{top}/runs/{{run}}/attempts/{{attempt}}/jobs", doors.jobs_of_attempt),
        ("GET", f"{top}/jobs/{{job}}", doors.job),
        ("GET", f"{top}/jobs/{{job}}/logs", doors.log),
        ("GET", f"{top}/runs/{{run}}/artifacts", doors.artifacts),
        ("GET", f"{top}/artifacts", doors.all_artifacts),
        ("GET", f"{top}/artifacts/{{artifact}}", doors.artifact),
        ("GET", f"{top}/artifacts/{{artifact}}/zip", doors.zip),
    ]


class Doors:
    """One method per endpoint; reading needs `actions: read`, the rest `actions: write` or push access."""

    def __init__(self, actions: "Actions") -> None:
        self.actions = actions

    async def dispatch(self, call: Call) -> web.Response:
        """204, or 200 with the run's number and addresses when `return_run_details` is true."""
        repository = call.repository("actions", "write")
        ref, inputs = required(call.body, "ref"), call.body.get("inputs") or {}
        if not isinstance(inputs, dict):
            raise invalid_request("For 'properties/inputs', it is not an object.")
        run = await self.actions.dispatch(repository, call.part("workflow"), ref, inputs, call.actor)
        if call.body.get("return_run_details") is not True:
            return no_content()
        urls = {"run_url": shapes.run_url(call.world, run), "html_url": shapes.run_page(call.world, run)}
        return ok({"workflow_run_id": run.id, **urls})

    async def workflows(self, call: Call) -> web.Response:
        """The workflows of the default branch."""
        repository = call.repository("actions", "read")
        known = await self.actions.registry.known(repository)
        shown = [shapes.workflow(call.world, repository, number, one.path, one.name) for number, one in known]
        return call.page_under("workflows", shown, dict)

    async def workflow(self, call: Call) -> web.Response:
        """One workflow."""
        repository = call.repository("actions", "read")
        path = await self.actions.registry.path_of(repository, call.part("workflow"))
        for number, one in await self.actions.registry.known(repository):
            if one.path == path:
                return ok(shapes.workflow(call.world, repository, number, path, one.name))
        raise not_found()

    async def runs_of_workflow(self, call: Call) -> web.Response:
        """The runs of one workflow, newest first."""
        repository = call.repository("actions", "read")
        path = await self.actions.registry.path_of(repository, call.part("workflow"))
        number = self.actions.registry.number_of(repository, path)
        return self._page(call, [run for run in self._of(repository) if run.workflow_id == number])

    async def runs(self, call: Call) -> web.Response:
        """All runs, newest first."""
        return self._page(call, self._of(call.repository("actions", "read")))

    async def run(self, call: Call) -> web.Response:
        """One run."""
        return ok(shapes.run(call.world, self._run(call, "read")))

    async def delete(self, call: Call) -> web.Response:
        """204; write access is enough."""
        self.actions.delete(self._run(call, "write"))
        return no_content()

    async def cancel(self, call: Call) -> web.Response:
        """202."""
        self.actions.cancel(self._run(call, "write"))
        return ok({}, 202)

    async def rerun(self, call: Call) -> web.Response:
        """201; every job again."""
        self.actions.rerun(self._run(call, "write"), call.actor, only_failed=False)
        return ok({}, 201)

    async def rerun_failed(self, call: Call) -> web.Response:
        """201; the failed jobs and what needs them, with the old outputs of the others."""
        self.actions.rerun(self._run(call, "write"), call.actor, only_failed=True)
        return ok({}, 201)

    async def jobs(self, call: Call) -> web.Response:
        """The jobs of the latest attempt, or of all with `filter=all`."""
        run = self._run(call, "read")
        chosen = run.jobs + run.earlier if call.query("filter") == "all" else run.jobs
        return call.page_under("jobs", chosen, lambda job: shapes.job(call.world, run, job))

    async def jobs_of_attempt(self, call: Call) -> web.Response:
        """The jobs that ran in one attempt."""
        run, attempt = self._run(call, "read"), call.number("attempt")
        chosen = [job for job in run.earlier + run.jobs if job.attempt == attempt]
        return call.page_under("jobs", chosen, lambda job: shapes.job(call.world, run, job))

    async def job(self, call: Call) -> web.Response:
        """One job."""
        run, job = self._job(call)
        return ok(shapes.job(call.world, run, job))

    async def log(self, call: Call) -> web.Response:
        """302 to the job's log in plain text."""
        _, job = self._job(call)
        text = "\n".join([*job.log, ""])
        return web.Response(status=302, headers={"Location": self.actions.storage.link_to_text(text)})

    async def artifacts(self, call: Call) -> web.Response:
        """A run's artifacts, by `name` if given."""
        run = self._run(call, "read")
        return self._artifacts(call, self.actions.storage.of(run))

    async def all_artifacts(self, call: Call) -> web.Response:
        """A repository's artifacts, by `name` if given."""
        repository = call.repository("actions", "read")
        return self._artifacts(call, [a for run in self._of(repository) for a in self.actions.storage.of(run)])

    async def artifact(self, call: Call) -> web.Response:
        """One artifact."""
        run, one = self._artifact(call)
        return ok(shapes.artifact(call.world, run, one))

    async def zip(self, call: Call) -> web.Response:
        """302 to another host, which takes no Authorization header; 410 when the artifact has expired."""
        _, one = self._artifact(call)
        if one.expires_at <= call.world.now():
            raise Refusal(410, "Artifact has expired")
        return web.Response(status=302, headers={"Location": self.actions.storage.link(one)})

    def _of(self, repository: Repository) -> list[Run]:
        mine = [run for run in self.actions.runs.values() if run.repository_id == repository.id]
        return [run for run in reversed(mine) if not run.is_deleted]

    def _run(self, call: Call, level: str) -> Run:
        return self.actions.find(call.repository("actions", level), call.number("run"))

    def _job(self, call: Call) -> tuple[Run, JobRun]:
        number = call.number("job")
        for run in self._of(call.repository("actions", "read")):
            if found := next((job for job in run.jobs + run.earlier if job.id == number), None):
                return run, found
        raise not_found()

    def _artifact(self, call: Call) -> tuple[Run, Artifact]:
        repository = call.repository("actions", "read")
        found = self.actions.storage.artifacts.get(call.number("artifact"))
        if found is None:
            raise not_found()
        return self.actions.find(repository, found.run_id), found

    def _page(self, call: Call, runs: Iterable[Run]) -> web.Response:
        chosen = [run for run in runs if _is_asked_for(call, shapes.run(call.world, run))]
        return call.page_under("workflow_runs", chosen, lambda run: shapes.run(call.world, run))

    def _artifacts(self, call: Call, some: Iterable[Artifact]) -> web.Response:
        name = call.query("name")
        chosen = [one for one in some if not name or one.name == name]
        return call.page_under(
            "artifacts", chosen, lambda one: shapes.artifact(call.world, self.actions.runs[one.run_id], one)
        )


def _is_asked_for(call: Call, run: Json) -> bool:
    """Whether a run passes the filters actor, branch, event, head_sha, status and created."""
    wanted = {"branch": run["head_branch"], "event": run["event"], "head_sha": run["head_sha"]}
    wanted["actor"] = run["actor"]["login"]
    if any(call.query(name) not in ("", value) for name, value in wanted.items()):
        return False
    if call.query("status") not in ("", run["status"], run["conclusion"]):
        return False
    return is_within(run["created_at"], call.query("created"))


def is_within(moment: str, asked: str) -> bool:
    """Whether a time lies in GitHub's date syntax: `>=T`, `>T`, `<=T`, `<T`, `T..T` (`*` is open), or `T` itself.

    Source: https://docs.github.com/en/search-github/getting-started-with-searching-on-github/understanding-the-search-syntax
    """
    if not asked:
        return True
    if ".." in asked:
        first, _, last = asked.partition("..")
        return (first in ("", "*") or moment >= first) and (last in ("", "*") or moment[: len(last)] <= last)
    for sign in (">=", "<=", ">", "<"):
        if asked.startswith(sign):
            limit = asked[len(sign) :]
            cut = moment[: len(limit)]
            return {">=": cut >= limit, "<=": cut <= limit, ">": cut > limit, "<": cut < limit}[sign]
    return moment.startswith(asked)
