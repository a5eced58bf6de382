"""SIGKILL at five points of the flow: nothing that was accepted is lost, no effect happens twice."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import pytest

from bot.store.connect import open_database
from tests.bot.standin import issue_event, now
from tests.chaos.child import POINTS, SECRET
from tests.chaos.counter import Counter

ROOT = Path(__file__).parents[2]
CASES = ("I_1", "I_2", "I_1")


@pytest.fixture
def counter() -> Iterator[Counter]:
    counter = Counter()
    yield counter
    counter.close()


@contextmanager
def child(folder: Path, counter: Counter, point: str = "") -> Iterator[tuple[subprocess.Popen[str], int]]:
    command = [sys.executable, "-m", "tests.chaos.child", str(folder), counter.url, point]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def deliver(port: int, number: int, node: str) -> bool:
    """Whether the delivery was acknowledged."""
    body = issue_event(node, number)
    signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "issues",
        "X-GitHub-Delivery": str(uuid.UUID(int=number)),
        "X-Hub-Signature-256": signature,
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("POST", "/github", body, headers)
        return connection.getresponse().status == 202
    except (URLError, OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def settled(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/settled")
    assert connection.getresponse().status == 200
    connection.close()


async def ledger(folder: Path) -> dict[str, list[str]]:
    store = open_database(f"sqlite:///{folder}/bot.db", now, "test")
    try:
        keys = [f"case:101:{node}" for node in sorted(set(CASES))]
        return {key: sorted([line.entry.type for line in await store.lines(key)]) for key in keys}
    finally:
        await store.close()


@pytest.mark.parametrize("point", POINTS)
async def test_killed_at_any_point_nothing_is_lost_and_nothing_happens_twice(
    point: str, tmp_path: Path, counter: Counter
) -> None:
    with child(tmp_path, counter, point) as (process, port):
        for number, node in enumerate(CASES, start=1):
            deliver(port, number, node)
        assert process.wait(20) == -9
    with child(tmp_path, counter) as (process, port):
        # GitHub is asked again for what was not acknowledged; what was, is a duplicate.
        assert all(deliver(port, number, node) for number, node in enumerate(CASES, start=1))
        settled(port)
        process.terminate()
    expected = [f"case:101:{node}/reply:{number}" for number, node in enumerate(CASES, start=1)]
    assert sorted(counter.made) == sorted(expected)
    found = await ledger(tmp_path)
    assert found["case:101:I_1"] == ["effect.performed"] * 2 + ["noted"] * 2
    assert found["case:101:I_2"] == ["effect.performed", "noted"]


async def test_an_acknowledged_delivery_needs_no_second_one_after_a_crash(
    tmp_path: Path, counter: Counter
) -> None:
    with child(tmp_path, counter, "before commit") as (process, port):
        acknowledged = [deliver(port, number, node) for number, node in enumerate(CASES, start=1)]
        process.wait(20)
    with child(tmp_path, counter) as (_, port):
        settled(port)
    assert len(counter.made) == len(set(counter.made))
    assert len(counter.made) >= sum(acknowledged)
