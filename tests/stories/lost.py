"""A bot whose database is gone: what is left is what it signed on GitHub, and `millwright rebuild`."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.app import start
from bot.cli.demo.scene import RING, Pace, Scene, settings


@dataclass(frozen=True)
class Said:
    """How the command ended and what it said."""

    code: int
    text: str


async def lose_database(scene: Scene) -> None:
    """The bot stops, and its database is not there any more."""
    await scene.bot.stop()
    for path in scene.folder.glob("millwright.db*"):
        path.unlink()


async def rebuild(scene: Scene, *arguments: str) -> Said:
    """`millwright rebuild` with the bot's environment."""
    return await millwright(scene, "rebuild", *arguments)


async def millwright(scene: Scene, *arguments: str, **more: str) -> Said:
    """A command in a process of its own, with the bot's environment and `more`."""
    app, sandbox = scene.cast.app, scene.story.sandbox
    environ = {
        "PATH": os.environ["PATH"],
        "COLUMNS": "200",
        "GITHUB_API_URL": sandbox.url,
        "GITHUB_APP_ID": str(app.id),
        "GITHUB_PRIVATE_KEY_FILE": str(scene.folder / "app.pem"),
        "GITHUB_WEBHOOK_SECRET": app.webhook_secret,
        "MILLWRIGHT_KEY_FILE": str(scene.folder / RING),
        "MILLWRIGHT_DATABASE": f"sqlite:///{scene.folder / 'millwright.db'}",
        "MILLWRIGHT_LISTEN": "127.0.0.1:8080",
        **more,
    }
    pipe, both = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    command = [sys.executable, "-m", "bot", *arguments]
    process = await asyncio.create_subprocess_exec(*command, env=environ, stdout=pipe, stderr=both)
    out, _ = await process.communicate()
    assert process.returncode is not None
    return Said(process.returncode, out.decode())


async def begin_again(scene: Scene) -> None:
    """A bot starts on whatever database there is, at the same address."""
    sock = socket.create_server(("127.0.0.1", urlsplit(scene.bot.url).port or 0))
    scene.bot = await start(settings(scene.folder, scene.story, scene.cast.app, Pace()), sock=sock)
    await scene.settle()


async def refs(scene: Scene) -> dict[str, str]:
    """The anchors' refs of the operations repository and their commits, oldest name first."""
    found: list[dict[str, Any]] = await scene.cast.olga.http.get(
        f"{scene.cast.operations.path}/git/matching-refs/millwright/"
    )
    return {one["ref"]: one["object"]["sha"] for one in found}


async def the_ref(scene: Scene) -> tuple[str, str]:
    """The one anchor's ref, and its commit."""
    ((ref, commit),) = (await refs(scene)).items()
    return ref, commit


async def held(scene: Scene, commit: str) -> dict[str, bytes]:
    """The files of a commit."""
    git = scene.story.sandbox.git(scene.cast.operations.repository)
    entries = await git.tree(commit, is_recursive=True)
    return {entry.path: await git.read_blob(entry.sha) for entry in entries if entry.type == "blob"}


async def put(scene: Scene, files: dict[str, bytes], ref: str) -> None:
    """A hostile writer's push: the ref holds just these files, whatever stood there."""
    git = scene.story.sandbox.git(scene.cast.operations.repository)
    changes = [(path, "100644", await git.create_blob(data)) for path, data in files.items()]
    tree = await git.create_tree(None, changes)
    place, olga = scene.cast.operations.path, scene.cast.olga.http
    what = {"message": "as it was", "tree": tree, "parents": []}
    made = await olga.post(f"{place}/git/commits", what)
    await move(scene, ref, made["sha"])


async def move(scene: Scene, ref: str, commit: str) -> None:
    """The ref is put on a commit by somebody who may write."""
    place, olga = scene.cast.operations.path, scene.cast.olga.http
    if ref in await refs(scene):
        await olga.patch(f"{place}/git/refs/{ref.removeprefix('refs/')}", {"sha": commit, "force": True})
    else:
        await olga.post(f"{place}/git/refs", {"ref": ref, "sha": commit})
