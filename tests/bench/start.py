"""How long `millwright serve` takes with 10,000 rows waiting: until it is ready, and until the first row is tried.

GitHub's address is a closed port, so that a row ends at the first question: what is measured is the way to it.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.adapters.key_file import make_ring
from tests.bench.figure import Figure, show
from tests.bench.working import queued
from tests.bot.standin import now

ROWS = 10_000
PATIENCE = 60.0
TRIED = "SELECT 1 FROM inbox WHERE source = 'github' AND (attempts > 0 OR status != 'waiting') LIMIT 1"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def environment(folder: Path, port: int) -> dict[str, str]:
    """The settings of a bot on `folder/bot.db` that listens on the port."""
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    make_ring(folder / "millwright.key", now())
    return {
        **os.environ,
        "MILLWRIGHT_URL": f"http://127.0.0.1:{port}",
        "MILLWRIGHT_LISTEN": f"127.0.0.1:{port}",
        "MILLWRIGHT_KEY_FILE": str(folder / "millwright.key"),
        "MILLWRIGHT_DATABASE": f"sqlite:///{folder}/bot.db",
        "GITHUB_API_URL": f"http://127.0.0.1:{free_port()}",
        "GITHUB_APP_ID": "1",
        "GITHUB_PRIVATE_KEY": key.decode(),
        "GITHUB_WEBHOOK_SECRET": "s" * 32,
    }


def answers(port: int) -> bool:
    """Whether it serves: 200, or 503 that names only GitHub, which is away on purpose."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return False
    except OSError:
        return False


def started(folder: Path) -> tuple[float, float]:
    """Seconds from the process's start until it is ready, and until the first row was tried."""
    port = free_port()
    environ = environment(folder, port)
    reader = sqlite3.connect(f"file:{folder}/bot.db?mode=ro", uri=True)
    began = time.perf_counter()
    ready = tried = 0.0
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"], env=environ, stdout=subprocess.DEVNULL
    ) as process:
        while not (ready and tried) and time.perf_counter() - began < PATIENCE and process.poll() is None:
            if not ready and answers(port):
                ready = time.perf_counter() - began
            if not tried and reader.execute(TRIED).fetchone():
                tried = time.perf_counter() - began
            time.sleep(0.01)
        process.terminate()
    reader.close()
    if not (ready and tried):
        raise RuntimeError(f"in {PATIENCE:.0f} s it was not ready, or tried no row")
    return ready, tried


def run(rows: int = ROWS) -> list[Figure]:
    """Seconds, beside those of a start with nothing waiting but one row."""
    found = []
    for waiting in (1, rows):
        with tempfile.TemporaryDirectory() as one:
            asyncio.run(queued(Path(one), waiting))
            found.append(started(Path(one)))
    (bare_ready, bare_tried), (ready, tried) = found
    floor = f"with one row: ready {bare_ready:.2f} s, tried {bare_tried:.2f} s"
    value = f"ready {ready:.2f} s, first row tried {tried:.2f} s"
    slowest = max(ready, tried)
    return [Figure(f"start with {rows:,} rows waiting", value, floor, "≤ 2 s", slowest <= 2.0)]


if __name__ == "__main__":
    show(run(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
