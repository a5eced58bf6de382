"""T42: the nonce stands in the run's name for all to read; a run is ours only if our own account started it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.adapters.github.rest import GitHubRest
from bot.adapters.github.session import Session
from bot.domain.people import Repo
from tests.adapters.conftest import Seen, hub_of

OPS, NONCE, OURS = Repo(12, "acme/millwright-ops", 77), "0" * 31 + "1", 900


def run(number: int, actor: int) -> dict[str, Any]:
    who = {"id": actor, "login": f"a{actor}[bot]", "type": "Bot"}
    title = f"millwright case:1:I_1 website {NONCE}"
    return {"id": number, "display_title": title, "actor": who, "html_url": f"https://github.example/{number}"}


async def test_the_run_of_another_bot_with_our_nonce_is_not_found(session_at: Callable[[str], Session]) -> None:
    listed = [run(9, 41898282), run(8, 2), run(7, OURS), run(6, 41898282)]

    def answer(seen: Seen) -> web.Response:
        if seen.path == "/app":
            return web.json_response({"slug": "millwright"})
        if seen.path.startswith("/users/"):
            # GitHub answers 401 to an App's JWT here; a token of an installation will do.
            assert seen.headers["authorization"] == "token token-1"
            return web.json_response({"id": OURS, "login": "millwright[bot]"})
        return web.json_response({"workflow_runs": listed})

    async with hub_of(answer) as hub:
        github = GitHubRest(session_at(hub.url))
        found = await github.find_run(OPS, ".github/workflows/millwright.yml", NONCE)
        assert found is not None
        assert found.id == 7
        del listed[2]
        assert await github.find_run(OPS, ".github/workflows/millwright.yml", NONCE) is None
