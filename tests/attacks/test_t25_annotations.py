"""T25: a thousand findings are a thousand annotations, fifty to a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aiohttp import web

from bot.adapters.github.rest import GitHubRest
from bot.adapters.github.session import Session
from bot.domain.people import Repo
from bot.ports import CheckText
from executors.protocol.finding import Finding
from tests.adapters.conftest import Seen, hub_of

FINDINGS = tuple(Finding(level="warning", code="x", message=f"finding {n}") for n in range(1_000))


TEXT = CheckText(
    name="millwright / run",
    title="t",
    summary="s",
    text="",
    external_id="e",
    status="completed",
    conclusion="success",
    annotations=FINDINGS,
)
STRANGE = (
    Finding(level="warning", code="x", message="", path="a\nb" * 500, line=-7),
    Finding(level="warning", code="x", message="m", path="\n", line=2**60),
)


async def test_a_place_that_no_file_has_does_not_spoil_the_request(session_at: Callable[[str], Session]) -> None:
    sent: list[Any] = []

    def answer(seen: Seen) -> web.Response:
        if seen.method == "GET":
            return web.json_response({"total_count": 0, "check_runs": []})
        sent.extend(seen.body["output"]["annotations"])
        return web.json_response({"id": 5}, status=201)

    async with hub_of(answer) as hub:
        text = replace(TEXT, annotations=STRANGE)
        await GitHubRest(session_at(hub.url)).put_check(Repo(11, "acme/www", 77), "d" * 40, text, None)
    assert [(one["start_line"], one["end_line"]) for one in sent] == [(1, 1), (1_000_000, 1_000_000)]
    assert all(one["message"] and one["path"].isprintable() and len(one["path"]) <= 300 for one in sent)


async def test_a_thousand_findings_are_sent_fifty_at_a_time(session_at: Callable[[str], Session]) -> None:
    sent: list[str] = []

    def answer(seen: Seen) -> web.Response:
        if seen.method == "GET":
            return web.json_response({"total_count": 0, "check_runs": []})
        batch = [one["message"] for one in seen.body["output"].get("annotations", [])]
        assert len(batch) <= 50
        sent.extend(batch)
        return web.json_response({"id": 5, "output": {"annotations_count": len(sent)}}, status=201)

    async with hub_of(answer) as hub:
        assert await GitHubRest(session_at(hub.url)).put_check(Repo(11, "acme/www", 77), "d" * 40, TEXT, None) == 5
    assert sent == [finding.message for finding in FINDINGS]
