"""Workflow runs and their artifacts as GitHub has them now; what was downloaded is checked against the API."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from bot.domain.facts import ArtifactFacts, RunFacts
from bot.domain.knowledge import ArtifactNow, Knowledge
from bot.domain.people import Repo
from bot.errors import GitHubBusy, GitHubError, GitHubGone
from bot.ports import ArtifactMeta, Hands
from executors.errors import ProtocolError
from executors.evidence.bundle import read_bundle


def operations_repo(known: Knowledge) -> Repo | None:
    """The operations repository as the adapters name it."""
    case, place = known.case, known.operations
    if case is None or place is None:
        return None
    return Repo(place.id, place.name, case.repo.installation, default_branch=place.default_branch)


async def run(known: Knowledge, run_id: int, hands: Hands) -> RunFacts | None:
    """The run, None if it is gone."""
    repo = operations_repo(known)
    return await hands.github.run(repo, run_id) if repo else None


async def job(known: Knowledge, run_id: int, check_run_id: int | None, hands: Hands) -> str | None:
    """The name of the run's job behind a check run; None where the token names none or the run is gone."""
    repo = operations_repo(known)
    if repo is None or check_run_id is None:
        return None
    try:
        return await hands.github.job_of_check(repo, run_id, check_run_id)
    except GitHubGone:  # a token of a run that was deleted, or never was here
        return None


async def artifact(known: Knowledge, need: ArtifactNow, hands: Hands) -> ArtifactFacts | None:
    """The artifact with what is wrong with it; None where the run has none of that name (T39)."""
    repo = operations_repo(known)
    meta = await hands.github.artifact(repo, need.run_id, need.name) if repo else None
    if repo is None or meta is None:
        return None
    others = [await hands.github.artifact(repo, need.run_id, name) for name in need.beside]
    beside = {one.name: one.digest for one in others if one is not None}
    return replace(await _downloaded(repo, meta, hands), beside=beside)


async def _downloaded(repo: Repo, meta: ArtifactMeta, hands: Hands) -> ArtifactFacts:
    try:
        data = await hands.github.download(repo, meta)
    except GitHubBusy:  # a secondary limit is a 403 too, and says nothing about the artifact
        raise
    except GitHubError as error:
        return ArtifactFacts(meta.id, meta.digest, meta.size, (str(error),))
    actual = f"sha256:{hashlib.sha256(data).hexdigest()}"
    if actual != meta.digest:
        fault = f"GitHub says {meta.digest}, the download is {actual}"
        return ArtifactFacts(meta.id, meta.digest, meta.size, (fault,))
    try:
        files = read_bundle(data)
    except ProtocolError as error:
        return ArtifactFacts(meta.id, meta.digest, meta.size, (str(error),))
    digests = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    return ArtifactFacts(meta.id, meta.digest, meta.size, (), data, digests)
