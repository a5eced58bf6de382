"""The world outside GitHub in a story: what the web root serves, a run caught in the middle, a restarted bot."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.app import start
from bot.cli.demo.scene import Pace, Scene, settings
from bot.sandbox.actions.model import Run
from executors.parts.tree import tree_digest
from executors.world.files import listing

PATIENCE = 20.0
"""Seconds within which a run must come to the place where a story waits for it."""


def page(scene: Scene) -> str:
    """What a visitor gets; "" where the server answers with an error."""
    try:
        with urllib.request.urlopen(scene.site.url) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError:
        return ""


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by path."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def serve_earlier_release(scene: Scene) -> dict[str, bytes]:
    """Puts a release of an earlier time on the air, as `deploy` would have left it; returns its files."""
    root = scene.site.root
    place = root / "releases" / "r-earlier"
    place.mkdir(parents=True)
    (place / "index.html").write_text("<p>as it was before</p>")
    (place / "old.html").write_text("<p>an old page</p>")
    ours = root / ".millwright"
    ours.mkdir()
    (ours / "root").touch()
    record = {"maker": "r-earlier", "tree": tree_digest(listing(place))}
    (ours / "r-earlier.json").write_text(json.dumps(record))
    (root / "current").symlink_to("releases/r-earlier")
    return tree(place)


def served(scene: Scene) -> str | None:
    """The id of the release that is served, None where none is."""
    current = scene.site.root / "current"
    return current.readlink().name if current.is_symlink() else None


def runs(scene: Scene) -> list[Run]:
    """All workflow runs, oldest first."""
    return list(scene.story.sandbox.actions.runs.values())


@asynccontextmanager
async def caught(
    scene: Scene, when: Callable[[], bool] = lambda: True
) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """The first job that asks for the site after `when` waits until the block is left; await what it yields."""
    asked, go = threading.Event(), threading.Event()

    def wait() -> None:
        if not asked.is_set() and when():
            asked.set()
            go.wait(PATIENCE)

    async def arrived() -> None:
        assert await asyncio.to_thread(asked.wait, PATIENCE), "no job ever asked for the site"

    scene.site.before_answering = wait
    try:
        yield arrived
    finally:
        go.set()
        scene.site.before_answering = lambda: None
    await scene.settle()


@asynccontextmanager
async def while_it_runs(
    scene: Scene, number: int, line: str, when: Callable[[], bool] = lambda: True
) -> AsyncIterator[None]:
    """Bert says the line, and the block happens while the job waits for the site's answer after `when`."""
    async with caught(scene, when) as arrived:
        await scene.cast.bert.comment(scene.cast.product, number, line)
        await arrived()
        yield


async def change_policy(scene: Scene, more: str) -> None:
    """The owner adds lines to the policy."""
    text = await scene.cast.operations.read(".github/millwright.yml")
    await scene.cast.olga.push(scene.cast.operations, {".github/millwright.yml": f"{text}{more}"})
    await scene.settle()


async def quiet(scene: Scene) -> None:
    """Returns when GitHub and the bot have nothing left to do, while a job may still be at work."""
    calm = 0
    while calm < 2:
        before = len(scene.story.sandbox.requests)
        await scene.story.settle()
        await scene.bot.settle()
        calm = calm + 1 if len(scene.story.sandbox.requests) == before else 0


async def knock(scene: Scene, door: str, body: bytes, **headers: str) -> tuple[int, dict[str, Any]]:
    """POST to one of the bot's doors; status and answer."""
    sent = {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{scene.bot.url}{door}", data=body, headers=sent) as answer,
    ):
        return answer.status, await answer.json()


async def restart_bot(scene: Scene) -> None:
    """The bot stops, and another process would now begin: on the same database, at the same address."""
    port = urlsplit(scene.bot.url).port
    await scene.bot.stop()
    sock = socket.create_server(("127.0.0.1", port or 0))
    scene.bot = await start(settings(scene.folder, scene.story, scene.cast.app, Pace()), sock=sock)
