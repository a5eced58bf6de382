"""The scene of the stories, with an Odoo that its policy names; GitHub's description is kept to here as well."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.cli.demo.operations import Erp
from bot.cli.demo.scene import Scene, Setting, close_scene, open_scene
from tests.odoo.reader import read_key
from tests.odoo.server import Instance
from tests.stories.conftest import request_faults, webhook_faults


@pytest.fixture
def erp(odoo: Instance, request: pytest.FixtureRequest) -> Erp:
    """The Odoo and its two keys; `@pytest.mark.parametrize("erp", [False], indirect=True)`: without snapshots."""
    snapshot = getattr(request, "param", True)
    return Erp(odoo.url, odoo.database, odoo.login, odoo.key, odoo.master, read_key(odoo), snapshot)


@pytest_asyncio.fixture
async def scene(tmp_path: Path, erp: Erp) -> AsyncIterator[Scene]:
    """Everything that runs, for one test."""
    opened = await open_scene(tmp_path, setting=Setting(erp=erp))
    try:
        yield opened
    finally:
        await close_scene(opened)
    faults = [*request_faults(opened), *webhook_faults(opened)]
    assert not faults, "\n".join(faults)
