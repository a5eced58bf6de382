"""The running sandbox: an aiohttp server on a local port, its world, its webhooks and the log of its requests."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from bot.sandbox.actions import Actions
from bot.sandbox.actions import routes as action_routes
from bot.sandbox.answers import Json, Refusal
from bot.sandbox.call import IDENTITY
from bot.sandbox.faults import Faults
from bot.sandbox.git import Git
from bot.sandbox.identity import ANONYMOUS, identify, require_place_for_app
from bot.sandbox.limits import Allowance, Limits, caller_of
from bot.sandbox.rest import every_route
from bot.sandbox.shapes.events import envelope, of_organisation
from bot.sandbox.state import Account, Installation, Repository, World, reaches
from bot.sandbox.web.shown import Shown
from bot.sandbox.webhooks import Doer, Webhooks

MOST_BYTES = 256 * 1024 * 1024
OPEN_PATHS = "/_"  # What lies below checks its callers itself: OIDC, artifacts, runner.


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the log keeps it; `body` is what was sent, `content_type` its kind."""

    method: str
    path: str
    query: str
    status: int
    identity: str
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that happened to a repository, for those inside who react to it, such as workflows."""

    event: str
    action: str | None
    repository: Repository
    payload: Json
    doer: Doer


Listener = Callable[[Occurrence], Coroutine[None, None, None]]


@dataclass(slots=True)
class Sandbox:
    """A GitHub in `data` (a folder for its git repositories); nothing is shared between two of them."""

    data: Path
    clock: Callable[[], float] = time.time
    allowance: Allowance = field(default_factory=Allowance)
    faults: Faults = field(default_factory=Faults)
    requests: list[Asked] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)
    closers: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    shown: Shown | None = None
    """there are pages for a browser, and this is what they tell; on them one is whoever one says"""
    world: World = field(init=False)
    webhooks: Webhooks = field(init=False)
    limits: Limits = field(init=False)
    actions: Actions = field(init=False)
    _runner: web.AppRunner | None = None

    def __post_init__(self) -> None:
        self.world = World(self.clock)
        self.webhooks = Webhooks(self.world, self.faults)
        self.limits = Limits(self.clock, self.allowance)
        self.actions = Actions(self)

    @property
    def url(self) -> str:
        """Where the API answers, without a slash at the end."""
        return self.world.url

    async def start(self, port: int = 0) -> Sandbox:
        """Listen on a local port (0: any free one)."""
        app = web.Application(middlewares=[self._gate], client_max_size=MOST_BYTES)
        app.add_routes(every_route(self))
        app.add_routes(action_routes(self))
        if self.shown is not None:
            from bot.sandbox.web.door import Door

            app.add_routes(Door(self, self.shown).routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.world.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def stop(self) -> None:
        """Stop what runs in the background, then listening."""
        for close in self.closers:
            await close()
        await self.webhooks.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def settle(self) -> None:
        """Wait until every delivery under way has been answered or given up."""
        await self.webhooks.settle()

    def git(self, repository: Repository) -> Git:
        """The bare git repository under a repository."""
        return Git(self.data / "git" / f"{repository.id}.git")

    def emit(
        self,
        repository: Repository,
        event: str,
        action: str | None,
        payload: Json,
        doer: Doer,
    ) -> None:
        """Tell every App that may know and wants to (where the doer says so, one App alone); then those inside."""
        for installation in list(self.world.installations.values()):
            is_meant = doer.only in (None, installation.app_id) and installation.suspended_at is None
            if is_meant and reaches(installation, repository):
                full = envelope(self.world, repository, action, payload, doer.account, installation)
                self.webhooks.send(installation, event, full, repository.id)
        for listener in self.listeners:
            self.webhooks.run(listener(Occurrence(event, action, repository, payload, doer)))

    def emit_organisation(self, owner: Account, event: str, action: str, payload: Json, doer: Account) -> None:
        """Tell the Apps on an organisation, whichever of its repositories they reach, of what happened to it."""
        for installation in list(self.world.installations.values()):
            if installation.account_id == owner.id and installation.suspended_at is None:
                full = of_organisation(self.world, owner, action, payload, doer, installation)
                self.webhooks.send(installation, event, full, None)

    def emit_to(
        self, installation: Installation, event: str, payload: Json, repository_id: int | None = None
    ) -> None:
        """Tell one installation's App of something that is its own."""
        self.webhooks.send(installation, event, payload, repository_id)

    def _published(self, path: str) -> str:
        """The path by which GitHub's description knows `/repositories/<number>…`, as redirects have it."""
        _, kind, number, *rest = [*path.split("/", 3), "", ""]
        found = self.world.repositories.get(int(number)) if kind == "repositories" and number.isdigit() else None
        if found is None:
            return path
        return "/".join(["/repos", self.world.full_name(found), *filter(None, rest)])

    @web.middleware
    async def _gate(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        request[IDENTITY] = ANONYMOUS
        response = await self._answer(request, handler)
        is_kept = request.method not in ("GET", "HEAD") and not request.path.startswith(OPEN_PATHS)
        body = await request.read() if is_kept else b""
        path = self._published(request.path)
        self.requests.append(
            Asked(
                request.method, path, request.query_string, response.status, str(request[IDENTITY]),
                request.content_type, body,
            )
        )  # fmt: skip
        return response

    async def _answer(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if request.path.startswith(OPEN_PATHS):
            return await handler(request)
        spent, status = None, 0
        try:
            request[IDENTITY] = identify(self.world, request.headers.get("Authorization"))
            require_place_for_app(request[IDENTITY], request.path)
            caller = caller_of(request[IDENTITY])
            spent = self.limits.enter(caller, request.method, request.path)
            response = await self.faults.around(caller, request, handler)
            status = response.status
            if not response.prepared:
                response.headers.update(self.limits.headers(caller))
        except Refusal as refusal:
            response = refusal.response()
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            response = Refusal(404, "Not Found").response()
        finally:
            if spent is not None:
                self.limits.leave(spent, request.method, status)
        if not response.prepared:
            response.headers["X-GitHub-Request-Id"] = f"{len(self.requests):08X}"
            response.headers["X-GitHub-Media-Type"] = "github.v3; format=json"
        return response
