"""A message from the case that sends it to whoever takes it: tried again, given up, never holding up others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families
from standardwebhooks.webhooks import WebhookVerificationError

from bot.adapters.outgoing import outgoing
from bot.adapters.webhook import OF_ONE
from bot.app import FLOW
from bot.domain.posting import Place, post_key
from bot.domain.webhook_secret import of_endpoint, shown
from bot.perform.post import PAUSES
from bot.ports import MailServer
from tests.bot.operate.child import serving
from tests.bot.standin import KEYS, House, house
from tests.post.messages import CASE, OPERATIONS, keep, message, wanted
from tests.post.servers import Endpoint, MailBox, Papers, endpoint, mail_server, papers

TINY = 1e-6
"""Factor on the pauses between tries: a day in a tenth of a second."""


@pytest.fixture
def shown_papers(tmp_path: Path) -> Papers:
    return papers(tmp_path)


def secret(url: str, operations: int = OPERATIONS) -> str:
    return shown(of_endpoint(KEYS.session, operations, url))


@asynccontextmanager
async def sender(
    folder: Path,
    given: Papers,
    hooks: Endpoint | None = None,
    box: MailBox | None = None,
    scale: float = TINY,
    parallel: int = 8,
) -> AsyncIterator[House]:
    """The engine with the flow as it is shipped, its notice stored."""
    server = None
    if box is not None:
        server = replace(MailServer.at(box.url), sender="mill@acme.example")
    private = [f"localhost:{urlsplit(hooks.url).port}"] if hooks else []
    made = outgoing(server, given.authority, private, scale)
    await keep(folder)
    async with house(folder, FLOW, outgoing=made, parallel=parallel) as home:
        yield home


def counted(home: House) -> dict[tuple[str, str], float]:
    """Messages by way and outcome, as /metrics tells them."""
    families = text_string_to_metric_families(home.store.metrics.page().decode())
    samples = [one for family in families if family.name == "millwright_notices" for one in family.samples]
    return {(one.labels["way"], one.labels["outcome"]): one.value for one in samples}


async def test_an_endpoint_that_stumbles_gets_the_same_message_until_it_takes_it(
    tmp_path: Path, shown_papers: Papers
) -> None:
    async with endpoint(shown_papers) as hooks, sender(tmp_path, shown_papers, hooks) as home:
        hooks.answers += [503, 302, 400]
        place = Place("webhook", hooks.url)
        await home.deliver(wanted(place))
        await until(home, lambda: len(hooks.calls) == 4)
        assert {one.id for one in hooks.calls} == {"msg_" + post_key(CASE, "0", place).removeprefix("post:")}
        assert len({one.body for one in hooks.calls}) == 1
        for call in hooks.calls:
            assert call.opened(secret(hooks.url))["data"]["id"] == "WEB-7"
        await home.settle()
        assert counted(home) == {("webhook", "later"): 3, ("webhook", "sent"): 1}
        await home.deliver(wanted(place))
        assert len(hooks.calls) == 4


async def test_a_gone_endpoint_is_left_alone_at_once(tmp_path: Path, shown_papers: Papers) -> None:
    async with endpoint(shown_papers) as hooks, sender(tmp_path, shown_papers, hooks) as home:
        hooks.answers += [410]
        await home.deliver(wanted(Place("webhook", hooks.url)))
        assert counted(home) == {("webhook", "failed"): 1}
        assert len(hooks.calls) == 1


async def test_what_nobody_takes_is_given_up_after_the_last_pause(tmp_path: Path, shown_papers: Papers) -> None:
    async with endpoint(shown_papers) as hooks, sender(tmp_path, shown_papers, hooks) as home:
        hooks.answers += [500] * 20
        await home.deliver(wanted(Place("webhook", hooks.url)))
        await until(home, lambda: ("webhook", "failed") in counted(home))
        assert len(hooks.calls) == len(PAUSES) + 1
        assert counted(home) == {("webhook", "later"): len(PAUSES), ("webhook", "failed"): 1}


async def test_anothers_endpoint_in_ones_own_policy_is_signed_with_another_secret(
    tmp_path: Path, shown_papers: Papers
) -> None:
    async with endpoint(shown_papers) as hooks, sender(tmp_path, shown_papers, hooks) as home:
        await home.deliver(wanted(Place("webhook", hooks.url), operations=8))
        [call] = hooks.calls
        with pytest.raises(WebhookVerificationError):
            call.opened(secret(hooks.url))
        assert call.opened(secret(hooks.url, 8))


async def test_a_slow_endpoint_holds_up_nobody_else(tmp_path: Path, shown_papers: Papers) -> None:
    going, at_once, most = asyncio.Event(), 0, 0

    async def slow(request: web.Request) -> web.Response:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await going.wait()
        at_once -= 1
        return web.Response(status=204)

    async with (
        endpoint(shown_papers) as hooks,
        mail_server(shown_papers) as box,
        sender(tmp_path, shown_papers, hooks, box, scale=0.05, parallel=OF_ONE + 1) as home,
    ):
        hooks.answers += [slow] * 12
        for number in range(12):
            await home.store.accept(wanted(Place("webhook", hooks.url), number))
        home.engine.wake()
        await hooks.came.wait()
        await home.store.accept(wanted(Place("mail", "boss@acme.example")))
        home.engine.wake()
        async with asyncio.timeout(20):
            await box.came.wait()
        assert not going.is_set()
        assert most == OF_ONE
        going.set()
        await until(home, lambda: counted(home).get(("webhook", "sent")) == 12)
        assert len({one.id for one in hooks.calls}) == 12


async def test_a_mail_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not(
    tmp_path: Path, shown_papers: Papers
) -> None:
    async with mail_server(shown_papers) as box, sender(tmp_path, shown_papers, box=box) as home:
        box.replies += ["451 greylisted, come back", "452 full"]
        await home.deliver(wanted(Place("mail", "boss@acme.example")))
        await until(home, lambda: bool(box.mails))
        assert box.tries == 3
        box.replies += ["554 no"]
        await home.deliver(wanted(Place("mail", "boss@acme.example"), 1))
        await until(home, lambda: ("mail", "failed") in counted(home))
        assert box.tries == 4
        assert counted(home) == {("mail", "later"): 2, ("mail", "sent"): 1, ("mail", "failed"): 1}


async def test_without_a_mail_server_and_with_nothing_left_to_say_it_is_given_up(
    tmp_path: Path, shown_papers: Papers
) -> None:
    async with endpoint(shown_papers) as hooks, sender(tmp_path, shown_papers, hooks) as home:
        await home.deliver(wanted(Place("mail", "boss@acme.example")))
        assert counted(home) == {("mail", "failed"): 1}
        await home.store.erase(CASE, [message().notice])
        await home.deliver(wanted(Place("webhook", hooks.url)))
        assert counted(home)[("webhook", "failed")] == 1
        assert hooks.calls == []


async def until(home: House, holds: Callable[[], bool]) -> None:
    """Returns once it holds; TimeoutError where it never does."""
    async with asyncio.timeout(20):
        while not holds():
            home.engine.wake()
            await asyncio.sleep(0.01)


async def test_killed_before_it_heard_that_a_message_was_taken_it_sends_the_same_again(
    tmp_path: Path, shown_papers: Papers
) -> None:
    killed = asyncio.Event()

    async with endpoint(shown_papers) as hooks, mail_server(shown_papers) as box:
        await keep(tmp_path, wanted(Place("mail", "boss@acme.example")), wanted(Place("webhook", hooks.url)))
        variables = {
            "database": f"sqlite:///{tmp_path}/bot.db",
            "smtp_url": box.url,
            "mail_from": "mill@acme.example",
            "authorities": str(shown_papers.authority),
            "private_hosts": f"localhost:{urlsplit(hooks.url).port}",
        }

        async def kept_waiting(request: web.Request) -> web.Response:
            await killed.wait()
            return web.Response(status=204)

        hooks.answers.append(kept_waiting)
        box.before_answering = killed
        with serving(tmp_path, **variables) as child:
            async with asyncio.timeout(20):
                await hooks.came.wait()
                await box.came.wait()
            child.process.kill()
            child.process.wait()
            killed.set()
        hooks.came.clear()
        box.came.clear()
        with serving(tmp_path, **variables):
            async with asyncio.timeout(20):
                await hooks.came.wait()
                await box.came.wait()
        assert len(hooks.calls) == 2
        assert len({one.id for one in hooks.calls}) == 1
        assert len(box.mails) == 2
        assert len({str(one["Message-ID"]) for one in box.mails}) == 1
