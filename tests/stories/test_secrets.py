"""A target with a secret: only the job that executes enters its environment, and the secret leaves it nowhere."""

from __future__ import annotations

import asyncio
import io
import sqlite3
import urllib.request
import zipfile

from bot.cli.demo.operations import SECRET
from bot.cli.demo.scene import Scene
from tests.stories.words import carried_out
from tests.stories.world import runs


def values(scene: Scene) -> set[str]:
    found = scene.cast.operations.repository.environments
    return {environment.secrets[SECRET] for environment in found.values()}


async def test_only_the_job_that_executes_enters_the_environment(scene: Scene) -> None:
    await carried_out(scene)
    begun = [job for run in runs(scene) for job in run.jobs if job.conclusion != "skipped"]
    entered = [(job.key, job.environment) for job in begun]
    assert entered == [("admit", ""), ("execute", ""), ("admit", ""), ("execute", "production")]


async def test_no_secret_is_in_the_ledger_the_artifact_or_the_pack(scene: Scene) -> None:
    await carried_out(scene)
    assert values(scene)
    texts = [dump(scene), *(data for run in runs(scene) for data in unpacked(scene, run))]
    releases = await scene.cast.bert.http.get(f"{scene.cast.product.path}/releases")
    answer = await scene.cast.bert.http.ask(
        "GET", releases[0]["assets"][0]["url"], Accept="application/octet-stream"
    )
    pack = await asyncio.to_thread(download, answer.headers["Location"])
    texts += list(files_of(pack))
    assert sum(map(len, texts)) > 100_000, "there is something to look through"
    for value in values(scene):
        assert not [text[:80] for text in texts if value.encode() in text]


def dump(scene: Scene) -> bytes:
    database = sqlite3.connect(scene.folder / "millwright.db")
    rows = [repr(database.execute(f"SELECT * FROM {table}").fetchall()) for table in ("ledger", "blobs", "outbox")]
    database.close()
    return "\n".join(rows).encode()


def unpacked(scene: Scene, run: object) -> list[bytes]:
    kept = scene.story.sandbox.actions.storage.of(run)  # type: ignore[arg-type]
    return [data for artifact in kept for data in files_of(artifact.content)]


def files_of(data: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [archive.read(name) for name in archive.namelist()]


def download(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:
        found: bytes = answer.read()
    return found
