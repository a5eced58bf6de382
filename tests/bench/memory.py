"""Resident memory: of the bot at rest beside a bare aiohttp server, and of one that is flooded, early and late."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.bench.ack import CONNECTIONS
from tests.bench.figure import Figure
from tests.bench.working import bot, told

EARLY, LATE = 20_000, 100_000
LOAD_SECONDS = 2.0

BARE = """
import asyncio
from aiohttp import web
app = web.Application()
async def main():
    runner = web.AppRunner(app); await runner.setup(); await web.TCPSite(runner, '127.0.0.1', 0).start()
    print('up', flush=True); await asyncio.Event().wait()
asyncio.run(main())
"""


def _resident(pid: int) -> float:
    line = next(x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _measured(command: list[str], environ: dict[str, str]) -> float:
    with subprocess.Popen(command, env={**os.environ, **environ}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        if "listens on" in said:
            address = said.split("is ")[-1].split(" ")[0]
            for _ in range(50):
                urllib.request.urlopen(f"{address}/healthz").read()
        time.sleep(1)
        found = _resident(process.pid)
        process.terminate()
    return found


def run() -> list[Figure]:
    """Megabytes."""
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            "MILLWRIGHT_URL": "http://127.0.0.1:0",
            "MILLWRIGHT_LISTEN": "127.0.0.1:0",
            "MILLWRIGHT_DATA": folder,
            "GITHUB_APP_ID": "1",
            "GITHUB_PRIVATE_KEY": key.decode(),
            "GITHUB_WEBHOOK_SECRET": "s" * 32,
        }
        ours = _measured([sys.executable, "-m", "bot", "serve", "--init-key"], environ)
        bare = _measured([sys.executable, "-c", BARE], {})
    rest = Figure("bot at rest", f"{ours:.0f} MB", f"bare aiohttp server {bare:.0f} MB", "≤ 150 MB", ours <= 150)
    return [rest, flooded()]


def flooded(early: int = EARLY, late: int = LATE) -> Figure:
    """Megabytes after so many deliveries, the engine at work on them all the while."""
    with tempfile.TemporaryDirectory() as folder, bot(Path(folder), "whole") as port:
        count = _delivered(port, 0, early)
        first = told(port, "rss")["rss"]
        count = _delivered(port, count, late)
        last = told(port, "rss")["rss"]
        left = told(port, "census")["waiting"]
    name = f"bot after {count:,} deliveries, {left:,} of them still waiting"
    grown = last / first - 1
    value = f"{last:.0f} MB = {grown:+.0%}"
    return Figure(name, value, f"{first:.0f} MB after {early:,}", "≤ +10 %", grown <= 0.10)


def _delivered(port: int, count: int, wanted: int) -> int:
    """Deliver until there were so many; how many there were."""
    while count < wanted:
        command = [sys.executable, "-m", "tests.bench.load", str(port), str(LOAD_SECONDS), str(CONNECTIONS)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        count += int(json.loads(done.stdout)["requests"])
    return count
