"""The routes of the pages for a browser, who is let in, and what headers an answer carries.

Whoever opens a page speaks as anybody, so no other page in the browser may: a request must name this machine as
its host, which a rebound name does not, and what changes something must come from these pages.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.resources import files

from aiohttp import web

from bot.sandbox.answers import Refusal
from bot.sandbox.client import Refused
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Repository
from bot.sandbox.web import forms, overview, reports, thread, write
from bot.sandbox.web.forms import Try
from bot.sandbox.web.shown import Shown

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PACK_POLICY = (
    "sandbox; default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'"
)
"""What lies in a pack was made of an author's briefing: it runs nothing and sends nothing."""
_STATIC = {"look.css": "text/css", "live.js": "text/javascript"}
_THREAD = "/{owner}/{repo}/issues/{number:[0-9]+}"
Page = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door:
    """The handlers, over one sandbox."""

    def __init__(self, sandbox: Sandbox, shown: Shown) -> None:
        self.sandbox, self.shown = sandbox, shown

    def routes(self) -> list[web.RouteDef]:
        """All pages."""
        return [
            web.get("/-/", self._guarded(self.start)),
            web.get("/-/{name:look\\.css|live\\.js}", self._guarded(self.static)),
            web.get("/-/packs/{id:[0-9]+}/{asset:[0-9]+}/{path:.+}", self._guarded(self.pack)),
            web.get("/{owner}/{repo}", self._guarded(self.repository)),
            web.get("/{owner}/{repo}/issues/new", self._guarded(self.blank)),
            web.post("/{owner}/{repo}/issues/new", self._guarded(self.open)),
            web.get(_THREAD, self._guarded(self.thread)),
            web.get("/{owner}/{repo}/pull/{number:[0-9]+}", self._guarded(self.thread)),
            web.post(_THREAD, self._guarded(self.comment)),
            web.get("/{owner}/{repo}/runs/{id:[0-9]+}", self._guarded(self.check_run)),
            web.get("/{owner}/{repo}/actions/runs/{id:[0-9]+}", self._guarded(self.run)),
        ]

    def _guarded(self, handler: Page) -> Page:
        async def answer(request: web.Request) -> web.StreamResponse:
            own = self.sandbox.url
            if f"http://{request.host}" != own:
                raise Refusal(403, f"These pages answer at {own} only")
            if request.method == "POST" and request.headers.get("Origin") != own:
                raise Refusal(403, f"Only pages of {own} may change anything")
            response = await handler(request)
            response.headers.setdefault("Content-Security-Policy", POLICY)
            response.headers.update(
                {
                    "X-Content-Type-Options": "nosniff",
                    "Referrer-Policy": "same-origin",
                    "Cache-Control": "no-store",
                }
            )
            return response

        return answer

    def _found(self, request: web.Request) -> Repository:
        found = self.sandbox.world.repository("{owner}/{repo}".format(**request.match_info))
        if found is None:
            raise web.HTTPNotFound
        return found

    async def start(self, _: web.Request) -> web.Response:
        """The first page."""
        return _html(overview.start(self.sandbox, self.shown))

    async def static(self, request: web.Request) -> web.Response:
        """The look and the one script."""
        name = request.match_info["name"]
        return web.Response(body=(files("bot.sandbox.web") / name).read_bytes(), content_type=_STATIC[name])

    async def repository(self, request: web.Request) -> web.Response:
        """One repository."""
        return _html(overview.repository(self.sandbox, self._found(request)))

    async def thread(self, request: web.Request, last: Try | None = None) -> web.Response:
        """An issue or pull request."""
        found = self._found(request)
        one = found.issues.get(int(request.match_info["number"]))
        if one is None:
            raise web.HTTPNotFound
        last = last or Try(request.query.get("as", ""))
        return _html(await thread.thread(self.sandbox, self.shown, found, one, last))

    async def comment(self, request: web.Request) -> web.StreamResponse:
        """Say something, and come back to the thread."""
        form, found = await request.post(), self._found(request)
        chosen, number = str(form.get("as", "")), int(request.match_info["number"])
        who = write.participant(self.sandbox, self.shown, chosen)
        if who is None:
            raise web.HTTPNotFound
        try:
            await write.comment(self.sandbox, who, found, number, str(form.get("body", "")))
        except Refused as refused:
            return await self.thread(request, Try(chosen, f"GitHub refuses: {refused.message}"))
        raise web.HTTPSeeOther(f"/{self.sandbox.world.full_name(found)}/issues/{number}?as={who.login}#answer")

    async def blank(self, request: web.Request) -> web.Response:
        """The form for a new issue."""
        drafts, asked = list(self.shown.drafts), request.query.get("draft", "0")
        draft = drafts[int(asked)] if asked.isdigit() and int(asked) < len(drafts) else ""
        return _html(forms.new(self.sandbox, self.shown, self._found(request), draft, Try()))

    async def open(self, request: web.Request) -> web.StreamResponse:
        """Open the issue, and go there."""
        form, found = await request.post(), self._found(request)
        who = write.participant(self.sandbox, self.shown, str(form.get("as", "")))
        title = str(form.get("title", "")).strip()
        if who is None or not title:
            raise web.HTTPNotFound
        body = str(form.get("body", "")).replace("\r\n", "\n")
        number = await write.issue(self.sandbox, who, found, title, body, list(self.shown.labels))
        raise web.HTTPSeeOther(f"/{self.sandbox.world.full_name(found)}/issues/{number}?as={who.login}")

    async def check_run(self, request: web.Request) -> web.Response:
        """A check run."""
        found = self._found(request)
        one = found.check_runs.get(int(request.match_info["id"]))
        if one is None:
            raise web.HTTPNotFound
        return _html(reports.check_run(self.sandbox, found, one))

    async def run(self, request: web.Request) -> web.Response:
        """A workflow run."""
        one = self.sandbox.actions.runs.get(int(request.match_info["id"]))
        if one is None:
            raise web.HTTPNotFound
        return _html(reports.run(self.sandbox, self._found(request), one))

    async def pack(self, request: web.Request) -> web.Response:
        """A file inside an evidence pack."""
        found = self.sandbox.world.repositories.get(int(request.match_info["id"]))
        number = int(request.match_info["asset"])
        held = [one.assets[number] for one in (found.releases.values() if found else ()) if number in one.assets]
        inside = reports.packed(held[0].content, request.match_info["path"]) if held else None
        if inside is None:
            raise web.HTTPNotFound
        body, kind = inside
        # Chromium shows no PDF in a sandboxed page.
        policy = "default-src 'none'; style-src 'unsafe-inline'" if kind == "application/pdf" else PACK_POLICY
        charset = "utf-8" if kind.startswith("text/") else None
        return web.Response(
            body=body, content_type=kind, charset=charset, headers={"Content-Security-Policy": policy}
        )


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")
