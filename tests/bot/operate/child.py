"""`millwright serve` as a child process, its log kept; it never outlives the test."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bot.test_serve import ROOT, environ


@dataclass
class Child:
    """A running bot and its log."""

    process: subprocess.Popen[str]
    url: str
    metrics: str
    _log: Path

    def lines(self) -> list[dict[str, Any]]:
        """Its log so far; ValueError for a line that is no JSON object."""
        found = [json.loads(line) for line in self._log.read_text("utf-8").splitlines()]
        if not all(isinstance(line, dict) for line in found):
            raise ValueError("a line of the log is no object")
        return found

    def log(self) -> str:
        return self._log.read_text("utf-8")

    def until(self, found: Any, seconds: float = 20) -> list[dict[str, Any]]:
        """The lines once `found(lines)` holds; AssertionError where that takes longer."""
        end = time.monotonic() + seconds
        while not found(lines := self.lines()):
            assert time.monotonic() < end, self.log()
            select.select([], [], [], 0.02)
        return lines

    def end(self, number: signal.Signals = signal.SIGTERM, seconds: float = 40) -> int:
        """Its exit code after the signal."""
        self.process.send_signal(number)
        return self.process.wait(seconds)


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Child]:
    """A child on `folder`; settings replace those of the tests, lower-case names as MILLWRIGHT_…."""
    told = {f"MILLWRIGHT_{name.upper()}" if name.islower() else name: value for name, value in settings.items()}
    env = {**environ(folder), "MILLWRIGHT_METRICS": "127.0.0.1:0", "MILLWRIGHT_SWEEP": "0", **told}
    log = folder / "log"
    command = [sys.executable, "-m", "bot", "serve", "--init-key"]
    with (
        log.open("wb") as stream,
        subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **env}, stdout=subprocess.PIPE, stderr=stream, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            said = process.stdout.readline() + process.stdout.readline()
            urls = re.findall(r"http://[\d.]+:\d+(?:/metrics)?", said)
            assert len(urls) == 2, log.read_text("utf-8")
            yield Child(process, urls[0], urls[1], log)
        finally:
            process.kill()
            process.wait()
