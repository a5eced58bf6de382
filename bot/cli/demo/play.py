"""The demo from curtain to curtain."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from pathlib import Path

from rich.console import Console

from bot.cli.demo.acts import Play
from bot.cli.demo.erp import setting_up_an_erp
from bot.cli.demo.operations import DEFAULTS, Erp
from bot.cli.demo.policy import changing_the_policy
from bot.cli.demo.scene import SOURCE, close_scene, open_scene
from bot.cli.demo.stage import Stage
from bot.errors import BotError

TOOLS = SOURCE / ".cache" / "tools"
"""Where the workflow's `setup` keeps its Python environment between runs, as a self-hosted runner does."""


def play(runner: str, keep: str | None, erp: Erp | None = None) -> int:
    """The exit code; with an Odoo the last act is played on it."""
    logging.basicConfig(level=logging.ERROR)
    if not (SOURCE / "actions").is_dir():
        raise BotError("the demo runs from a checkout: clone the repository and say `make demo`")
    stage = Stage(Console(width=110, highlight=False))
    if keep is not None:
        folder = Path(keep).absolute()
        folder.mkdir(parents=True)
        return asyncio.run(_play(folder, runner, stage, erp))
    with tempfile.TemporaryDirectory(prefix="millwright-demo-") as made:
        return asyncio.run(_play(Path(made), runner, stage, erp))


async def _play(folder: Path, runner: str, stage: Stage, erp: Erp | None) -> int:
    stage.console.print(
        "[bold]Millwright[/]: an issue becomes an approved, executed, evidenced website", style="blue"
    )
    scene = await open_scene(folder, runner=runner, tools=TOOLS, erp=erp, defaults=DEFAULTS)
    try:
        acts = Play(scene, stage)
        await acts.setting()
        number = await acts.opening()
        await acts.approving(number)
        await acts.running(number)
        await acts.aftermath(number)
        await acts.failing()
        await changing_the_policy(acts)
        if erp is not None:
            await setting_up_an_erp(acts, erp)
    finally:
        await close_scene(scene)
    return stage.curtain()
