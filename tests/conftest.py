"""Fresh databases for tests, on SQLite and on a real PostgreSQL, and a loud word where there is none.

`MILLWRIGHT_POSTGRES_REQUIRED=1` makes a failure of what would be skipped.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Server, Unavailable, server

NOT_TESTED = "NOT TESTED: real PostgreSQL: "
# Photographing every site of every story takes longer than the stories; the tests of pictures name a browser.
os.environ["MILLWRIGHT_BROWSER"] = "none"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    said = [
        str(report.longrepr) for kind in ("skipped", "error") for report in terminalreporter.stats.get(kind, [])
    ]
    found = [re.search(re.escape(NOT_TESTED) + r"([^\n]*)", text) for text in said]
    for text in sorted({one[1].rstrip("')\"") for one in found if one is not None}):
        number = sum(one is not None for one in found)
        terminalreporter.section(f"{NOT_TESTED}{text} ({number} tests)", sep="!", red=True, bold=True)
    # Odoo's own conftest counts its own.
    programs = [re.search(r"NOT TESTED: real (?!PostgreSQL|Odoo)[^\n]*", text) for text in said]
    for text in sorted({one[0].rstrip("')\"") for one in programs if one is not None}):
        terminalreporter.section(text, sep="!", red=True, bold=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One PostgreSQL for all tests of this process; a test that stops it must start it again."""
    try:
        with server() as started:
            yield started
    except Unavailable as why:
        if os.environ.get("MILLWRIGHT_POSTGRES_REQUIRED") == "1":
            pytest.fail(f"{NOT_TESTED}{why}", pytrace=False)
        pytest.skip(f"{NOT_TESTED}{why}")


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    """A fresh database on a real PostgreSQL."""
    postgres.start()
    url = postgres.fresh()
    yield url
    postgres.start()
    postgres.drop(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A fresh database on SQLite."""
    return f"sqlite:///{tmp_path}/bot.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh database, once on SQLite and once on PostgreSQL."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))
