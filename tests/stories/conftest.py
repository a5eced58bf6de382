"""A scene for each story; when it is over, its requests and webhooks are held against GitHub's descriptions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.cli.demo.scene import SOURCE, Scene, close_scene, open_scene
from tests.contract import descriptions

TOOLS = SOURCE / ".cache" / "tools"
"""What self-hosted runners keep from run to run; the same folder as the demo's."""


@pytest.fixture
def runner() -> str:
    """How the sandbox runs workflows; a story on act overrides it."""
    return "inline"


@pytest_asyncio.fixture
async def scene(tmp_path: Path, runner: str) -> AsyncIterator[Scene]:
    """The organisation, its people, GitHub and the bot, all over HTTP."""
    opened = await open_scene(tmp_path, runner=runner, tools=TOOLS if runner == "act" else None)
    try:
        yield opened
    finally:
        await close_scene(opened)
    faults = [*request_faults(opened), *webhook_faults(opened)]
    assert not faults, "\n".join(faults)


def request_faults(scene: Scene) -> list[str]:
    """What GitHub's description says against the requests of bot and executors."""
    faults: list[str] = []
    for asked in scene.story.sandbox.requests:
        ours = "[bot]" in asked.identity or asked.identity.startswith(("app", "installation"))
        if ours and not asked.path.startswith("/_"):
            path = asked.path.removeprefix("/uploads")  # GitHub's upload host, which stands there as a path
            faults += descriptions.rest().faults(asked.method, path, asked.query, asked.content_type, asked.body)
    return faults


def webhook_faults(scene: Scene) -> list[str]:
    """What GitHub's description says against the webhooks that the sandbox sent; of each kind the newest."""
    newest = {(sent.event, sent.action): sent for sent in scene.story.sandbox.webhooks.log}
    return [f for sent in newest.values() for f in descriptions.webhook_faults(sent.event, sent.payload)]
