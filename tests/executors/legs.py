"""What tests of legs begin with: a signed-off plan, a bot that answers as told, a clock without waiting."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from executors import catalog
from executors.errors import Unconfirmed
from executors.protocol.journal import JournalLine
from executors.protocol.plan import Estimate, Leg, Limits, Plan, Risk, Step
from executors.protocol.spec import JobSpec
from executors.world.clock import Clock
from executors.world.world import World

CASE, NONCE, RUN_ID = "R1/I1", "0" * 31 + "1", 4242
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def site(**changes: Any) -> Step:
    """A step that builds the sample site."""
    inputs = {**catalog.executor("website").sample, **changes}
    return Step(id="website", executor="website", title="Build", summary="the sample site", inputs=inputs)


def deploy(root: Path, url: str | None = None, retries: int = 3) -> Step:
    """A step that puts the built site on the air."""
    inputs = {"source": "website", "target": str(root), "url": url}
    return Step(
        id="deploy",
        executor="deploy",
        title="Deploy",
        summary="a local web root",
        inputs=inputs,
        depends_on=("website",),
        limits=Limits(timeout_seconds=30, retries=retries),
    )


def plan_of(*steps: Step, **changes: Any) -> Plan:
    """A plan of one leg that holds the steps."""
    ids = tuple(step.id for step in steps)
    values: dict[str, Any] = {
        "repository_id": 1,
        "repository": "acme/product",
        "issue_node_id": "I1",
        "issue_number": 7,
        "display_id": "ACME-7",
        "version": 1,
        "lane": "business",
        "title": "A website",
        "vertical": "service_business_v1",
        "briefing": "a" * 64,
        "steps": steps,
        "legs": (Leg(id="main", steps=ids, hosts=("127.0.0.1",)),),
        "risk": Risk(level="LOW"),
        "estimate": Estimate(minutes_low=1, minutes_high=2),
        "prices": "b" * 64,
        "policy": "c" * 64,
    }
    return Plan(**(values | changes))


def spec_of(plan: Plan, verb: str = "execute", journal: Sequence[JournalLine] = (), **changes: Any) -> JobSpec:
    """The spec of the plan's only leg."""
    values: dict[str, Any] = {
        "case": CASE,
        "leg": "main",
        "nonce": NONCE,
        "verb": verb,
        "plan": plan,
        "digest": plan.digest,
        "steps": plan.legs[0].steps,
        "run_id": RUN_ID,
        "environment": None,
        "content": None,
        "journal": tuple(journal),
        "issued_at": NOW.isoformat(),
        "expires_at": (NOW + timedelta(hours=1)).isoformat(),
        "approved_by": ("alice",),
    }
    return JobSpec(**(values | changes))


@dataclass
class Told:
    """A bot that keeps what it is told and answers as `decide` says; raising Unconfirmed is its silence."""

    decide: Callable[[Sequence[JournalLine]], Literal["go", "stop", "silent"]] = lambda _lines: "go"
    lines: list[JournalLine] = field(default_factory=list)

    def post(self, lines: Sequence[JournalLine]) -> Literal["go", "stop"]:
        """Acknowledge, or not."""
        answer = self.decide(lines)
        if answer == "silent":
            raise Unconfirmed("the bot does not answer")
        self.lines += lines
        return answer


def clock(pauses: list[float] | None = None) -> Clock:
    """A clock that stands still at NOW, waits for nothing, and writes down how long it would have."""
    kept = pauses if pauses is not None else []
    return Clock(now=lambda: NOW, sleep=kept.append, chance=lambda: 0.5)


def world_at(folder: Path) -> World:
    """A world whose build folders lie in `folder`."""
    return World(folder, f"{CASE}/main", ("127.0.0.1",))


@contextmanager
def served(root: Path) -> Iterator[str]:
    """A real web server on what the web root serves; yields its URL."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, directory=str(root / "current"), **kwargs)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with running(Handler) as url:
        yield url


Reply = tuple[int, Mapping[str, str], bytes]


@contextmanager
def answering(reply: Callable[[str, str, Mapping[str, str], bytes], Reply]) -> Iterator[str]:
    """A real HTTP server that answers (method, path, headers, body) as `reply` says; yields its URL."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, more, data = reply(self.command, self.path, headers, body)
            with suppress(ConnectionError):  # whoever asked may have had enough
                self.send_response(status)
                for name, value in {"Content-Length": str(len(data)), **more}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

        do_POST = do_GET  # noqa: N815 - the standard library's name

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with running(Handler) as url:
        yield url


@contextmanager
def running(handler: Callable[..., http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    """A server of such handlers for the length of a block; yields its URL."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
