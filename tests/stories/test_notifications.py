"""Those whom the policy names are told how it ended: by mail and by a signed webhook, once each."""

from __future__ import annotations

import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest_asyncio

from bot.app import start
from bot.cli.demo.scene import Pace, Scene, settings
from bot.domain.webhook_secret import of_endpoint, shown
from tests.post.servers import Endpoint, MailBox, endpoint, mail_server, papers
from tests.stories.test_policy_check import POLICY, check, policy_now, proposed
from tests.stories.words import carried_out, planned, says, state, sticky
from tests.stories.world import change_policy, serve_earlier_release, served, while_it_runs


@dataclass(frozen=True)
class Outside:
    """Who is told."""

    box: MailBox
    hooks: Endpoint
    secret: str


@pytest_asyncio.fixture
async def outside(scene: Scene, tmp_path: Path) -> AsyncIterator[Outside]:
    """The scene's bot with a mail server and an endpoint, and a policy that names both."""
    made = papers(tmp_path)
    async with mail_server(made) as box, endpoint(made) as hooks:
        variables = {
            "MILLWRIGHT_SMTP_URL": box.url,
            "MILLWRIGHT_MAIL_FROM": "millwright@acme.example",
            "MILLWRIGHT_AUTHORITIES": str(made.authority),
            "MILLWRIGHT_PRIVATE_HOSTS": f"localhost:{urlsplit(hooks.url).port}",
        }
        await with_settings(scene, variables)
        await change_policy(scene, notifications("boss@acme.example", hooks.url))
        operations = await scene.cast.olga.http.get(scene.cast.operations.path)
        secret = shown(of_endpoint(scene.keys.session, operations["id"], hooks.url))
        yield Outside(box, hooks, secret)
        await scene.bot.stop()


def notifications(to: str, url: str) -> str:
    return f"notifications:\n  - {{kind: mail, to: [{to}]}}\n  - {{kind: webhook, url: '{url}'}}\n"


async def with_settings(scene: Scene, variables: dict[str, str]) -> None:
    """The bot starts anew with these variables, at the same address; its pauses are a hundredth."""
    port = urlsplit(scene.bot.url).port
    await scene.bot.stop()
    sock = socket.create_server(("127.0.0.1", port or 0))
    told = settings(scene.folder, scene.story, scene.cast.app, Pace(scale=0.01), variables)
    scene.bot = await start(told, sock=sock)


async def test_what_is_done_is_told_once_by_mail_and_once_by_webhook(scene: Scene, outside: Outside) -> None:
    number = await carried_out(scene)
    [mail], [call] = outside.box.mails, outside.hooks.calls
    assert outside.box.envelopes == [("millwright@acme.example", ["boss@acme.example"])]
    assert mail["Subject"] == "✅ WEB-1 done: Acme Consulting GmbH: acme-consulting.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_body(("plain",))
    assert text is not None
    words = text.get_content()
    assert f"Live at {scene.site.url}" in words
    assert "evidence_pack" in words
    assert "Cost: " in words

    told = call.opened(outside.secret)
    assert told["type"] == "capability.completed"
    data = told["data"]
    assert (data["id"], data["number"], data["outcome"], data["url"]) == (
        f"WEB-{number}",
        number,
        "completed",
        scene.site.url,
    )
    assert data["evidence"]["url"].endswith("evidence_pack_WEB-1.zip")
    assert data["issue"].endswith(f"/issues/{number}")
    audit = await says(scene, scene.cast.anna, number, "/audit")
    assert "mail to acme.example was taken" in audit
    assert "boss" not in audit


async def test_what_failed_names_what_remains_and_what_was_taken_back_says_so(
    scene: Scene, outside: Outside
) -> None:
    serve_earlier_release(scene)
    number, line = await planned(scene)
    async with while_it_runs(scene, number, line, lambda: served(scene) != "r-earlier"):
        shutil.rmtree(scene.site.root / "releases" / "r-earlier")  # somebody tidies up what we would go back to
        scene.site.break_down()
    shown = await sticky(scene, number)
    assert await state(scene, number) == "failed", shown
    [mail], [call] = outside.box.mails, outside.hooks.calls
    told = call.opened(outside.secret)
    assert told["type"] == "capability.failed"
    assert told["data"]["residue"]
    text = mail.get_body(("plain",))
    assert text is not None
    assert "What remains" in text.get_content()
    assert "release" in text.get_content()


async def test_an_endpoint_that_takes_nothing_holds_up_neither_mail_nor_commands(
    scene: Scene, outside: Outside
) -> None:
    outside.hooks.answers += [503] * 100
    number = await carried_out(scene)
    assert len(outside.box.mails) == 1
    assert "completed" in await says(scene, scene.cast.anna, number, "/status")
    assert await state(scene, number) == "completed"
    assert outside.hooks.calls


async def test_a_mail_without_a_mail_server_is_said_and_stops_nothing(scene: Scene) -> None:
    await change_policy(scene, "notifications:\n  - {kind: mail, to: [boss@acme.example]}\n")
    number = await carried_out(scene)
    said = await says(scene, scene.cast.anna, number, "/status")
    assert "mail to acme.example" in said
    assert "no mail server" in said
    assert "boss" not in said


async def test_a_policy_that_wants_mail_from_a_bot_without_a_mail_server_is_warned_of(scene: Scene) -> None:
    text = await policy_now(scene)
    pull = await proposed(scene, {POLICY: f"{text}notifications:\n  - {{kind: mail, to: [boss@acme.example]}}\n"})
    found = await check(scene, pull)
    [note] = found["notes"]
    assert note["annotation_level"] == "warning"
    assert "no mail server" in note["message"]
    assert "mail to 1 address on completed" in found["output"]["text"] + found["output"]["summary"]
