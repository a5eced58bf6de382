"""Forty capabilities in an hour on one installation, the sandbox as strict as GitHub, which counts the writes.

Windows and waits are scaled alike, so an hour passes in minutes; what the bot computes meanwhile is not.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bot.cli.demo.scene import Scene, on_stage
from bot.sandbox.limits import Allowance, Spent
from tests.bench.figure import Figure
from tests.stories.words import body

CAPABILITIES, SCALE = 40, 0.1
MOST_CONTENT, MOST_SPACING = 12, 60
"""Writes of content, and seconds that GitHub wants between all writes, that one capability may take:
forty of them an hour stay below the 500 that GitHub allows an installation."""
_TOKEN = re.compile(r"/approve v\d+-[0-9a-f]{12}")


@dataclass(frozen=True)
class Hour:
    """What GitHub counted of the installation, and how many capabilities came to their end."""

    spent: Spent
    done: int
    asked: int
    seconds: float

    @property
    def content(self) -> float:
        """Writes of content per capability."""
        return self.spent.all_content / self.asked

    @property
    def spacing(self) -> float:
        """Seconds of spacing per capability."""
        return self.spent.spacing / self.asked


async def an_hour(folder: Path, capabilities: int, scale: float) -> Hour:
    """As many capabilities at the rate of forty an hour, each approved as soon as it can be."""
    began = time.monotonic()
    async with on_stage(folder, pacing=1.0, scale=scale) as scene:
        sandbox = scene.story.sandbox
        await scene.settle()
        sandbox.limits.allowance = Allowance(is_secondary_on=True, scale=scale)
        (installation,) = sandbox.world.installations
        spent = sandbox.limits.of(f"installation:{installation}")
        numbers = []
        async with asyncio.TaskGroup() as people:
            for n in range(capabilities):
                if n:
                    await asyncio.sleep(3600 / CAPABILITIES * scale)
                issue = await scene.cast.anna.open_issue(
                    scene.cast.product, f"Website {n}", body(), ["capability:business"]
                )
                numbers.append(int(issue["number"]))
                people.create_task(_approve(scene, numbers[-1]))
        issues = scene.cast.product.repository.issues
        async with asyncio.timeout(3600 * scale + 300):
            while any(issues[number].state == "open" for number in numbers):
                await asyncio.sleep(0.05)
            await scene.settle()
        done = sum("state:completed" in issues[number].labels for number in numbers)
        return Hour(spent, done, capabilities, time.monotonic() - began)


async def _approve(scene: Scene, number: int) -> None:
    """Bert pastes the line as soon as a comment holds it."""
    issue = scene.cast.product.repository.issues[number]
    while True:
        for comment in list(issue.comments.values()):
            if line := _TOKEN.search(comment.body):
                await scene.cast.bert.comment(scene.cast.product, number, line[0])
                return
        await asyncio.sleep(0.05)


def run() -> list[Figure]:
    """Counted by the sandbox, not by us."""
    with tempfile.TemporaryDirectory() as folder:
        hour = asyncio.run(an_hour(Path(folder) / "hour", CAPABILITIES, SCALE))
    name, spent = f"{CAPABILITIES} capabilities an hour on one installation", hour.spent
    reads = f"{(spent.all_requests - spent.all_writes) / hour.asked:.0f} reads, {spent.all_unchanged} unchanged"
    return [
        Figure(
            f"{name}: come to their end",
            f"{hour.done} in {hour.seconds:.0f} s",
            "",
            "all",
            hour.done == hour.asked,
        ),
        Figure("refused by GitHub's limits", f"{spent.hits}", "", "0", spent.hits == 0),
        Figure(
            "writes of content per capability",
            f"{hour.content:.1f}",
            "",
            f"≤ {MOST_CONTENT}",
            hour.content <= MOST_CONTENT,
        ),
        Figure(
            "spacing per capability",
            f"{hour.spacing:.0f} s",
            "",
            f"≤ {MOST_SPACING} s",
            hour.spacing <= MOST_SPACING,
        ),
        Figure("calls per capability", f"{spent.all_writes / hour.asked:.0f} writes, {reads}", "", "–"),
    ]
