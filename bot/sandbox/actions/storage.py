"""Keep artifacts, and hand their ZIPs out from a host of their own by links that live for a minute."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from aiohttp import web

from bot.sandbox.actions.model import Artifact, Run
from bot.sandbox.answers import Refusal
from bot.sandbox.state import World, stamp

LINK_LIVES = 60.0  # seconds, as https://docs.github.com/en/rest/actions/artifacts says
DAY = 86_400
FORBIDDEN = '":<>|*?\r\n\\/'


@dataclass(frozen=True)
class Blob:
    """Bytes to be fetched by a link."""

    content: bytes
    kind: str
    name: str


@dataclass
class Storage:
    """Artifacts by number, and the small server of blobs that stands on a port of its own."""

    world: World
    artifacts: dict[int, Artifact] = field(default_factory=dict)
    url: str = ""
    _links: dict[str, tuple[Blob, float]] = field(default_factory=dict)
    _runner: web.AppRunner | None = None

    def of(self, run: Run) -> list[Artifact]:
        """A run's artifacts, newest first as GitHub lists them."""
        return [one for one in reversed(self.artifacts.values()) if one.run_id == run.id]

    def keep(self, run: Run, name: str, content: bytes, days: int, *, may_replace: bool) -> Artifact:
        """Store a ZIP; 409 where the run has an artifact of that name already, 400 for a bad name."""
        if not name or any(character in FORBIDDEN for character in name):
            raise Refusal(400, f"The artifact name is not valid: {name}")
        same = [one for one in self.of(run) if one.name == name]
        if same and not may_replace:
            raise Refusal(409, "an artifact with this name already exists on the workflow run")
        self.drop(same)
        now = self.world.clock()
        ends = stamp(now + (days or 90) * DAY)
        digest = hashlib.sha256(content).hexdigest()
        made = Artifact(self.world.next_id(), run.id, name, content, digest, stamp(now), ends)
        self.artifacts[made.id] = made
        return made

    def drop(self, some: Iterable[Artifact]) -> None:
        """Forget artifacts."""
        for one in list(some):
            self.artifacts.pop(one.id, None)

    def link(self, one: Artifact) -> str:
        """A link to the ZIP that needs no token and refuses one."""
        return self._link(Blob(one.content, "application/zip", f"{one.name}.zip"))

    def link_to_text(self, text: str) -> str:
        """The same for a log."""
        return self._link(Blob(text.encode(), "text/plain", "log.txt"))

    def _link(self, blob: Blob) -> str:
        key = secrets.token_urlsafe(24)
        self._links[key] = (blob, self.world.clock() + LINK_LIVES)
        return f"{self.url}/actions-results/{key}"

    async def start(self) -> None:
        """Listen on a free local port; starting twice does nothing."""
        if self._runner is not None:
            return
        app = web.Application()
        app.add_routes([web.get("/actions-results/{key}", self._download)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _download(self, request: web.Request) -> web.Response:
        if "Authorization" in request.headers:  # the blob store refuses two kinds of authentication at once
            return web.Response(status=400, text="<Error><Code>InvalidAuthenticationInfo</Code></Error>")
        blob, ends = self._links.get(request.match_info["key"], (None, 0.0))
        if blob is None or self.world.clock() > ends:
            return web.Response(status=403, text="<Error><Code>AuthenticationFailed</Code></Error>")
        named = {"Content-Disposition": f'attachment; filename="{blob.name}"'}
        return web.Response(body=blob.content, content_type=blob.kind, headers=named)
