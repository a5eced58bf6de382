"""From the opened issue to the sticky comment, pacing on, for twenty firms; and the calls that a whole run makes.

Pacing is per installation, so each firm has one of its own: what is measured is never the wait behind another
issue's writes. The firms before are still being served meanwhile, and nothing of the new firm's is cached yet.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.cli.demo.operations import policy
from bot.cli.demo.scene import Scene, on_stage
from bot.domain.workflow import PATH as WORKFLOW
from bot.sandbox.places import Place
from bot.sandbox.server import Asked
from tests.bench.figure import Figure
from tests.stories.words import body, sticky, token

FIRMS = 20
PEOPLE = ("anna", "bert", "olga")


@dataclass(frozen=True)
class Call:
    """One request of the bot's to GitHub."""

    verb: str
    path: str

    def __str__(self) -> str:
        return f"{self.verb:5} {self.path}"


def calls_of(asked: Sequence[Asked]) -> list[Call]:
    """What the bot asked: neither people nor runners, who speak to the paths that begin with `/_`."""
    ours = [one for one in asked if not one.path.startswith("/_")]
    return [Call(one.method, one.path) for one in ours if not any(name in one.identity for name in PEOPLE)]


async def firm(scene: Scene, number: int) -> Place:
    """A firm with its product and operations repositories and the App installed; returns the product's."""
    story, cast = scene.story, scene.cast
    name = f"firm{number}"
    organisation = story.organisation(name)
    product = story.repository(f"{name}/website")
    product.grant(cast.anna, "write")
    product.label("capability:business")
    rules = policy(scene.site, scene.folder / "www" / name).replace("acme/", f"{name}/")
    workflow = await cast.olga.http.get(f"{cast.operations.path}/contents/{WORKFLOW}")
    text = (await cast.olga.http.ask("GET", workflow["download_url"])).body.decode()
    story.repository(
        f"{name}/millwright-ops", private=True, files={".github/millwright.yml": rules, WORKFLOW: text}
    )
    story.install(cast.app, organisation)
    return product


async def first_write(scene: Scene, product: Place) -> tuple[float, list[Call]]:
    """Seconds from the issue's opening until its comment is there, and the bot's calls until then."""
    asked = scene.story.sandbox.requests
    begin, started = len(asked), time.perf_counter()
    issue = await scene.cast.anna.open_issue(product, "Website", body(), ["capability:business"])
    wanted, seen = f"{product.path}/issues/{issue['number']}/comments", begin
    while True:
        for place in range(seen, len(asked)):
            if (asked[place].method, asked[place].path, asked[place].status) == ("POST", wanted, 201):
                return time.perf_counter() - started, calls_of(asked[begin : place + 1])
        seen = len(asked)
        await asyncio.sleep(0.001)


async def bare_calls(scene: Scene, count: int) -> float:
    """Seconds for as many requests, one after another, with nothing in between."""
    begin = time.perf_counter()
    for _ in range(count):
        await scene.cast.anna.http.get(scene.cast.product.path)
    return time.perf_counter() - begin


async def opened(folder: Path) -> list[Figure]:
    """How long until the comment, and how many calls."""
    times: list[float] = []
    calls: list[Call] = []
    async with on_stage(folder, pacing=1.0) as scene:
        firms = [await firm(scene, number) for number in range(FIRMS)]
        await scene.settle()
        for product in firms:
            took, until = await first_write(scene, product)
            times.append(took)
            calls = calls or until
        floor = await bare_calls(scene, len(calls))
    writes = [call for call in calls if call.verb != "GET" and not call.path.endswith("/access_tokens")]
    assert [call.path for call in writes] == [calls[-1].path], writes
    print("calls of a bot that has just started, up to the sticky comment:", *calls, sep="\n  ", file=sys.stderr)
    p95, median = sorted(times)[round(0.95 * FIRMS) - 1], sorted(times)[FIRMS // 2]
    value = f"{p95:.2f} s p95, {median:.2f} s median"
    return [
        Figure(
            f"opened → sticky comment, {FIRMS} firms, paced",
            value,
            f"the bare calls {floor:.2f} s",
            "≤ 1 s p95",
            p95 <= 1,
        ),
        Figure("API calls to the sticky comment", f"{len(calls)}", "", "≤ 18", len(calls) <= 18),
    ]


async def whole(folder: Path) -> list[Figure]:
    """What a run makes from the opened issue to the sealed evidence, and how long it takes from the approval."""
    async with on_stage(folder, pacing=0.0) as scene:
        asked = scene.story.sandbox.requests
        begin = len(asked)
        issue = await scene.cast.anna.open_issue(scene.cast.product, "Website", body(), ["capability:business"])
        await scene.settle()
        line = f"/approve {await token(scene, issue['number'])}"
        approved = time.perf_counter()
        await scene.cast.bert.comment(scene.cast.product, issue["number"], line)
        await scene.settle()
        took = time.perf_counter() - approved
        assert "Done" in await sticky(scene, issue["number"])
        calls = calls_of(asked[begin:])
    kinds = Counter(re.sub(r"[0-9a-f]{40}|\d{2,}", "…", str(call)) for call in calls)
    print("calls of the whole run:", file=sys.stderr)
    for call, count in kinds.most_common():
        print(f"  {count:3} × {call}", file=sys.stderr)
    verbs = ", ".join(f"{count} {verb}" for verb, count in Counter(call.verb for call in calls).most_common())
    return [
        Figure("API calls of the whole run", f"{len(calls)}: {verbs}", "", "–"),
        Figure("approved → done, inline runner, not paced", f"{took:.1f} s", "", "–"),
    ]


def run() -> list[Figure]:
    """Seconds and calls; the calls themselves go to standard error."""
    with tempfile.TemporaryDirectory() as folder:
        paced = asyncio.run(opened(Path(folder) / "paced"))
        return paced + asyncio.run(whole(Path(folder) / "whole"))
