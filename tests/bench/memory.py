"""The bot at rest: resident memory of a serving process, beside a bare aiohttp server."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.bench.figure import Figure

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
    return [Figure("bot at rest", f"{ours:.0f} MB", f"bare aiohttp server {bare:.0f} MB", "≤ 150 MB", ours <= 150)]
