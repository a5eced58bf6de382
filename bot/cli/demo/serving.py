"""The demo after the curtain: everything stays up to be tried, until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence

from bot.cli.demo.scene import Scene
from bot.cli.demo.stage import Stage


async def serve(scenes: Sequence[Scene], stage: Stage) -> None:
    """Print the addresses and return at the first Ctrl-C or SIGTERM."""
    stage.console.rule("[bold]Try it[/]", align="left")
    for scene in scenes:
        stage.say(f"[bold]{scene.firm.briefing.business_name}[/]: [cyan]{scene.story.sandbox.url}/[/]")
    stage.say("Open it in a browser: the issues with all comments, where you may speak as any of the people;")
    stage.say(
        "checks, deployments, the site and the evidence. It answers this machine alone. [bold]Ctrl-C[/] ends it."
    )
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, ended.set)
    await ended.wait()
    stage.say("Stopping.")
