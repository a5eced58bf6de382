"""What has not changed is asked for with its ETag, within bounds; names without a token are remembered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aiohttp import web
from multidict import CIMultiDict

from bot.adapters.github import repos, runs
from bot.adapters.github.answers import ENTRY, LARGEST, Answers
from bot.adapters.github.session import Session
from bot.adapters.github.tokens import REFUSED_SECONDS
from bot.domain.people import Repo
from bot.errors import GitHubBusy, GitHubError
from tests.adapters.conftest import Clock, Seen, hub_of

MakeSession = Callable[[str], Session]
WWW = Repo(11, "acme/www", 77)


def paged(seen: Seen) -> web.Response:
    """Two pages, each with an ETag."""
    headers = {"ETag": f'"{seen.path}"'}
    if seen.headers.get("if-none-match") == headers["ETag"]:
        return web.Response(status=304, headers=headers)
    if seen.path == "/list":
        headers["Link"] = f'<http://{seen.headers["host"]}/more>; rel="next"'
    return web.json_response([seen.path], headers=headers)


async def test_every_page_of_a_list_is_asked_for_with_its_etag_and_counted(session_at: MakeSession) -> None:
    async with hub_of(paged) as hub:
        session = session_at(hub.url)
        for _ in range(2):
            assert [item async for item in session.items(repos.reading(WWW), "/list")] == ["/list", "/more"]
    page = session.metrics.page().decode()
    assert 'millwright_github_requests_total{status="200",verb="GET"} 2.0' in page
    assert 'millwright_github_requests_total{status="304",verb="GET"} 2.0' in page


def test_what_is_kept_is_bounded_in_bytes_and_the_least_used_goes_first() -> None:
    kept = Answers(most=3 * (ENTRY + 1_000))
    answer = (200, CIMultiDict({"ETag": '"1"'}), b"x" * 1_000)
    for n in range(3):
        kept.keep(77, f"/{n}", answer)
    assert kept.find(77, "/0") is not None
    kept.keep(77, "/3", answer)
    assert kept.size <= 3 * (ENTRY + 1_000)
    assert [kept.find(77, f"/{n}") is not None for n in range(4)] == [True, False, True, True]
    assert kept.find(78, "/3") is None


def test_what_is_large_or_has_no_etag_is_not_kept() -> None:
    kept = Answers()
    kept.keep(77, "/large", (200, CIMultiDict({"ETag": '"1"'}), b"x" * (LARGEST + 1)))
    kept.keep(77, "/none", (200, CIMultiDict(), b"x"))
    assert kept.size == 0


async def test_a_name_that_no_token_is_made_for_is_asked_for_again_after_a_while(
    session_at: MakeSession, clock: Clock
) -> None:
    async with hub_of(paged, mints=False) as hub:
        session = session_at(hub.url)
        for _ in range(3):
            assert await repos.find(session, 77, "acme/.github") is None
        assert len(hub.minted) == 1
        clock.now += REFUSED_SECONDS + 1
        assert await repos.find(session, 77, "acme/.github") is None
        for _ in range(2):
            with pytest.raises(GitHubError):
                await session.token(repos.reading(WWW))
    assert len(hub.minted) == 4, "a repository known by its number is asked for each time"


async def test_t42_a_run_whose_dispatch_was_lost_is_looked_for_a_minute(
    session_at: MakeSession, clock: Clock
) -> None:
    inputs = {"case": "c", "leg": "l", "nonce": "n"}

    async def dispatched(status: int) -> Session:
        async with hub_of(lambda _: web.json_response({"message": "no"}, status=status)) as hub:
            session = session_at(hub.url)
            with pytest.raises(GitHubBusy):
                await runs.dispatch(session, WWW, ".github/workflows/x.yml", "main", inputs)
            return session

    lost = await dispatched(502)
    assert runs.look_for(lost, "n") == 60
    clock.now += 45
    assert runs.look_for(lost, "n") == 15
    clock.now += 15
    assert runs.look_for(lost, "n") == 0
    refused = await dispatched(429)
    assert runs.look_for(refused, "n") == 0, "what was refused was not done"
    after_a_crash = session_at("http://127.0.0.1:9")
    assert runs.look_for(after_a_crash, "n") == 60, "nobody knows when it was asked for"


async def test_t42_a_run_that_was_dispatched_after_a_refusal_is_looked_for_as_well(
    session_at: MakeSession,
) -> None:
    inputs = {"case": "c", "leg": "l", "nonce": "n"}
    soon, taken = web.Response(status=429, headers={"Retry-After": "0"}), web.Response(status=204)
    answers = iter([soon, taken])
    async with hub_of(lambda _: next(answers)) as hub:
        session = session_at(hub.url)
        with pytest.raises(GitHubBusy):
            await runs.dispatch(session, WWW, ".github/workflows/x.yml", "main", inputs)
        assert await runs.dispatch(session, WWW, ".github/workflows/x.yml", "main", inputs) is None
    assert runs.look_for(session, "n") == 60, "should the ledger not have taken it"
