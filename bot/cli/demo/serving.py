"""The demo after the curtain: everything stays up to be tried, until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence

from bot.cli.demo.acts import issue_body
from bot.cli.demo.firms import Firm, every_firm
from bot.cli.demo.scene import Scene
from bot.cli.demo.stage import Stage
from bot.sandbox.web.shown import Shown

PEOPLE = {
    "anna": "writes the briefings",
    "bert": "may approve",
    "olga": "owns the organisation",
    "mallory": "is an outsider",
}


def shown(firm: Firm) -> Shown:
    """What the sandbox's pages tell of a firm's scene; all examples are offered as new issues, its own first."""
    offered = sorted(every_firm(), key=lambda one: (one != firm, one.vertical != firm.vertical))
    drafts = {f"Website for {one.briefing.business_name}": issue_body(one.text) for one in offered}
    title = f"Millwright at {firm.briefing.business_name}"
    return Shown(title, drafts=drafts, labels=("capability:business",), people=PEOPLE)


async def serve(scenes: Sequence[Scene], stage: Stage) -> None:
    """Print the addresses and return at the first Ctrl-C or SIGTERM."""
    stage.console.rule("[bold]Try it[/]", align="left")
    pages = {scene.firm.briefing.business_name: f"{scene.story.sandbox.url}/-/" for scene in scenes}
    for scene in scenes:
        name, told = scene.firm.briefing.business_name, scene.story.sandbox.shown
        if told is not None:
            told.neighbours = {other: url for other, url in pages.items() if other != name}
        stage.say(f"[bold]{name}[/]: [cyan]{pages[name]}[/]")
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
