"""A small world for every test: acme with a public and a private repository, four people, the App installed."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import pytest
from aiohttp import web

from bot.sandbox.client import Client
from bot.sandbox.identity import installation_token
from bot.sandbox.keys import new_key_pair
from bot.sandbox.people import Organisation, Participant
from bot.sandbox.places import Place
from bot.sandbox.state import App, Installation
from bot.sandbox.story import Story, begin
from tests.contract.descriptions import PACKAGES, webhook_faults

PERMISSIONS = {
    "issues": "write", "pull_requests": "write", "checks": "write", "contents": "write", "actions": "write",
    "deployments": "write", "members": "read",
}  # fmt: skip
EVENTS = [
    "issues", "issue_comment", "label", "pull_request", "pull_request_review", "push", "create", "delete",
    "check_run", "check_suite", "deployment", "deployment_status", "release", "repository", "member",
    "membership", "organization", "team",
]  # fmt: skip


@dataclass
class Clock:
    """A clock that the test sets."""

    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.now


@dataclass
class Mailbox:
    """A receiver of webhooks that answers `status`."""

    received: list[tuple[dict[str, str], bytes, Any]] = field(default_factory=list)
    status: int = 202

    async def take(self, request: web.Request) -> web.Response:
        self.received.append((dict(request.headers), await request.read(), await request.json()))
        return web.Response(status=self.status)

    def names(self) -> list[str]:
        """Events with their actions, in order of arrival."""
        return [_name(headers["X-GitHub-Event"], payload) for headers, _, payload in self.received]

    def of(self, name: str) -> list[Any]:
        """Payloads of one kind."""
        return [p for headers, _, p in self.received if _name(headers["X-GitHub-Event"], p) == name]


def _name(event: str, payload: Any) -> str:
    return f"{event}.{payload['action']}" if "action" in payload else event


@dataclass
class World:
    """What most tests start from."""

    story: Story
    clock: Clock
    mailbox: Mailbox
    acme: Organisation
    widgets: Place
    vault: Place
    admin: Participant
    writer: Participant
    triager: Participant
    outsider: Participant
    app: App
    installation: Installation

    def bot(self, permissions: dict[str, str] | None = None, *places: Place) -> Client:
        """A client with an installation token, narrowed if asked."""
        ids = frozenset(place.id for place in places) if places else None
        token = installation_token(self.story.sandbox.world, self.installation, permissions, ids)
        return self.story.client(token.value)

    def signed(self, **claims: object) -> Client:
        """A client with the App's JWT."""
        now = int(self.clock())
        content = {"iss": str(self.app.id), "iat": now - 60, "exp": now + 540, **claims}
        return self.story.client(jwt.encode(content, self.app.private_key, "RS256"))


@pytest.fixture(scope="session")
def keys() -> tuple[str, str]:
    return new_key_pair()  # Costs a tenth of a second: once for all tests.


@pytest.fixture
async def world(tmp_path: Path, keys: tuple[str, str]) -> AsyncIterator[World]:
    mailbox, clock, app_server = Mailbox(), Clock(), web.Application()
    app_server.router.add_post("/github", mailbox.take)
    runner = web.AppRunner(app_server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    story = await begin(tmp_path, clock=clock)
    acme = story.organisation("acme")
    widgets, vault = story.repository("acme/widgets"), story.repository("acme/vault", private=True)
    people = {name: story.person(name) for name in ("admin", "writer", "triager", "outsider")}
    for role in ("admin", "write", "triage"):
        who = {"admin": "admin", "write": "writer", "triage": "triager"}[role]
        widgets.grant(people[who], role)
    app = story.app("millwright", PERMISSIONS, EVENTS, acme, keys)
    app.webhook_url = f"http://127.0.0.1:{runner.addresses[0][1]}/github"
    installation = story.install(app, acme, [widgets])
    yield World(story, clock, mailbox, acme, widgets, vault, app=app, installation=installation, **people)
    await story.close()
    await runner.cleanup()
    if (PACKAGES / "openapi-webhooks").exists():  # Every test holds what was sent against GitHub's description.
        assert [f for one in story.sandbox.webhooks.log for f in webhook_faults(one.event, one.payload)] == []
