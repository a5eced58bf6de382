"""Bot or runner die while a real Odoo installs: the run goes on from the journal, nothing is asked for twice."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.cli.demo.erp import briefing
from bot.cli.demo.operations import Erp
from bot.cli.demo.scene import Scene
from tests.odoo.proxy import Proxy, proxy_of
from tests.odoo.reader import read_key
from tests.odoo.server import Instance
from tests.stories.words import body, open_issue, state, sticky, token
from tests.stories.world import restart_bot, runs

PATIENCE = 240.0
INSTALL = "button_immediate_install"


@pytest.fixture
def proxy(odoo: Instance) -> Iterator[Proxy]:
    with proxy_of(odoo.url) as opened:
        yield opened


@pytest.fixture
def erp(odoo: Instance, proxy: Proxy) -> Erp:
    """The Odoo behind a door that can be held shut."""
    made = Erp(odoo.url, odoo.database, odoo.login, odoo.key, odoo.master, read_key(odoo))
    return replace(made, url=proxy.url)


@asynccontextmanager
async def while_it_installs(scene: Scene, proxy: Proxy) -> AsyncIterator[None]:
    """Anna's issue is approved, and the block happens while the one request to install waits at the door."""
    number = await open_issue(scene, body(briefing()))
    asked, go = threading.Event(), threading.Event()

    def decide(_number: int, call: str) -> str:
        if call.endswith(INSTALL) and not asked.is_set():
            asked.set()
            go.wait(PATIENCE)
        return "pass"

    proxy.decide = decide  # type: ignore[assignment]
    await scene.cast.bert.comment(scene.cast.product, number, f"/approve {await token(scene, number)}")
    try:
        assert await asyncio.to_thread(asked.wait, PATIENCE)
        yield
    finally:
        go.set()
    await scene.settle(PATIENCE)
    assert await state(scene, number) == "completed", await sticky(scene, number)


async def test_a_bot_that_restarts_while_odoo_installs_asks_for_nothing_twice(
    scene: Scene, proxy: Proxy, odoo: Instance
) -> None:
    async with while_it_installs(scene, proxy):
        await restart_bot(scene)
    assert proxy.count(INSTALL) == 1
    assert "crm" in await asyncio.to_thread(odoo.modules)
    assert [run.conclusion for run in runs(scene)] == ["success", "success"]


async def test_a_runner_that_dies_while_odoo_installs_is_followed_by_one_that_looks_first(
    scene: Scene, proxy: Proxy, odoo: Instance
) -> None:
    async with while_it_installs(scene, proxy):
        scene.story.sandbox.actions.kill(runs(scene)[-1].id)
    assert proxy.count(INSTALL) == 1
    assert "crm" in await asyncio.to_thread(odoo.modules)
    assert [run.conclusion for run in runs(scene)] == ["success", "failure", "success"]
