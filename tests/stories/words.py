"""What people read in a story: the sticky comment, replies, check runs, labels; and what they say."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

from bot.cli.demo.scene import Scene

ACME = (files("templates") / "examples" / "acme_briefing.yaml").read_text("utf-8")


def body(briefing: str = ACME) -> str:
    """An issue body that holds a briefing."""
    return f"Our new website, please.\n\n```yaml\n{briefing}\n```\n"


async def open_issue(scene: Scene, text: str = "", title: str = "Website for Acme") -> int:
    """Anna opens the issue with its label; returns its number."""
    issue = await scene.cast.anna.open_issue(scene.cast.product, title, text or body(), ["capability:business"])
    await scene.settle()
    return int(issue["number"])


async def comments(scene: Scene, number: int) -> list[dict[str, Any]]:
    """All comments of an issue, oldest first."""
    found: list[dict[str, Any]] = await scene.cast.anna.http.get(
        f"{scene.cast.product.path}/issues/{number}/comments", per_page="100"
    )
    return found


async def sticky(scene: Scene, number: int) -> str:
    """The bot's sticky comment: its first."""
    ours = [c["body"] for c in await comments(scene, number) if c["user"]["type"] == "Bot"]
    return str(ours[0]) if ours else ""


async def last_words(scene: Scene, number: int) -> str:
    """The bot's newest comment."""
    ours = [c["body"] for c in await comments(scene, number) if c["user"]["type"] == "Bot"]
    return str(ours[-1]) if ours else ""


async def token(scene: Scene, number: int) -> str:
    """The token that the sticky comment asks people to approve."""
    found = re.search(r"/approve (v\d+-[0-9a-f]{12})", await sticky(scene, number))
    assert found, await sticky(scene, number)
    return found[1]


async def labels(scene: Scene, number: int) -> set[str]:
    """The issue's labels."""
    issue = await scene.cast.anna.http.get(f"{scene.cast.product.path}/issues/{number}")
    return {label["name"] for label in issue["labels"]}


async def says(scene: Scene, who: Any, number: int, text: str) -> str:
    """Somebody comments; returns the bot's newest words when everything has calmed down."""
    await who.comment(scene.cast.product, number, text)
    await scene.settle()
    return await last_words(scene, number)
