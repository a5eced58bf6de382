"""The demo from curtain to curtain: a scene for each firm, which stays up where that is asked for."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bot.cli.demo.acts import Play
from bot.cli.demo.erp import setting_up_an_erp
from bot.cli.demo.firms import Firm
from bot.cli.demo.operations import DEFAULTS, Erp
from bot.cli.demo.policy import changing_the_policy
from bot.cli.demo.scene import SOURCE, Scene, Setting, close_scene, open_scene
from bot.cli.demo.serving import serve, shown
from bot.cli.demo.stage import Stage
from bot.errors import BotError

TOOLS = SOURCE / ".cache" / "tools"
"""Where the workflow's `setup` keeps its Python environment between runs, as a self-hosted runner does."""


@dataclass(frozen=True)
class Programme:
    """What is played: by which runner, for which firms, on which Odoo, and whether all stays up afterwards."""

    runner: str
    firms: Sequence[Firm]
    erp: Erp | None = None
    is_served: bool = False


def play(programme: Programme, keep: str | None) -> int:
    """The exit code; everything that is made goes with it, unless `keep` names a new folder for it."""
    logging.basicConfig(level=logging.ERROR)
    if not (SOURCE / "actions").is_dir():
        raise BotError("the demo runs from a checkout: clone the repository and say `make demo`")
    stage = Stage(Console(width=110, highlight=False))
    if keep is not None:
        folder = Path(keep).absolute()
        folder.mkdir(parents=True)
        return asyncio.run(_play(programme, folder, stage))
    with tempfile.TemporaryDirectory(prefix="millwright-demo-") as made:
        return asyncio.run(_play(programme, Path(made), stage))


async def _play(programme: Programme, folder: Path, stage: Stage) -> int:
    stage.console.print(
        "[bold]Millwright[/]: an issue becomes an approved, executed, evidenced website", style="blue"
    )
    async with AsyncExitStack() as standing:
        scenes: list[Scene] = []
        for firm in programme.firms:
            setting = Setting(
                firm, None if scenes else programme.erp, DEFAULTS, shown(firm) if programme.is_served else None
            )
            scene = await open_scene(folder / firm.login, runner=programme.runner, tools=TOOLS, setting=setting)
            if programme.is_served:
                standing.push_async_callback(close_scene, scene)
            try:
                await _story(Play(scene, stage), setting, is_first=not scenes)
            finally:
                if not programme.is_served:
                    await close_scene(scene)
            scenes.append(scene)
            if setting.shown is not None:
                setting.shown.sites[f"The website of {scene.cast.product.full_name}"] = scene.site.url
        outcome = stage.curtain()
        if programme.is_served:
            await serve(scenes, stage)
    return outcome


async def _story(acts: Play, setting: Setting, *, is_first: bool) -> None:
    """The acts for one firm; what has nothing to do with the firm is played once."""
    await acts.setting()
    number = await acts.opening()
    await acts.approving(number)
    await acts.running(number)
    await acts.aftermath(number)
    await acts.failing()
    if is_first:
        await changing_the_policy(acts)
    if setting.erp is not None:
        await setting_up_an_erp(acts, setting.erp)
