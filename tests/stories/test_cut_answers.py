"""Every answer of GitHub to a write is lost once, after GitHub did it: afterwards each thing is there once."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from bot.cli.demo.scene import Scene, on_stage
from bot.sandbox.faults import Faults
from tests.stories.words import planned, says, state

SCALE = 0.01
"""Of the bot's pauses: five seconds until it tries again, a minute in which it looks for a run."""


@dataclass
class Cut(Faults):
    """Cuts the connection of the App's first write of each kind, once it has been carried out."""

    cut: Counter[str] = field(default_factory=Counter)

    async def around(
        self, caller: str, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        kind = f"{request.method} {re.sub(r'/[0-9]+|/state:[a-z]+|/web-[0-9]+', '/…', request.path)}"
        answer = await handler(request)
        if request.method == "GET" or not caller.startswith("installation:") or kind in self.cut:
            return answer
        self.cut[kind] += 1
        assert request.transport is not None
        request.transport.abort()
        return answer


@dataclass(frozen=True)
class Told:
    """What stands on GitHub at the end."""

    cut: Counter[str]
    phase: str
    issue: Counter[str]
    """comments of the bot by their first word, and the issue's labels"""
    pulls: list[str]
    branches: list[str]
    checks: Counter[tuple[str, str]]
    deployments: list[list[str]]
    assets: list[list[str]]
    runs: Counter[str]


async def _story(folder: Path) -> Told:
    async with on_stage(folder, scale=SCALE) as scene:
        faults = scene.story.sandbox.faults = Cut()
        number, line = await planned(scene)
        await says(scene, scene.cast.bert, number, line)
        return await _told(scene, number, faults.cut)


async def _told(scene: Scene, number: int, cut: Counter[str]) -> Told:
    place, http = scene.cast.product, scene.cast.olga.http
    comments = await http.get(f"{place.path}/issues/{number}/comments")
    mine = [one["body"] for one in comments if one["user"]["login"] == "millwright[bot]"]
    pulls = await http.get(f"{place.path}/pulls", state="all")
    refs = await http.get(f"{place.path}/git/matching-refs/heads/millwright")
    checks: Counter[tuple[str, str]] = Counter()
    for head in [run.head_sha for run in place.repository.check_runs.values()]:
        found = await http.get(f"{place.path}/commits/{head}/check-runs")
        checks |= Counter((one["name"], head) for one in found["check_runs"])
    deployments = []
    for one in await http.get(f"{place.path}/deployments"):
        statuses = await http.get(f"{place.path}/deployments/{one['id']}/statuses")
        deployments.append([status["state"] for status in reversed(statuses)])
    releases = await http.get(f"{place.path}/releases")
    return Told(
        cut,
        await state(scene, number),
        Counter(" ".join(body.split()[:2]) for body in mine),
        [pull["state"] for pull in pulls],
        [ref["ref"] for ref in refs],
        checks,
        deployments,
        [[asset["name"] for asset in release["assets"]] for release in releases],
        Counter(run.inputs["leg"] for run in scene.story.sandbox.actions.runs.values()),
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The end of a story whose answers were cut."""
    return asyncio.run(_story(tmp_path_factory.mktemp("cut") / "scene"))


def test_every_kind_of_write_lost_its_answer_once_and_the_capability_came_to_its_end(told: Told) -> None:
    kinds = {
        "POST /repos/acme/website/issues/…/comments",
        "PATCH /repos/acme/website/issues/comments/…",
        "POST /repos/acme/website/git/trees",
        "POST /repos/acme/website/git/commits",
        "POST /repos/acme/website/git/refs",
        "PATCH /repos/acme/website/git/refs/heads/millwright/…",
        "POST /repos/acme/website/pulls",
        "PATCH /repos/acme/website/pulls/…",
        "POST /repos/acme/website/check-runs",
        "PATCH /repos/acme/website/check-runs/…",
        "POST /repos/acme/website/labels",
        "PUT /repos/acme/website/issues/…/labels",
        "POST /repos/acme/website/deployments",
        "POST /repos/acme/website/deployments/…/statuses",
        "POST /repos/acme/website/releases",
        "POST /uploads/repos/acme/website/releases/…/assets",
        "PATCH /repos/acme/website/issues/…",
        "POST /repos/acme/millwright-ops/actions/workflows/millwright.yml/dispatches",
    }
    assert kinds <= set(told.cut)
    assert told.phase == "completed"


def test_there_is_one_sticky_comment_and_one_reply(told: Told) -> None:
    assert told.issue == {"### ✅": 1, "👍 Approval": 1}


def test_there_is_one_branch_and_one_pull_request(told: Told) -> None:
    assert (told.pulls, told.branches) == (["closed"], ["refs/heads/millwright/web-1"])


def test_each_check_run_is_on_a_commit_once(told: Told) -> None:
    assert {name for name, _ in told.checks} == {"millwright / plan", "millwright / run", "millwright / cost"}
    assert set(told.checks.values()) == {1}


def test_there_is_one_deployment_with_each_status_once(told: Told) -> None:
    assert told.deployments == [["in_progress", "success"]]


def test_there_is_one_release_with_one_asset(told: Told) -> None:
    assert told.assets == [["evidence_pack_WEB-1.zip"]]


def test_the_preview_and_the_work_were_each_dispatched_once(told: Told) -> None:
    assert told.runs == {"website": 2}
