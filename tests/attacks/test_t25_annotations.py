"""T25: a thousand findings are a thousand annotations, fifty to a request."""

from __future__ import annotations

from bot.adapters.github.rest import GitHubRest
from bot.adapters.github.session import Session
from bot.domain.people import Repo
from bot.ports import CheckText
from executors.protocol.operation import Finding
from tests.adapters.conftest import Seen, hub_of

FINDINGS = tuple(Finding(level="warning", code="x", message=f"finding {n}") for n in range(1_000))


async def test_a_thousand_findings_are_sent_fifty_at_a_time(session_at) -> None:  # type: ignore[no-untyped-def]
    from aiohttp import web

    sent: list[str] = []

    def answer(seen: Seen) -> web.Response:
        if seen.method == "GET":
            return web.json_response({"total_count": 0, "check_runs": []})
        batch = [one["message"] for one in seen.body["output"].get("annotations", [])]
        assert len(batch) <= 50
        sent.extend(batch)
        return web.json_response({"id": 5, "output": {"annotations_count": len(sent)}}, status=201)

    text = CheckText(
        name="millwright / run", title="t", summary="s", text="", external_id="e", status="completed",
        conclusion="success", annotations=FINDINGS, details_url="",
    )  # fmt: skip
    async with hub_of(answer) as hub:
        session: Session = session_at(hub.url)
        assert await GitHubRest(session).put_check(Repo(11, "acme/www", 77), "d" * 40, text, None) == 5
    assert sent == [finding.message for finding in FINDINGS]
