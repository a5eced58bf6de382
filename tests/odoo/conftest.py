"""A real Odoo for each test, and a loud word where there is none.

Nothing in this folder runs unless it is asked for by its path, as `make test-odoo` does: a server is started here.
`MILLWRIGHT_ODOO_REQUIRED=1` makes a failure of what would be skipped.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.odoo.server import Instance, Server, Unavailable, setup

HERE = Path(__file__).parent
NOT_TESTED = "NOT TESTED: real Odoo: "


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked = [(config.invocation_params.dir / arg.split("::")[0]).resolve() for arg in config.args]
    return None if any(path.is_relative_to(HERE) for path in asked) else True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    said = [report.longrepr for kind in ("skipped", "error") for report in terminalreporter.stats.get(kind, [])]
    for text in sorted({_why(str(one)) for one in said} - {""}):
        terminalreporter.section(NOT_TESTED + text, sep="!", red=True, bold=True)


def _why(text: str) -> str:
    """The reason in a report's words, empty where they are about something else."""
    found = re.search(re.escape(NOT_TESTED) + r"([^\n]*)", text)
    return found[1].rstrip("')\"") if found else ""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One PostgreSQL and one Odoo for all tests of this process; they end with it, however it ends."""
    try:
        started = Server.start(setup(fetch=False), tmp_path_factory.mktemp("odoo"), bound_to=os.getpid())
    except Unavailable as why:
        if os.environ.get("MILLWRIGHT_ODOO_REQUIRED") == "1":
            pytest.fail(f"{NOT_TESTED}{why}", pytrace=False)
        pytest.skip(f"{NOT_TESTED}{why}")
    yield started
    started.stop()


@pytest.fixture
def odoo_with(server: Server) -> Iterator[Callable[..., Instance]]:
    """Makes fresh databases that have these modules from the beginning."""
    yield server.fresh
    server.clear()


@pytest.fixture
def odoo(odoo_with: Callable[..., Instance]) -> Instance:
    """A fresh database with nothing in it."""
    return odoo_with()
