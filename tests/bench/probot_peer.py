"""Acknowledgements beside Probot 14.3.2, whose handler does nothing and which stores nothing; the same load.

`npm ci` installs it from the lock file in tests/bench/probot when it is measured; where npm cannot, that is said.
"""

from __future__ import annotations

import asyncio
import hashlib
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.ack import ROUNDS, measure, ours
from tests.bench.figure import Figure, show
from tests.bench.load import SECRET
from tests.contract.install import node, npm

HERE = Path(__file__).parent / "probot"
READY = HERE / "node_modules" / ".ready"
VERSION = "14.3.2"


def installed() -> str:
    """Install what the lock file names; what stands in the way, "" where nothing does."""
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if READY.exists() and READY.read_text() == wanted:
        return ""
    try:
        command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=300)
    except (OSError, subprocess.SubprocessError, AssertionError) as error:
        return f"npm does not run: {type(error).__name__}"
    if done.returncode != 0:
        return f"npm ci failed: {done.stderr.strip().splitlines()[-1:] or done.returncode}"
    READY.write_text(wanted)
    return ""


@contextmanager
def probot() -> Iterator[int]:
    """A running Probot; its port."""
    command = [node() or "node", str(HERE / "server.mjs"), SECRET]
    with subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


async def rounds() -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """Probot and ours in turn, so that what else the machine does falls on both."""
    peers, found = [], []
    for _ in range(ROUNDS):
        with probot() as port:
            peers.append(await measure(port))
        found.append(await ours())
    return peers, found


def run() -> list[Figure]:
    """Ours, beside Probot's."""
    if why := installed():
        return [Figure(f"acknowledgement beside Probot {VERSION}", f"NOT MEASURED: {why}", "", "–")]
    peers, found = asyncio.run(rounds())
    rate, peer = (statistics.median(one["rate"] for one in many) for many in (found, peers))
    ratio = statistics.median(our["rate"] / other["rate"] for our, other in zip(found, peers, strict=True))
    p99 = statistics.median(one["p99"] for one in peers)
    value = f"{rate:,.0f}/s = {ratio:.2f} ×"
    floor = f"{peer:,.0f}/s, p99 {p99:.1f} ms; it stores nothing"
    return [Figure(f"durable acknowledgement beside Probot {VERSION}'s no-op", value, floor, "–")]


if __name__ == "__main__":
    show(run())
