"""T26, T27, T43: a whole run leaves no key behind, sets no status that others could set, and asks for little."""

from __future__ import annotations

import base64
import io
import json
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from bot.cli.demo.scene import PERMISSIONS, Scene
from tests.stories.words import carried_out, checks, comments
from tests.stories.world import runs

MASK = "::add-mask::"


def handed_out(scene: Scene) -> set[str]:
    """Every key that let somebody in while the story ran: tokens, session keys, secrets of our own."""
    found = {value for value, token in scene.story.sandbox.world.tokens.items() if token.kind != "user"}
    logs = [line for run in runs(scene) for line in run.job("execute").log]
    masked = {line.removeprefix(MASK) for line in logs if line.startswith(MASK)}
    sessions = {value for value in masked if re.fullmatch("[0-9a-f]{64}", value)}
    assert len(sessions) == 2, "preview and execution had a session each"
    return found | masked | {*scene.keys.secrets, scene.cast.app.webhook_secret}


def stored(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every value of every row of the bot's database, unpacked."""
    database = sqlite3.connect(path)
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        for n, row in enumerate(database.execute(f'SELECT * FROM "{table}"')):
            cells = [cell if isinstance(cell, bytes) else str(cell).encode() for cell in row]
            yield f"{table} {n}", b"\n".join(map(unpacked, cells))
    database.close()


def unpacked(cell: bytes) -> bytes:
    try:
        return zlib.decompress(cell)
    except zlib.error:
        return cell


def unzipped(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            yield f"{name}/{info.filename}", archive.read(info)


async def left_behind(scene: Scene, number: int) -> dict[str, bytes]:
    """Everything that somebody can read later: database, artifacts, pack, job logs, comments."""
    found = dict(stored(scene.folder / "millwright.db"))
    for artifact in scene.story.sandbox.actions.storage.artifacts.values():
        found |= unzipped(f"artifact {artifact.id}", artifact.content)
    for release in scene.cast.product.repository.releases.values():
        for asset in release.assets.values():
            found |= unzipped(asset.name, asset.content)
    for run in runs(scene):
        for job in run.jobs:
            said = [line for line in job.log if not line.startswith(MASK)]
            found[f"log {run.id} {job.key}"] = "\n".join([*said, job.summary]).encode()
    return found | {"comments": json.dumps(await comments(scene, number)).encode()}


async def test_a_whole_run_leaves_no_key_behind(scene: Scene) -> None:
    number = await carried_out(scene)
    left = await left_behind(scene, number)
    for kind in ("ledger ", "inbox ", "outbox ", "blobs ", "artifact ", "evidence_pack", "log ", "comments"):
        assert any(name.startswith(kind) for name in left), kind
    for key in handed_out(scene):
        for form in (key.encode(), base64.b64encode(key.encode()).rstrip(b"=")[:-1]):
            assert not [name for name, data in left.items() if form in data]


async def test_t43_every_token_is_for_one_repository_and_a_part_of_what_the_app_may(scene: Scene) -> None:
    await carried_out(scene)
    tokens = [token for token in scene.story.sandbox.world.tokens.values() if token.kind == "installation"]
    assert len(tokens) > 5
    known = {scene.cast.product.id, scene.cast.operations.id}
    for token in tokens:
        rights = dict(token.permissions)
        named = token.repository_ids
        assert len(rights) < len(PERMISSIONS) / 2, rights
        assert named is not None, rights
        assert len(named) == 1
        assert named <= known
        assert sum(level == "write" for level in rights.values()) <= 1, rights
    leg = [token for token in tokens if dict(token.permissions) == {"contents": "read", "metadata": "read"}]
    assert any(token.repository_ids == {scene.cast.product.id} for token in leg)


async def test_t27_what_we_say_of_a_commit_is_a_check_run_of_our_app_and_no_status(scene: Scene) -> None:
    await carried_out(scene)
    assert {run["app"]["id"] for run in (await checks(scene)).values()} == {scene.cast.app.id}
    asked = [one for one in scene.story.sandbox.requests if one.method == "POST"]
    assert any(one.path.endswith("/check-runs") for one in asked)
    assert not [one.path for one in asked if re.fullmatch(r"/repos/[^/]+/[^/]+/statuses/[0-9a-f]+", one.path)]
