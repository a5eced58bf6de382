"""The composition root: settings become adapters, store, engine and doors. The only file that knows every part."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import aiohttp
from aiohttp import web

from bot.adapters.github.pacing import Pacing
from bot.adapters.github.rest import GitHubRest
from bot.adapters.github.session import AppIdentity, Session
from bot.adapters.keys import WatchedKeys
from bot.adapters.outgoing import outgoing
from bot.decide import decide, look, needs, sweep
from bot.domain import deliveries, looking
from bot.domain.fold import fold, fold_on, needed_blobs
from bot.doors import github, health, metrics, runs
from bot.doors.body import Handler
from bot.doors.intake import Answers, Intake
from bot.doors.oidc import Verifier
from bot.doors.quota import Quota
from bot.engine import Engine, Patience
from bot.events.github import meaning
from bot.events.routing import route
from bot.handle import Flow, timer_row
from bot.load import load
from bot.perform import perform
from bot.ports import Hands
from bot.settings import Settings
from bot.store import pace
from bot.store.connect import open_database
from bot.store.database import Database

log = logging.getLogger(__name__)

FLOW = Flow(meaning, route, needed_blobs, fold, needs, load, decide, perform, fold_on)
"""The flow as it is shipped; tests of the engine bring another."""

TIMEOUT = aiohttp.ClientTimeout(total=60, connect=10)
"""Seconds for a call to GitHub; an artifact's download is the longest."""

LAST = 3.0
"""Seconds that requests under way get at the very end, when everything else is over."""


@dataclass(frozen=True)
class Running:
    """A bot that is running; `stop` it to let go of everything."""

    settings: Settings
    store: Database
    engine: Engine
    intake: Intake
    metrics_url: str
    """where /metrics is, "" where it is switched off"""
    _working: asyncio.Task[None]
    _servers: tuple[web.AppRunner, ...]
    _http: aiohttp.ClientSession

    @property
    def url(self) -> str:
        """The bot's public address."""
        return self.settings.url

    async def settle(self) -> None:
        """Returns when nothing is left to do now; timers of later do not count."""
        await self.engine.settle()

    async def stop(self) -> None:
        """Accept nothing more, finish what is in hand within `settings.drain` seconds, then close."""
        self.intake.closed.set()
        self.engine.stop()
        await asyncio.wait({self._working}, timeout=self.settings.drain)
        if left := self.engine.busy:
            log.warning("not finished in time, done at the next start: %d cases", len(left))
            await self.engine.drop()
        await asyncio.wait({self._working})
        self.intake.answers.abandon()
        for server in self._servers:
            await server.cleanup()
        await self.store.close()
        await self._http.close()


LINGER = 60.0
"""Seconds that what only tells how far things are waits for what replaces it; none where nothing is paced.

GitHub's 500 writes of content an hour are what a busy installation has least of. That an approval counts is said
at once, and the check run shows at once that the work goes on."""

OpenStore = Callable[[str, Callable[[], datetime], str], Database]
"""Opens the store behind a URL, with a clock, under a replica's name; raises StoreError."""


async def start(
    settings: Settings,
    *,
    flow: Flow = FLOW,
    patience: Patience | None = None,
    sock: socket.socket | None = None,
    open_store: OpenStore = open_database,
) -> Running:
    """A running bot; `sock` is a listening socket to use in place of `settings.listen`.

    Raises SettingsError for a key file that will not do and StoreError for a database that cannot be opened.
    """
    keys = WatchedKeys(settings.key_file)
    store = open_store(settings.database, now, settings.replica)
    sock = sock or socket.create_server(settings.listen)
    settings = replace(settings, url=_url(settings.url, sock.getsockname()[1]))
    http = aiohttp.ClientSession(timeout=TIMEOUT)
    answers = Answers()
    identity = AppIdentity(settings.app_id, settings.private_key, settings.api_url)
    session = Session(http, identity, _pacing(settings, store))
    hands = _hands(settings, store, keys, GitHubRest(session), answers)
    patience = patience or _patience(settings.time_scale)
    engine = Engine(store, hands, flow, patience)
    if store.others is not None:
        store.others.listen(engine.wake, answers.give, lambda: keys.session("answers between replicas"))
    intake = Intake(store.accept, engine.wake, store.find, chance, answers, metrics=store.metrics)
    well = health.Engine(lambda: engine.ended, lambda: engine.silence, patience.silence)
    vitals = health.Vitals(store.touch, well, lambda: session.away)
    servers = [await _serving(doors(settings, intake, hands, http, vitals), sock)]
    told = ""
    if settings.metrics:
        address = socket.create_server(settings.metrics)
        told = f"http://{settings.metrics[0]}:{address.getsockname()[1]}/metrics"
        servers.append(await _serving(metrics.application(_page(store, session)), address))
    if settings.sweep:
        await store.hasten(timer_row(deliveries.APP, sweep.first(now())))
        await store.hasten(timer_row(looking.APP, look.first(now())))
    working = asyncio.create_task(engine.run(), name="engine")
    return Running(settings, store, engine, intake, told, working, tuple(servers), http)


def _patience(scale: float) -> Patience:
    """Pauses between tries, in seconds of the wall."""
    usual = Patience()
    return replace(usual, first=usual.first * scale, longest=usual.longest * scale)


def _pacing(settings: Settings, store: Database) -> Pacing:
    """The writers of all installations, spaced by the book in the store."""
    return Pacing(settings.pacing, settings.time_scale, pace.book(store, now), store.metrics)


async def _serving(app: web.Application, sock: socket.socket) -> web.AppRunner:
    """The application on the socket; at its end, requests that are under way get `LAST` seconds."""
    server = web.AppRunner(app, access_log=None, shutdown_timeout=LAST)
    await server.setup()
    await web.SockSite(server, sock).start()
    return server


def _page(store: Database, session: Session) -> Handler:
    """The page of metrics, with what waits in the store and whether GitHub answers."""
    shown = store.metrics

    async def count() -> None:
        shown.away.set(bool(session.away))
        found = await store.census()
        shown.waiting.set(found.waiting)
        shown.parked.set(found.parked)
        shown.oldest.set(found.oldest)
        shown.unperformed.set(found.effects)
        shown.given_up.set(found.given_up)

    return metrics.page(shown, count)


def _url(url: str, port: int) -> str:
    """The public address; a port 0 in it is the one that was free."""
    return f"{url.removesuffix(':0')}:{port}" if url.endswith(":0") else url


def doors(
    settings: Settings, intake: Intake, hands: Hands, http: aiohttp.ClientSession, vitals: health.Vitals
) -> web.Application:
    """The HTTP application with every public door."""

    async def parting(_request: web.Request, answer: web.StreamResponse) -> None:
        if intake.closed.is_set():
            answer.force_close()
            answer.headers["Connection"] = "close"  # the headers are made by now

    async def fetch(url: str) -> bytes:
        try:
            async with http.get(url, allow_redirects=False, raise_for_status=True) as answer:
                return await answer.content.read(1_000_000)
        except aiohttp.ClientError as error:
            raise OSError(str(error)) from error

    verifier = Verifier(settings.oidc_issuer, settings.url, fetch, now)
    app = web.Application(client_max_size=runs.DONE_LIMIT)
    app.router.add_post("/github", github.github(intake, settings.webhook_secret))
    app.router.add_post(
        "/runs/claim", runs.claim(intake, verifier, Quota(runs.CLAIMS, runs.WINDOW, time.monotonic))
    )
    app.router.add_post("/runs/journal", runs.journal(intake))
    app.router.add_post("/runs/done", runs.done(intake))
    app.on_response_prepare.append(parting)
    app.router.add_get("/healthz", health.alive(vitals))
    app.router.add_get("/readyz", health.ready(intake, vitals))
    app.router.add_get("/.well-known/millwright-keys.json", health.keys(hands.keys))
    return app


def _hands(settings: Settings, store: Database, keys: WatchedKeys, github: GitHubRest, answers: Answers) -> Hands:
    server = replace(settings.smtp_url, sender=settings.mail_from) if settings.smtp_url else None
    return Hands(
        github=github,
        store=store,
        keys=keys,
        clock=now,
        chance=chance,
        answer=answers.give if store.others is None else store.others.answer,
        settings={"operations": settings.operations, "url": settings.url, "sweep": str(settings.sweep)}
        | {"retention_days": str(settings.retention_days)},
        secrets=(settings.webhook_secret, *((server.password,) if server and server.password else ())),
        linger=timedelta(seconds=LINGER * settings.pacing * settings.time_scale),
        outgoing=outgoing(server, settings.authorities, settings.private_hosts, settings.time_scale),
        metrics=store.metrics,
    )


def now() -> datetime:
    """The clock of the bot, UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the edge that reads it


def chance() -> str:
    """32 fresh hex digits."""
    return secrets.token_hex(16)
