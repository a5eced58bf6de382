"""Lists that are read page by page, over real HTTP with a small server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from bot.adapters.github import deliveries, issues, looking, runs
from bot.adapters.github.session import Session
from bot.domain.people import Repo
from bot.errors import GitHubBusy
from bot.ports import ArtifactMeta
from tests.adapters.conftest import Seen, hub_of

MakeSession = Callable[[str], Session]
WWW = Repo(11, "acme/www", 77)
ANOTHER = Repo(12, "other/www", 78)


def repository(number: int, *, archived: bool = False) -> dict[str, object]:
    facts = {"full_name": f"acme/{number}", "private": True, "default_branch": "main"}
    return {"id": number, "archived": archived, **facts}


async def test_every_page_is_read_and_what_is_archived_left_out(session_at: MakeSession) -> None:
    pages = [[repository(9), repository(3, archived=True)], [repository(5)]]

    def answer(seen: Seen) -> web.Response:
        page = pages.pop(0)
        link = {"Link": f'<{hub.url}{seen.path}?cursor=x>; rel="next"'} if pages else {}
        return web.json_response({"repositories": page}, headers=link)

    async with hub_of(answer) as hub:
        found = await looking.reached(session_at(hub.url), 77)
    assert [repo.id for repo in found] == [5, 9]
    assert {seen.headers["authorization"] for seen in hub.seen} == {"Bearer token-1"}


async def test_a_list_that_goes_on_at_another_host_ends_there(session_at: MakeSession) -> None:
    link = {"Link": '<http://127.0.0.2:9/app/hook/deliveries?cursor=x>; rel="next"'}
    async with hub_of(lambda _: web.json_response([], headers=link)) as hub:
        assert [one async for one in deliveries.deliveries(session_at(hub.url))] == []
    assert len(hub.seen) == 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda session: looking.reached(session, WWW.installation),
        lambda session: runs.download(session, WWW, ArtifactMeta(9, "x", 4, "")),
    ],
    ids=["a list", "an artifact"],
)
async def test_t45_a_limit_met_there_holds_every_read_of_the_installation(
    session_at: MakeSession, ask: Callable[[Session], Awaitable[object]]
) -> None:
    said = {"message": "You have exceeded a secondary rate limit."}
    async with hub_of(lambda _: web.json_response(said, status=403, headers={"Retry-After": "60"})) as hub:
        session = session_at(hub.url)
        with pytest.raises(GitHubBusy):
            await ask(session)
        asked = len(hub.seen)
        with pytest.raises(GitHubBusy, match="told us to wait"):
            await issues.issue(session, WWW, 1)
        assert len(hub.seen) == asked
        with pytest.raises(GitHubBusy, match="secondary"):
            await issues.issue(session, ANOTHER, 1)
