"""Make everything ready for one job: folders, variables, secrets, and the actions it uses at their commit."""

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.sandbox.actions.model import JobRun, Run
from bot.sandbox.actions.oidc import PATH, workflow_ref
from bot.sandbox.actions.processes import Processes
from bot.sandbox.actions.task import JobFailed, Task
from bot.sandbox.git import Git
from bot.sandbox.identity import job_token
from bot.sandbox.state import Repository, World

STUBS = Path(__file__).parent / "stubs"
VERBS = (sys.executable, "-I", "-m", "executors")
UPLOADS = "/_actions/artifacts"
# What a host needs to reach package indexes; nothing else of its environment gets to a job.
_PASSED = (
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY",
    "MILLWRIGHT_BROWSER",
)  # fmt: skip
_PIP_FILES = (Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf")


@dataclass
class Workshop:
    """What all jobs of a sandbox share: a folder, the tool cache, stand-ins for actions of others.

    `verbs` is how the inline runner starts `executors`; `stand_ins` maps `owner/repo` to a folder; `environ` is
    added to every job (for tests).
    """

    world: World
    folder: Path
    verbs: Sequence[str] = VERBS
    stand_ins: dict[str, Path] = field(
        default_factory=lambda: {
            f"actions/{name}": STUBS / name for name in ("upload-artifact", "download-artifact")
        }
    )
    environ: dict[str, str] = field(default_factory=dict)
    tool_cache: Path | None = None

    def git(self, repository: Repository) -> Git:
        """The bare repository."""
        return Git(self.folder / "git" / f"{repository.id}.git")

    async def resolve(self, uses: str) -> Path | None:
        """The folder of the repository a `uses` names; None without it; JobFailed if its ref is not there."""
        path, _, ref = uses.partition("@")
        name = "/".join(path.split("/")[:2])
        if name in self.stand_ins:
            return self.stand_ins[name]
        if (repository := self.world.repository(name)) is None:
            return None
        git = self.git(repository)
        if (sha := await git.sha(ref)) is None:
            raise JobFailed(f"Unable to resolve action `{uses}`, unable to find version `{ref}`")
        kept = self.folder / "actions" / f"{repository.id}-{sha}"
        if not kept.is_dir():
            kept.parent.mkdir(parents=True, exist_ok=True)
            fresh = Path(tempfile.mkdtemp(dir=kept.parent))
            await git.checkout(sha, fresh)
            _publish(fresh, kept)
        return kept

    def task(self, run: Run, job: JobRun, needs: Mapping[str, Any]) -> Task:
        """One job made ready, in a new folder under the system's own for such things."""
        folder = Path(tempfile.mkdtemp(prefix=f"run-{run.id}-{job.key}-")).resolve()
        for name in ("home", "temp", "workspace"):
            (folder / name).mkdir()
        repository = self.world.repositories[run.repository_id]
        token = job_token(self.world, repository, _api_permissions(job)).value
        github = self.context(run, job) | {"token": token}
        environment = repository.environments.get(job.environment)
        return Task(
            run=run,
            job=job,
            plan=run.workflow.job(job.key),
            folder=folder,
            environ=self._environ(folder, github, job),
            github=github,
            secrets={**repository.secrets, **(environment.secrets if environment else {}), "GITHUB_TOKEN": token},
            variables={**repository.variables, **(environment.variables if environment else {})},
            needs=needs,
            verbs=self.verbs,
            now=self.world.now,
            check_out=lambda into: self.git(repository).checkout(run.sha, into),
            resolve=self.resolve,
            processes=Processes(folder),
        )

    def context(self, run: Run, job: JobRun) -> dict[str, Any]:
        """The `github` context of a job, without its token."""
        return _github(self.world, self.world.repositories[run.repository_id], run, job)

    def _environ(self, folder: Path, github: Mapping[str, Any], job: JobRun) -> dict[str, str]:
        tools = self.tool_cache or self.folder / "tool-cache"
        tools.mkdir(parents=True, exist_ok=True)
        own = {
            "HOME": str(folder / "home"),
            "RUNNER_TEMP": str(folder / "temp"),
            "RUNNER_TOOL_CACHE": str(tools),
            "GITHUB_WORKSPACE": str(folder / "workspace"),
            "ACTIONS_RESULTS_URL": self.world.url + UPLOADS,
            "ACTIONS_RUNTIME_TOKEN": job.token,
        }
        if job.permissions.get("id-token") == "write":
            own["ACTIONS_ID_TOKEN_REQUEST_URL"] = f"{self.world.url}{PATH}/token?api-version=2.0"
            own["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = job.token
        return {**_host(), **_variables(github), **own, **self.environ}


def _publish(fresh: Path, kept: Path) -> None:
    shutil.rmtree(fresh / ".git")
    if not kept.is_dir():  # another job may have been quicker
        fresh.rename(kept)


def _host() -> dict[str, str]:
    passed = {k: v for k, v in os.environ.items() if k.startswith("PIP_") or k.upper() in _PASSED}
    if "PIP_CONFIG_FILE" not in passed and (own := next((f for f in _PIP_FILES if f.is_file()), None)):
        passed["PIP_CONFIG_FILE"] = str(own)  # HOME is another one in a job
    # The plain interpreter first: version managers' shims look for their files in the HOME that is not there.
    path = os.pathsep.join([str(Path(sys.base_prefix) / "bin"), os.environ.get("PATH", os.defpath)])
    fixed = {"LANG": "C.UTF-8", "CI": "true", "GITHUB_ACTIONS": "true"}
    fixed |= dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost")
    runner = {
        "RUNNER_OS": "Linux",
        "RUNNER_ARCH": "X64",
        "RUNNER_NAME": "sandbox",
        "RUNNER_ENVIRONMENT": "github-hosted",
    }
    return {"PATH": path, **fixed, **runner, **passed}


def _api_permissions(job: JobRun) -> dict[str, str]:
    """What GITHUB_TOKEN may do: `id-token` is none of the API's permissions, and metadata may always be read."""
    given = {k.replace("-", "_"): v for k, v in job.permissions.items() if k != "id-token" and v != "none"}
    return {"metadata": "read", **given}


def _github(world: World, repository: Repository, run: Run, job: JobRun) -> dict[str, Any]:
    """The `github` context: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts."""
    owner, actor = world.accounts[repository.owner_id], world.accounts[run.actor_id]
    event = {
        "inputs": dict(run.inputs),
        "ref": run.ref,
        "repository": {"id": repository.id, "name": repository.name, "full_name": world.full_name(repository)},
        "sender": {"login": actor.login, "id": actor.id, "type": actor.type},
        "workflow": run.workflow.path,
    }
    return {
        "event": event,
        "event_name": run.event,
        "actor": actor.login,
        "actor_id": str(actor.id),
        "triggering_actor": world.accounts[run.triggering_actor_id].login,
        "repository": world.full_name(repository),
        "repository_id": str(repository.id),
        "repository_owner": owner.login,
        "repository_owner_id": str(owner.id),
        "ref": run.ref,
        "ref_name": run.branch,
        "ref_type": "tag" if run.ref.startswith("refs/tags/") else "branch",
        "sha": run.sha,
        "run_id": str(run.id),
        "run_number": str(run.number),
        "run_attempt": str(run.attempt),
        "workflow": run.workflow.name,
        "workflow_ref": workflow_ref(world, repository, run),
        "workflow_sha": run.sha,
        "job": job.key,
        "api_url": world.url,
        "graphql_url": f"{world.url}/graphql",
        "server_url": "https://github.com",
    }


def _variables(github: Mapping[str, Any]) -> dict[str, str]:
    """The GITHUB_… variables of the context; the token is none of them, as on GitHub."""
    return {f"GITHUB_{name.upper()}": v for name, v in github.items() if isinstance(v, str) and name != "token"}
