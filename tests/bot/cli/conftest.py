"""The command line in this process, on real files in a folder of its own."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pytest

from bot.__main__ import main

ACME = Path(str(files("templates") / "examples" / "acme_briefing.yaml"))
POLICY = """\
operations: acme/ops
products:
  - repository: acme/www
    key: WWW
    environment: production
environments:
  - name: production
    path: /srv/www
    url: https://acme.example/
    secrets: [WWW_KEY]
"""


@dataclass(frozen=True)
class Said:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


Millwright = Callable[..., Said]


@pytest.fixture
def millwright(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Millwright:
    """Runs a command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def call(*arguments: str | Path) -> Said:
        code = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Said(code, printed.out, printed.err)

    return call


@pytest.fixture
def url() -> str:
    """A URL of this machine at which nobody answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/"


@pytest.fixture
def plan(millwright: Millwright, url: str, tmp_path: Path) -> Path:
    """Acme's plan for a web root in this folder."""
    said = millwright("plan", ACME, "--url", url, "--date", "2026-01-31", "-o", "plan.json")
    assert said.code == 0, said.err
    return tmp_path / "plan.json"
