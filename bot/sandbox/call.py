"""One request as a handler sees it: who calls, what was sent, and the way to let pass, announce and answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.access import can_see, require
from bot.sandbox.answers import Json, Refusal, not_found, ok, page_of, with_etag
from bot.sandbox.git import Git
from bot.sandbox.identity import Identity
from bot.sandbox.state import Account, Repository, World
from bot.sandbox.threads import Issue
from bot.sandbox.webhooks import Doer

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

IDENTITY = web.RequestKey("identity", Identity)


@dataclass(frozen=True, slots=True)
class Call:
    """A request with its caller and its JSON body (empty when none was sent)."""

    sandbox: Sandbox
    request: web.Request
    identity: Identity
    body: Json

    @property
    def world(self) -> World:
        """All that exists."""
        return self.sandbox.world

    def part(self, name: str) -> str:
        """A part of the path."""
        return self.request.match_info[name]

    def number(self, name: str) -> int:
        """A part of the path that is a number; 404 when it is none."""
        text = self.part(name)
        if not text.isascii() or not text.isdigit():
            raise not_found()
        return int(text)

    def query(self, name: str, default: str = "") -> str:
        """A query parameter."""
        return self.request.query.get(name, default)

    def repository(self, permission: str, level: str, role: str | None = None) -> Repository:
        """The repository of the path, once `access.require` lets the caller pass."""
        found = self.place()
        require(self.world, self.identity, found, permission, level, role)
        return found

    def place(self) -> Repository:
        """The repository of the path, by its name or its number, whoever asks; what was renamed redirects."""
        if "repository" in self.request.match_info:
            found = self.world.repositories.get(self.number("repository"))
            if found is None or found.is_deleted:
                raise not_found()
            return found
        name = f"{self.part('owner')}/{self.part('repo')}"
        return self.world.repository(name) or self._renamed(name)

    def _renamed(self, name: str) -> Repository:
        """Raises a redirect to a renamed repository by its number, 404 for what never was or may not be seen."""
        now = self.world.repositories.get(self.world.former_names.get(name.lower(), 0))
        if now is None or not can_see(self.world, self.identity, now):
            raise not_found()
        raise self.redirect(f"/repos/{name}", f"/repositories/{now.id}")

    def redirect(self, old: str, new: str) -> Refusal:
        """301 for those who read and 307 for those who write, with `old` in the address replaced.

        See https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
        """
        url = str(self.request.url).replace(old, new, 1)
        if self.request.method in ("GET", "HEAD"):
            return Refusal(301, "Moved Permanently", Location=url)
        return Refusal(307, "Temporary Redirect", Location=url)

    def issue(self, repository: Repository) -> Issue:
        """The issue or pull request of the path: 301 where it was transferred, 410 where it was deleted.

        See https://docs.github.com/rest/issues/issues#get-an-issue
        """
        number = self.number("number")
        if (found := repository.issues.get(number)) is not None:
            return found
        if number in repository.gone:
            raise Refusal(410, "This issue was deleted")
        there, new = repository.moved.get(number, (0, 0))
        now = self.world.repositories.get(there)
        if now is None or not can_see(self.world, self.identity, now):
            raise not_found()
        tail = self.request.path.partition(f"/issues/{number}")[2]
        url = f"{self.world.url}/repositories/{now.id}/issues/{new}{tail}"
        raise Refusal(301, "Moved Permanently", Location=url)

    def git(self, repository: Repository) -> Git:
        """The repository's git."""
        return self.sandbox.git(repository)

    @property
    def actor(self) -> Account:
        """Whom the deed is ascribed to; 401 for nobody, 403 for an App without an installation."""
        if self.identity.account is None:
            raise Refusal(401, "Requires authentication")
        return self.identity.account

    @property
    def app_id(self) -> int | None:
        """The App through which a token acts."""
        return self.identity.app.id if self.identity.app else None

    def emit(
        self, repository: Repository, event: str, action: str | None, payload: Json, only: int | None = None
    ) -> None:
        """Send a webhook about what this caller just did; with `only`, to that App alone."""
        self.sandbox.emit(repository, event, action, payload, replace(self.doer, only=only))

    @property
    def doer(self) -> Doer:
        """Whom a webhook names as sender."""
        return Doer(self.actor, self.identity.kind == "job")

    def page(self, items: Iterable[object], shape: Callable[..., Json] | None = None) -> web.Response:
        """One page of a list, each item through `shape`."""
        chosen, headers = page_of(self.request, list(items))
        return ok([shape(item) for item in chosen] if shape else list(chosen), headers=headers)

    def page_under(self, name: str, items: Iterable[object], shape: Callable[..., Json]) -> web.Response:
        """One page in the envelope `{total_count, <name>: […]}`."""
        everything = list(items)
        chosen, headers = page_of(self.request, everything)
        return ok({"total_count": len(everything), name: [shape(item) for item in chosen]}, headers=headers)

    def visible(self) -> list[Repository]:
        """The repositories this caller can see."""
        return [r for r in self.world.repositories.values() if can_see(self.world, self.identity, r)]


Handler = Callable[[Call], Awaitable[web.StreamResponse]]


def bind(sandbox: Sandbox, table: Iterable[tuple[str, str, Handler]]) -> list[web.RouteDef]:
    """Routes from lines of (method, path, handler); a repository is reached by its number too, as redirects do."""
    named, numbered = "/repos/{owner}/{repo}", "/repositories/{repository}"
    lines = list(table)
    lines += [(m, numbered + path.removeprefix(named), h) for m, path, h in lines if path.startswith(named)]
    return [web.route(method, path, _adapted(sandbox, handler)) for method, path, handler in lines]


def _adapted(sandbox: Sandbox, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        body = await _json_body(request)
        response = await handler(Call(sandbox, request, request[IDENTITY], body))
        return with_etag(request, response) if isinstance(response, web.Response) else response

    return answer


async def _json_body(request: web.Request) -> Json:
    if request.method in ("GET", "HEAD") or request.content_type == "application/octet-stream":
        return {}
    if request.path.startswith("/uploads/"):
        return {}
    raw = await request.read()
    if not raw:
        return {}
    try:
        value = json.loads(raw)
    except ValueError:
        raise Refusal(400, "Problems parsing JSON") from None
    if isinstance(value, list) and request.path.endswith("/labels"):
        return {"labels": value}  # The one endpoint that takes a bare array.
    if not isinstance(value, dict):
        raise Refusal(400, "Body should be a JSON object")
    return value
