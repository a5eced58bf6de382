"""What GitHub says while it wants nothing asked is no word about the artifact that was asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from bot.domain.facts import Operations
from bot.domain.knowledge import ArtifactNow, Knowledge
from bot.domain.people import Repo
from bot.errors import GitHubBusy, GitHubError, GitHubForbidden
from bot.load import runs
from bot.ports import ArtifactMeta, GitHub
from bot.store.connect import open_database
from tests.bot.standin import hands_for, now
from tests.samples import CASE

KNOWN = Knowledge(case=CASE, operations=Operations(7, "acme/millwright-ops", "main", "0" * 40))
NEED = ArtifactNow(42, "millwright-web")


class Storage:
    """GitHub with one artifact, whose download is answered by an error."""

    def __init__(self, error: GitHubError) -> None:
        self.error = error

    async def artifact(self, repo: Repo, run_id: int, name: str) -> ArtifactMeta:
        return ArtifactMeta(1, name, 10, "sha256:" + "0" * 64)

    async def download(self, repo: Repo, artifact: ArtifactMeta) -> bytes:
        raise self.error


async def downloaded(error: GitHubError, folder: Path) -> tuple[str, ...]:
    store = open_database(f"sqlite:///{folder}/bot.db", now, "bot")
    try:
        hands = replace(hands_for(store, []), github=cast(GitHub, Storage(error)))
        found = await runs.artifact(KNOWN, NEED, hands)
    finally:
        await store.close()
    assert found is not None
    return found.faults


@pytest.mark.parametrize("status", [0, 403, 429, 502])
async def test_t45_a_limit_is_waited_for_and_is_no_fault_of_the_artifact(status: int, tmp_path: Path) -> None:
    with pytest.raises(GitHubBusy):
        await downloaded(GitHubBusy("slow down", status=status, retry_after=60), tmp_path)


async def test_an_artifact_that_may_not_be_read_is_at_fault(tmp_path: Path) -> None:
    assert await downloaded(GitHubForbidden("it is not yours", status=403), tmp_path) == ("it is not yours",)
