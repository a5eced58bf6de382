"""Webhooks to Apps: signed, each with its GUID, 10 seconds to answer, never retried, all kept in a log."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp

from bot.sandbox.answers import Json
from bot.sandbox.faults import Faults
from bot.sandbox.identity import LEVELS
from bot.sandbox.state import Account, App, Installation, World

TIME_LIMIT = 10.0
ALWAYS = ("installation", "installation_repositories", "github_app_authorization")
# Which permission an App needs to be told of an event; see
# https://docs.github.com/webhooks/webhook-events-and-payloads
NEEDS = {
    "issues": ("issues",), "issue_comment": ("issues", "pull_requests"), "label": ("issues", "pull_requests"),
    "pull_request": ("pull_requests",), "pull_request_review": ("pull_requests",), "push": ("contents",),
    "create": ("contents",), "delete": ("contents",), "release": ("contents",), "check_run": ("checks",),
    "check_suite": ("checks",), "deployment": ("deployments",), "deployment_status": ("deployments",),
    "workflow_run": ("actions",), "workflow_job": ("actions",), "workflow_dispatch": ("contents",),
    "repository": ("metadata",), "member": ("members",), "team": ("members",),
    "membership": ("members",),
    "organization": ("members",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Doer:
    """Who did something, and whether by a job's GITHUB_TOKEN, which starts no workflows."""

    account: Account
    is_job: bool = False
    only: int | None = None
    """the one App that is told, None for all that may know"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to deliver one event to one App; `guid` is shared by all attempts."""

    id: int
    guid: str
    app_id: int
    event: str
    action: str | None
    installation_id: int | None
    repository_id: int | None
    url: str
    headers: dict[str, str]
    body: bytes
    delivered_at: str
    is_redelivery: bool = False
    duration: float = 0.0
    status: str = "pending"
    status_code: int = 0
    response_headers: dict[str, str] = field(default_factory=dict)
    response_body: str = ""

    @property
    def payload(self) -> Json:
        """What was sent."""
        parsed: Json = json.loads(self.body)
        return parsed


@dataclass(slots=True)
class Webhooks:
    """The post office: `log` holds every delivery, oldest first."""

    world: World
    faults: Faults = field(default_factory=Faults)
    log: list[Delivery] = field(default_factory=list)
    _session: aiohttp.ClientSession | None = None
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def send(self, installation: Installation, event: str, payload: Json, repository_id: int | None) -> None:
        """Deliver in the background, if the App listens to the event and may know of it."""
        app = self.world.apps[installation.app_id]
        if not app.webhook_url or not is_told(installation, event, payload.get("action")):
            return
        body = json.dumps(payload, ensure_ascii=False).encode()
        guid = str(uuid.uuid4())
        delivery = Delivery(
            self.world.next_id(), guid, app.id, event, payload.get("action"), installation.id, repository_id,
            app.webhook_url, _headers(app, event, guid, body), body, self.world.now(),
        )  # fmt: skip
        self._post(delivery)

    def redeliver(self, delivery: Delivery) -> None:
        """Another attempt under the same GUID, to where the App's webhook is now, signed anew."""
        app = self.world.apps[delivery.app_id]
        headers = _headers(app, delivery.event, delivery.guid, delivery.body)
        again = replace(
            delivery, id=self.world.next_id(), is_redelivery=True, url=app.webhook_url, headers=headers,
            delivered_at=self.world.now(), duration=0.0, status="pending", status_code=0,
        )  # fmt: skip
        self._post(again)

    def _post(self, delivery: Delivery) -> None:
        """Send it as often as the dice say: once, unless faults are on."""
        attempts = self.faults.attempts()
        for wait in attempts:
            self.run(self._deliver(delivery, wait))
            delivery = replace(delivery, id=self.world.next_id())
        if not attempts:
            self.log.append(replace(delivery, status="failed to connect to host", status_code=502))

    def run(self, work: Coroutine[Any, Any, object]) -> None:
        """Do something in the background that `settle` waits for."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Return once nothing is under way, what came of it included."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        """Stop delivering."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _deliver(self, delivery: Delivery, wait: float) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIME_LIMIT))
        loop = asyncio.get_running_loop()
        place, began = len(self.log), loop.time()
        self.log.append(delivery)
        if wait:
            await asyncio.sleep(wait)
        try:
            async with self._session.post(delivery.url, data=delivery.body, headers=delivery.headers) as answer:
                said = (await answer.content.read(65_536)).decode(errors="replace")
                outcome: Json = {
                    "status": answer.reason or "",
                    "status_code": answer.status,
                    "response_body": said,
                }
                outcome |= {"response_headers": dict(answer.headers)}
                if answer.ok:
                    outcome["status"] = "OK"
        except TimeoutError:
            outcome = {"status": "timed out", "status_code": 504}
        except aiohttp.ClientError:
            outcome = {"status": "failed to connect to host", "status_code": 502}
        self.log[place] = replace(delivery, duration=round(loop.time() - began, 3), **outcome)


def is_told(installation: Installation, event: str, action: str | None) -> bool:
    """Whether an installation's App gets this event."""
    if event in ALWAYS:
        return True
    needed = NEEDS.get(event, ("metadata",))
    held = [installation.permissions.get(p, "read" if p == "metadata" else "none") for p in needed]
    level = max(held, key=LEVELS.index)
    if event in ("check_run", "check_suite") and action in ("requested", "rerequested", "requested_action"):
        return level in ("write", "admin")  # Sent to Apps that may write checks without their asking.
    return event in installation.events and level != "none"


def _headers(app: App, event: str, guid: str, body: bytes) -> dict[str, str]:
    """What GitHub puts on a delivery, signature included.

    See https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
    """
    key = app.webhook_secret.encode()
    headers = {
        "User-Agent": "GitHub-Hookshot/5a4d0e1", "Accept": "*/*", "Content-Type": "application/json",
        "X-GitHub-Delivery": guid, "X-GitHub-Event": event, "X-GitHub-Hook-ID": str(app.id),
        "X-GitHub-Hook-Installation-Target-ID": str(app.id),
        "X-GitHub-Hook-Installation-Target-Type": "integration",
    }  # fmt: skip
    if app.webhook_secret:
        headers["X-Hub-Signature"] = "sha1=" + hmac.new(key, body, "sha1").hexdigest()
        headers["X-Hub-Signature-256"] = "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()
    return headers
