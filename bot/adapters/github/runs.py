"""Workflow runs of the operations repository: dispatch, find again, look at, fetch the artifact of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.adapters.github.session import FAULTS, Session
from bot.adapters.github.tokens import Scope, scope
from bot.adapters.github.translation import SOON, refusal
from bot.domain.facts import JobFacts, RunFacts
from bot.domain.people import Repo
from bot.errors import GitHubBusy, GitHubError
from bot.ports import ArtifactMeta, Started

LOOK_FOR = 60.0
"""Seconds in which a run that was dispatched is found at the latest (T42)."""
ARTIFACT_LIMIT = 100 * 1024 * 1024
"""Bytes of an artifact's ZIP that are downloaded at most."""


def acting(repo: Repo) -> Scope:
    """What running workflows takes."""
    return scope(repo, actions="write", metadata="read")


async def dispatch(session: Session, repo: Repo, path: str, ref: str, inputs: Mapping[str, str]) -> Started | None:
    """Starts the workflow; the run, or None where GitHub answers 204 without one (T42)."""
    workflow = path.rsplit("/", 1)[-1]
    url = f"/repos/{repo.name}/actions/workflows/{workflow}/dispatches"
    asked = {"ref": ref, "inputs": dict(inputs), "return_run_details": True}
    session.dispatches.pop(inputs["nonce"], None)  # from here on it may happen, whatever became of it before
    try:
        answer = await session.post(acting(repo), url, asked)
    except GitHubBusy as error:
        session.dispatches[inputs["nonce"]] = session.clock() if error.may_have_happened else 0.0
        raise
    return Started(answer["workflow_run_id"], answer["html_url"]) if isinstance(answer, Mapping) else None


async def find_run(session: Session, repo: Repo, path: str, nonce: str, bot: int) -> Started | None:
    """The run whose title ends in `nonce`, among the last hundred of the workflow, started by the account `bot`.

    The nonce stands in the run's name for all to read, so a run of another bot may carry it too (T42).
    """
    workflow = path.rsplit("/", 1)[-1]
    url = f"/repos/{repo.name}/actions/workflows/{workflow}/runs?event=workflow_dispatch&per_page=100"
    answer = await session.get(acting(repo), url)
    for run in (answer or {}).get("workflow_runs", []):
        if str(run.get("display_title", "")).split(" ")[-1] == nonce and run["actor"]["id"] == bot:
            return Started(run["id"], run["html_url"])
    return None


def look_for(session: Session, nonce: str) -> float:
    """Seconds for which a run that was asked for must still be looked for before it is asked for again.

    GitHub lists a run a while after it took the dispatch. Where nobody here knows when that was asked, as after a
    crash, the time begins now.
    """
    since = session.dispatches.setdefault(nonce, session.clock())
    return max(0.0, since + session.scale * LOOK_FOR - session.clock())


async def run(session: Session, repo: Repo, run_id: int) -> RunFacts | None:
    """The run as it stands now, with its jobs."""
    found = await session.get(acting(repo), f"/repos/{repo.name}/actions/runs/{run_id}")
    if found is None:
        return None
    return RunFacts(
        id=found["id"],
        attempt=found.get("run_attempt", 1),
        status=found["status"],
        conclusion=found["conclusion"],
        actor=found["actor"]["id"],
        event=found["event"],
        path=found["path"].partition("@")[0],
        head_sha=found["head_sha"],
        url=found["html_url"],
        jobs=await jobs(session, repo, run_id),
    )


async def jobs(session: Session, repo: Repo, run_id: int) -> tuple[JobFacts, ...]:
    """The jobs of a run's latest attempt, in GitHub's order."""
    url = f"/repos/{repo.name}/actions/runs/{run_id}/jobs?per_page=100"
    return tuple([_job(job) async for job in session.items(acting(repo), url, "jobs")])


def _job(job: Mapping[str, Any]) -> JobFacts:
    return JobFacts(
        id=job["id"],
        name=job["name"],
        conclusion=job["conclusion"],
        started_at=job["started_at"],
        completed_at=job["completed_at"],
        labels=tuple(job.get("labels", ())),
    )


async def job_of_check(session: Session, repo: Repo, run_id: int, check_run_id: int) -> str | None:
    """The name of the run's job that a check run belongs to; None when it belongs to none of them."""
    url = f"/repos/{repo.name}/actions/runs/{run_id}/jobs?per_page=100"
    async for job in session.items(acting(repo), url, "jobs"):
        if job["check_run_url"].rsplit("/", 1)[-1] == str(check_run_id):
            return str(job["name"])
    return None


async def cancel(session: Session, repo: Repo, run_id: int) -> None:
    """Asks GitHub to cancel; a run that ended meanwhile (409) is what was wanted."""
    try:
        await session.post(acting(repo), f"/repos/{repo.name}/actions/runs/{run_id}/cancel", b"")
    except GitHubError as error:
        if error.status != 409:
            raise


async def artifact(session: Session, repo: Repo, run_id: int, name: str) -> ArtifactMeta | None:
    """The run's artifact of that name."""
    url = f"/repos/{repo.name}/actions/runs/{run_id}/artifacts{{?name}}"
    async for found in session.items(acting(repo), url, "artifacts", name=name):
        if found["name"] == name and not found["expired"]:
            return ArtifactMeta(found["id"], name, found["size_in_bytes"], found.get("digest") or "")
    return None


async def download(session: Session, repo: Repo, artifact: ArtifactMeta) -> bytes:
    """The artifact's ZIP. GitHub redirects to another host, which must not see our token."""
    doing = f"downloading artifact {artifact.id}"
    async with session.reading(repo.installation):
        try:
            return await _fetch(session, await _place(session, repo, artifact, doing), doing)
        except FAULTS as error:
            raise session.refused(error, doing) from error


async def _place(session: Session, repo: Repo, artifact: ArtifactMeta, doing: str) -> str:
    """The signed URL that GitHub sends us to (302)."""
    token = await session.token(acting(repo))
    url = f"{session.app.api_url.rstrip('/')}/repos/{repo.name}/actions/artifacts/{artifact.id}/zip"
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}
    async with session.http.get(url, headers=headers, allow_redirects=False) as answer:
        place = answer.headers.get("Location")
        if answer.status == 302 and place:
            return place
        body = await answer.read()
    refused = refusal(answer.status, answer.headers, body, doing, session.clock())
    if refused is not None:
        raise session.scaled(refused)
    raise GitHubError(f"{doing}: {answer.status} without a place", status=answer.status)


async def _fetch(session: Session, place: str, doing: str) -> bytes:
    async with session.http.get(place) as answer:
        if answer.status != 200:
            raise GitHubBusy(f"{doing}: {answer.status} from its storage", status=answer.status, retry_after=SOON)
        data = bytearray()
        async for piece in answer.content.iter_chunked(1 << 20):
            data += piece
            if len(data) > ARTIFACT_LIMIT:
                raise GitHubError(f"{doing}: larger than {ARTIFACT_LIMIT} bytes", status=413)
    return bytes(data)
