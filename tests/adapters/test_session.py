"""Tokens, their renewal and their borders, over real HTTP with a small server."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import aiohttp
import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.adapters.github import issues, repos
from bot.adapters.github.pacing import Pacing
from bot.adapters.github.session import AppIdentity, Session
from bot.domain.people import Repo
from bot.errors import GitHubBusy, GitHubError
from bot.ports import BlobFile
from tests.adapters.conftest import NOW, Clock, Seen, hub_of

MakeSession = Callable[[str], Session]
WWW = Repo(11, "acme/www", 77)
SAME_NAMES = Repo(12, "acme/www", 78)


def fine(_: Seen) -> web.Response:
    return web.json_response({"id": 5})


def refusing_first(times: int) -> Callable[[Seen], web.Response]:
    left = [times]

    def answer(_: Seen) -> web.Response:
        left[0] -= 1
        if left[0] >= 0:
            return web.json_response({"message": "Bad credentials"}, status=401)
        return web.json_response([{"id": 5}])

    return answer


async def test_t44_the_apps_jwt_is_backdated_a_minute_and_lives_nine(pem: str) -> None:
    async with aiohttp.ClientSession() as http:
        session = Session(http, AppIdentity("4711", pem, "https://api.github.com"), Pacing(0), Clock())
        token = session.app_jwt()
    public = load_pem_private_key(pem.encode(), None).public_key()
    unchecked = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(token, public, algorithms=["RS256"], options=unchecked)  # type: ignore[arg-type]
    assert claims == {"iat": NOW - 60, "exp": NOW + 540, "iss": "4711"}


async def test_a_token_is_asked_for_one_repository_and_just_the_permissions(session_at: MakeSession) -> None:
    async with hub_of(fine) as hub:
        await issues.create_comment(session_at(hub.url), WWW, 3, "hello")
    assert [seen.path for seen in hub.minted] == ["/app/installations/77/access_tokens"]
    assert hub.minted[0].body == {"repository_ids": [11], "permissions": {"issues": "write", "metadata": "read"}}
    assert hub.minted[0].headers["authorization"].startswith("bearer ey")
    assert hub.seen[0].headers["authorization"] == "token token-1"


async def test_a_token_is_reused_for_its_scope_and_only_for_it(session_at: MakeSession) -> None:
    async with hub_of(fine) as hub:
        session = session_at(hub.url)
        same = [await session.token(issues.writing(WWW)) for _ in range(3)]
        others = [
            await session.token(repos.reading(WWW)),
            await session.token(issues.writing(Repo(13, "acme/shop", 77))),
        ]
    assert same == ["token-1"] * 3
    assert others == ["token-2", "token-3"]


async def test_tokens_of_two_installations_never_mix_though_names_are_the_same(session_at: MakeSession) -> None:
    async with hub_of(fine) as hub:
        session = session_at(hub.url)
        for repo in (WWW, SAME_NAMES, WWW, SAME_NAMES):
            await issues.create_comment(session, repo, 3, "hello")
    assert [seen.path for seen in hub.minted] == [
        "/app/installations/77/access_tokens",
        "/app/installations/78/access_tokens",
    ]
    assert [seen.headers["authorization"][-1] for seen in hub.seen] == ["1", "2", "1", "2"]


async def test_an_answer_remembered_for_one_installation_is_not_given_to_another(session_at: MakeSession) -> None:
    def answer(seen: Seen) -> web.Response:
        if "if-none-match" in seen.headers:
            return web.Response(status=304, headers={"ETag": '"1"'})
        return web.json_response({"whose": seen.headers["authorization"]}, headers={"ETag": '"1"'})

    async with hub_of(answer) as hub:
        session = session_at(hub.url)
        first, again, other = [
            await session.get(repos.reading(repo), "/repos/acme/www") for repo in (WWW, WWW, SAME_NAMES)
        ]
    assert first == again == {"whose": "token token-1"}
    assert other == {"whose": "token token-2"}


async def test_a_token_is_renewed_after_fifty_minutes(session_at: MakeSession, clock: Clock) -> None:
    async with hub_of(fine) as hub:
        session = session_at(hub.url)
        scope = issues.writing(WWW)
        first = await session.token(scope)
        clock.now += 49 * 60
        later = await session.token(scope)
        clock.now += 2 * 60
        assert (first, later, await session.token(scope)) == ("token-1", "token-1", "token-2")


async def test_a_dead_token_is_replaced_once_for_a_call_and_for_a_list(session_at: MakeSession) -> None:
    async with hub_of(refusing_first(1)) as hub:
        assert await session_at(hub.url).get(issues.writing(WWW), "/x") == [{"id": 5}]
    assert [seen.headers["authorization"] for seen in hub.seen] == ["token token-1", "token token-2"]

    async with hub_of(refusing_first(1)) as hub:
        listed = [item async for item in session_at(hub.url).items(issues.writing(WWW), "/x")]
    assert listed == [{"id": 5}]
    assert [seen.headers["authorization"] for seen in hub.seen] == ["token token-1", "token token-2"]


async def test_a_second_401_is_the_answer(session_at: MakeSession) -> None:
    async with hub_of(refusing_first(9)) as hub:
        session = session_at(hub.url)
        with pytest.raises(GitHubError, match="401 Bad credentials"):
            await session.get(issues.writing(WWW), "/x")
        with pytest.raises(GitHubError, match="401 Bad credentials"):
            [item async for item in session.items(issues.writing(WWW), "/y")]
    assert [seen.path for seen in hub.seen] == ["/x", "/x", "/y", "/y"]


async def test_what_is_not_there_is_none_and_what_is_busy_is_an_error(session_at: MakeSession) -> None:
    def answer(seen: Seen) -> web.Response:
        if seen.path == "/gone":
            return web.json_response({"message": "Not Found"}, status=404)
        return web.json_response({"message": "Slow down"}, status=429, headers={"Retry-After": "7"})

    async with hub_of(answer) as hub:
        session = session_at(hub.url)
        assert await session.get(repos.reading(WWW), "/gone") is None
        with pytest.raises(GitHubBusy) as busy:
            await session.get(repos.reading(WWW), "/busy")
    assert busy.value.retry_after == 7


async def test_a_server_that_is_not_there_is_busy(session_at: MakeSession) -> None:
    with pytest.raises(GitHubBusy, match="getting a token of installation 77"):
        await session_at("http://127.0.0.1:9").get(repos.reading(WWW), "/x")


async def test_a_redirected_write_keeps_method_and_body(session_at: MakeSession) -> None:
    def answer(seen: Seen) -> web.Response:
        if seen.path.startswith("/repos/"):
            moved = {"Location": "/repositories/11/issues/3/comments"}
            return web.json_response({"message": "Moved"}, status=307, headers=moved)
        return web.json_response({"id": 5}, status=201)

    async with hub_of(answer) as hub:
        assert await issues.create_comment(session_at(hub.url), WWW, 3, "hello") == 5
    assert [(seen.method, seen.body) for seen in hub.seen] == [("POST", {"body": "hello"})] * 2


async def test_a_write_that_is_moved_for_good_is_refused_and_not_lost(session_at: MakeSession) -> None:
    def answer(_: Seen) -> web.Response:
        return web.json_response({"message": "Moved"}, status=301, headers={"Location": "/elsewhere"})

    async with hub_of(answer) as hub:
        with pytest.raises(GitHubError, match="301"):
            await issues.create_comment(session_at(hub.url), WWW, 3, "hello")
    assert [seen.path for seen in hub.seen] == ["/repos/acme/www/issues/3/comments"]


async def test_redirects_in_a_circle_end(session_at: MakeSession) -> None:
    def answer(seen: Seen) -> web.Response:
        return web.json_response({}, status=301, headers={"Location": seen.path})

    async with hub_of(answer) as hub:
        with pytest.raises(GitHubError, match="301"):
            await session_at(hub.url).get(repos.reading(WWW), "/round")
    assert len(hub.seen) == 4


async def test_a_file_comes_back_as_bytes_with_its_blob_id(session_at: MakeSession) -> None:
    content = base64.encodebytes("# Grüße\n".encode() * 20).decode()

    def answer(_: Seen) -> web.Response:
        shown = {"type": "file", "encoding": "base64", "content": content, "sha": "93a0", "size": 180}
        return web.json_response(shown)

    async with hub_of(answer) as hub:
        found = await repos.file(session_at(hub.url), WWW, "docs/README.md", "main")
    assert found == BlobFile("# Grüße\n".encode() * 20, "93a0")


async def test_a_file_above_one_megabyte_is_read_as_a_blob(session_at: MakeSession) -> None:
    asked: list[str] = []

    def answer(seen: Seen) -> web.Response:
        asked.append(seen.path)
        if "/git/blobs/" in seen.path:
            return web.json_response({"encoding": "base64", "content": "YWJj\n", "sha": "93a0", "size": 3})
        shown = {"type": "file", "encoding": "none", "content": "", "sha": "93a0", "size": repos.LARGEST}
        return web.json_response(shown)

    async with hub_of(answer) as hub:
        found = await repos.file(session_at(hub.url), WWW, "CODEOWNERS", "main")
    assert found == BlobFile(b"abc", "93a0")
    assert asked[-1] == "/repos/acme/www/git/blobs/93a0"


async def test_a_file_above_three_megabytes_is_an_error_and_not_absent(session_at: MakeSession) -> None:
    def answer(_: Seen) -> web.Response:
        shown = {"type": "file", "encoding": "none", "content": "", "sha": "93a0", "size": repos.LARGEST + 1}
        return web.json_response(shown)

    async with hub_of(answer) as hub:
        with pytest.raises(GitHubError) as refused:
            await repos.file(session_at(hub.url), WWW, "big.png", "main")
    assert refused.value.status == 413


async def test_a_file_of_a_repository_that_the_app_does_not_cover_is_absent(session_at: MakeSession) -> None:
    def answer(seen: Seen) -> web.Response:
        assert "access_tokens" in seen.path
        return web.json_response({"message": "not accessible"}, status=422)

    async with hub_of(answer, mints=False) as hub:
        assert await repos.file_in(session_at(hub.url), 77, "acme/.github", ".github/millwright.yml") is None


async def test_a_label_that_somebody_made_in_between_is_fine_and_a_wrong_one_is_not(
    session_at: MakeSession,
) -> None:
    for appears in (True, False):
        made: list[Seen] = []

        def answer(seen: Seen, made: list[Seen] = made, appears: bool = appears) -> web.Response:
            if seen.method == "POST":
                made.append(seen)
                wrong = {"message": "Validation Failed", "errors": [{"code": "already_exists", "field": "name"}]}
                return web.json_response(wrong, status=422)
            if made and appears:
                return web.json_response({"name": "state:draft"})
            return web.json_response({"message": "Not Found"}, status=404)

        async with hub_of(answer) as hub:
            call = issues.ensure_label(session_at(hub.url), WWW, "state:draft")
            if appears:
                await call
            else:
                with pytest.raises(GitHubError, match="Validation Failed"):
                    await call
        assert json.dumps(made[0].body) == '{"name": "state:draft", "color": "d4c5f9"}'
