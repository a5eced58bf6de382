"""Real programs where they are, a loud word where not: with `MILLWRIGHT_TOOLS_REQUIRED=1` a failure."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.bot.operate.tools import tool
from tests.odoo.server.place import Unavailable

NOT_TESTED = "NOT TESTED: real "


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    found = {
        one[0].rstrip("')\"")
        for text in skipped
        if (one := re.search(r"NOT TESTED: real (nginx|pr|sys)[^\n]*", text))
    }
    for text in sorted(found):
        terminalreporter.section(text, sep="!", red=True, bold=True)


def absent(why: str) -> None:
    if os.environ.get("MILLWRIGHT_TOOLS_REQUIRED") == "1":
        pytest.fail(f"{NOT_TESTED}{why}", pytrace=False)
    pytest.skip(f"{NOT_TESTED}{why}")


def program(name: str) -> Path:
    try:
        return tool(name)
    except Unavailable as why:
        absent(f"{name}: {why}")
        raise


@pytest.fixture(scope="session")
def nginx() -> Path:
    return program("nginx")


@pytest.fixture(scope="session")
def promtool() -> Path:
    return program("promtool")


@pytest.fixture(scope="session")
def systemd_analyze() -> str:
    found = shutil.which("systemd-analyze")
    if found is None:
        absent("systemd-analyze: it is not on this machine")
    return str(found)
