"""Tokens that many ask for, and of repositories known by name only, over real HTTP with a small server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from aiohttp import web

from bot.adapters.github import issues, repos
from bot.adapters.github.session import Session
from bot.domain.people import Repo
from bot.errors import GitHubError
from tests.adapters.conftest import Seen, hub_of

MakeSession = Callable[[str], Session]
WWW = Repo(11, "acme/www", 77)


def fine(_: Seen) -> web.Response:
    return web.json_response({"id": 5})


async def test_a_repository_known_by_name_only_gets_a_token_of_its_own_too(session_at: MakeSession) -> None:
    facts = {"id": 21, "full_name": "acme/ops", "private": True, "default_branch": "main", "object": {"sha": "a"}}
    async with hub_of(lambda _: web.json_response(facts)) as hub:
        session = session_at(hub.url)
        found = await repos.find(session, 77, "acme/ops")
        assert found
        await repos.find(session, 77, "acme/ops")
        await session.token(repos.reading(found.repo))
    assert [seen.body["repositories"] for seen in hub.minted] == [["ops"]]


async def test_a_repository_that_no_token_is_made_for_is_not_there(session_at: MakeSession) -> None:
    async with hub_of(fine, mints=False) as hub:
        assert await repos.find(session_at(hub.url), 77, "acme/ops") is None
        with pytest.raises(GitHubError, match="422"):
            await repos.find(session_at(hub.url), 77, "acme/ops", 21)


async def test_those_who_ask_for_a_token_at_once_share_one(session_at: MakeSession) -> None:
    async with hub_of(fine) as hub:
        session = session_at(hub.url)
        tokens = await asyncio.gather(*(session.token(issues.writing(WWW)) for _ in range(5)))
    assert (tokens, len(hub.minted)) == (["token-1"] * 5, 1)
