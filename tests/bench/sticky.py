"""From the opened issue to the sticky comment, pacing on; and the calls that a whole run makes."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from pathlib import Path

from bot.cli.demo.scene import Scene, on_stage
from tests.bench.figure import Figure
from tests.stories.words import body, sticky, token

ISSUES = 12


def _ours(scene: Scene, begin: int) -> list[str]:
    asked = scene.story.sandbox.requests[begin:]
    return [
        f"{one.method} {one.path}"
        for one in asked
        if "anna" not in one.identity and "bert" not in one.identity and not one.path.startswith("/_")
    ]


async def _first_write(scene: Scene) -> tuple[float, list[str]]:
    begin = len(scene.story.sandbox.requests)
    started = time.perf_counter()
    issue = await scene.cast.anna.open_issue(scene.cast.product, "Website", body(), ["capability:business"])
    wanted = f"{scene.cast.product.path}/issues/{issue['number']}/comments"
    while True:
        asked = scene.story.sandbox.requests[begin:]
        if any(one.method == "POST" and one.path == wanted and one.status == 201 for one in asked):
            return time.perf_counter() - started, _ours(scene, begin)
        await asyncio.sleep(0.002)


async def _measure(folder: Path) -> list[Figure]:
    async with on_stage(folder / "paced", pacing=1.0) as scene:
        took, calls = await _first_write(scene)
        times = [took]
    async with on_stage(folder / "many", pacing=0.0) as scene:
        for _ in range(ISSUES):
            times.append((await _first_write(scene))[0])
            await scene.settle()
    async with on_stage(folder / "whole", pacing=0.0) as scene:
        begin = len(scene.story.sandbox.requests)
        issue = await scene.cast.anna.open_issue(scene.cast.product, "Website", body(), ["capability:business"])
        await scene.settle()
        line = f"/approve {await token(scene, issue['number'])}"
        await scene.cast.bert.comment(scene.cast.product, issue["number"], line)
        await scene.settle()
        assert "Done" in await sticky(scene, issue["number"])
        whole = _ours(scene, begin)
    print("calls up to the sticky comment:", *calls, sep="\n  ")
    print("calls of the whole run:")
    for call, count in Counter(call.split(" ")[0] for call in whole).most_common():
        print(f"  {count:4} {call}")
    p95 = sorted(times)[max(0, round(0.95 * len(times)) - 1)]
    return [
        Figure(
            "opened → sticky comment, p95",
            f"{p95:.2f} s",
            f"{len(times)} issues, first with pacing on",
            "≤ 1 s",
            p95 <= 1,
        ),
        Figure("API calls to the sticky comment", str(len(calls)), "", "≤ 18", len(calls) <= 18),
        Figure("API calls of the whole run", str(len(whole)), "", "–"),
    ]


def run() -> list[Figure]:
    """Seconds and calls."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))
