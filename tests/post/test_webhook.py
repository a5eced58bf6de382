"""Webhooks: to public addresses over HTTPS, no further than told, and of the answer nothing but its status."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook

from bot.adapters.webhook import OF_ONE, HttpHooks
from bot.errors import NotSent
from bot.ports import Call
from tests.bot.standin import now
from tests.post.servers import Endpoint, Papers, endpoint, papers

SECRET = bytes(range(32))


@pytest.fixture
def shown(tmp_path: Path) -> Papers:
    return papers(tmp_path)


def call(url: str) -> Call:
    return Call(url, "msg_1", '{"type":"x","data":"ü"}'.encode(), SECRET, now())


def client(shown: Papers, hooks: Endpoint | None = None, timeout: float = 10) -> HttpHooks:
    private = [f"localhost:{urlsplit(hooks.url).port}"] if hooks else []
    return HttpHooks(ssl.create_default_context(cafile=str(shown.authority)), private, timeout)


async def refused(sender: HttpHooks, url: str) -> NotSent:
    with pytest.raises(NotSent) as caught:
        await sender.send(call(url))
    return caught.value


async def test_a_call_is_verified_by_the_library_of_its_receiver(shown: Papers) -> None:
    async with endpoint(shown) as hooks:
        await client(shown, hooks).send(call(hooks.url))
        [found] = hooks.calls
        assert Webhook(SECRET).verify(found.body, found.headers) == {"type": "x", "data": "ü"}
        assert found.headers["content-type"] == "application/json"
        assert "cookie" not in found.headers


@pytest.mark.parametrize(
    ("status", "again"), [(301, True), (307, True), (400, True), (410, False), (429, True), (500, True)]
)
async def test_an_answer_is_its_status_and_no_redirect_is_followed(
    shown: Papers, status: int, again: bool
) -> None:
    async with endpoint(shown) as hooks:
        hooks.answers.append(status)
        error = await refused(client(shown, hooks), hooks.url)
        assert (error.again, len(hooks.calls)) == (status != 410, 1)
        assert str(status) in str(error)


PRIVATE = [
    *(
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0.0.0.0",
        "10.0.0.8",
        "172.16.0.1",
        "192.168.1.1",
        "localhost",
    ),
    *("169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]"),
    *("[::ffff:10.0.0.1]", "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]"),
    *("[ff02::1]", "[::127.0.0.1]"),
]


@pytest.mark.parametrize("host", PRIVATE)
async def test_t51_no_address_of_our_own_network_is_asked(shown: Papers, host: str) -> None:
    async with endpoint(shown) as hooks:
        port = urlsplit(hooks.url).port
        error = await refused(client(shown), f"https://{host}:{port}/hooks")
        assert not error.again
        assert "not at a public address" in str(error) or "no https address" in str(error)
        assert hooks.calls == []


@pytest.mark.parametrize(
    "url", ["http://localhost/x", "https://a:b@localhost/x", "ftp://localhost/", "https:///x"]
)
async def test_only_https_without_a_password_in_the_address(shown: Papers, url: str) -> None:
    assert not (await refused(client(shown), url)).again


async def test_a_host_that_is_allowed_is_allowed_at_that_port_only(shown: Papers) -> None:
    async with endpoint(shown) as hooks, endpoint(shown) as other:
        error = await refused(client(shown, hooks), other.url)
        assert "not at a public address" in str(error)
        assert other.calls == []


async def test_an_endpoint_that_nobody_vouches_for_hears_nothing(shown: Papers, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    async with endpoint(shown) as hooks:
        error = await refused(client(papers(tmp_path / "other"), hooks), hooks.url)
        assert error.again
        assert hooks.calls == []


async def test_a_slow_answer_is_tried_again_and_two_at_a_time_are_enough_for_one_host(shown: Papers) -> None:
    ended = asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        await ended.wait()
        return web.Response()

    async with endpoint(shown) as hooks:
        hooks.answers += [slow] * OF_ONE
        sender = client(shown, hooks, timeout=2)
        under_way = [asyncio.create_task(refused(sender, hooks.url)) for _ in range(OF_ONE)]
        await hooks.came.wait()
        full = await refused(sender, hooks.url)
        assert (full.again, full.was_tried) == (True, False)
        for error in await asyncio.gather(*under_way):
            assert (error.again, error.was_tried) == (True, True)
        ended.set()
        await sender.send(call(hooks.url))
        assert len(hooks.calls) == OF_ONE + 1


async def test_an_endless_answer_is_not_read(shown: Papers) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        answer = web.StreamResponse(status=200)
        await answer.prepare(request)
        try:
            while sent < 50_000_000:
                await answer.write(b"x" * 65_536)
                sent += 65_536
        except (ConnectionError, OSError):
            return answer
        return answer

    async with endpoint(shown) as hooks:
        hooks.answers.append(endless)
        await client(shown, hooks).send(call(hooks.url))
        assert sent < 20_000_000
