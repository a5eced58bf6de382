"""How fast a webhook is acknowledged while the engine works off what waits, beside the same bot at rest."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.store.connect import open_database
from tests.bench import webhooks
from tests.bench.ack import measure
from tests.bench.figure import Figure, show
from tests.bot.standin import now

QUEUED, CASES = 20_000, 500


@contextmanager
def bot(folder: Path, flow: str) -> Iterator[int]:
    """A bot on `folder/bot.db`; its port."""
    command = [sys.executable, "-m", "tests.bench.bot_child", str(folder), flow]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def told(port: int, path: str) -> dict[str, Any]:
    """What the bot tells of itself."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=60) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


async def queued(folder: Path, rows: int) -> None:
    """Have so many rows wait."""
    store = open_database(f"sqlite:///{folder}/bot.db", now, "bench")
    made = [webhooks.event(1 + n % CASES, 1 + n // CASES) for n in range(rows)]
    await asyncio.gather(*(store.accept(row) for row in made))
    await store.close()


def run(rows: int = QUEUED) -> list[Figure]:
    """Acknowledgements a second and their 99th percentile, with and without work; and how much was worked off."""
    with tempfile.TemporaryDirectory() as one, bot(Path(one), "none") as port:
        idle = asyncio.run(measure(port))
    with tempfile.TemporaryDirectory() as one:
        asyncio.run(queued(Path(one), rows))
        with bot(Path(one), "small") as port:
            busy = asyncio.run(measure(port))
            waits = told(port, "census")["waiting"]
    assert waits > 0, "the engine was done before the measurement"
    ratio = busy["rate"] / idle["rate"]
    name = f"acknowledgement while {rows:,} rows are worked off"
    floor = f"{idle['rate']:,.0f}/s, p99 {idle['p99']:.1f} ms with nothing to do"
    value = f"{busy['rate']:,.0f}/s = {ratio:.2f} ×, p99 {busy['p99']:.1f} ms"
    return [Figure(name, value, floor, "p99 ≤ 100 ms", busy["p99"] <= 100)]


if __name__ == "__main__":
    show(run(int(sys.argv[1]) if len(sys.argv) > 1 else QUEUED))
