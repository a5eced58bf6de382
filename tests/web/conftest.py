"""A real Chromium per worker and every template's sites; `make test` looks at home pages, `make test-web` at all.

Asked for by its path, this folder looks at every page. `MILLWRIGHT_TOOLS_REQUIRED=1` makes a failure of what would
be skipped.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.odoo.server.place import Unavailable
from tests.programs import absent, program
from tests.web import sites, tools
from tests.web.browser import chromium
from tests.web.serving import Served, serving
from tests.web.tab import Tab, tab
from tests.web.walk import policy

HERE = Path(__file__).parent
LONG = {
    "test_gallery.py",
    "test_keys.py",
    "test_lighthouse.py",
    "test_paper.py",
    "test_sandbox_pages.py",
    "test_shots.py",
}


def is_asked(config: pytest.Config) -> bool:
    """Whether this folder was asked for by its path."""
    asked = [(config.invocation_params.dir / arg.split("::")[0]).resolve() for arg in config.args]
    return any(path.is_relative_to(HERE) for path in asked)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if collection_path.name in LONG and not is_asked(config) else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`site`: every site, or one per template where this folder was not asked for. `home`: one per template."""
    every = is_asked(metafunc.config)
    for name, some in (("site", sites.all_wanted if every else sites.one_each), ("home", sites.one_each)):
        if name in metafunc.fixturenames:
            found = some()
            metafunc.parametrize(name, found, ids=[one.name for one in found])
    if "every_page" in metafunc.fixturenames:
        metafunc.parametrize("every_page", [every], ids=["all" if every else "home"])


@pytest.fixture(scope="session")
def devtools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One Chromium for all tests of this process: the address of its DevTools."""
    try:
        tools.module("axe-core/axe.min.js")
    except Unavailable as why:
        absent(f"axe and validators: {why}")
    with chromium(program("chromium"), tmp_path_factory.mktemp("chromium")) as address:
        yield address


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where built sites are kept for all workers of this run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / "sites"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def visit(devtools: str) -> Callable[[dict[str, bytes]], AbstractAsyncContextManager[tuple[Tab, Served]]]:
    """Puts a site on the air and opens a tab: `async with visit(files) as (tab, served)`."""

    @asynccontextmanager
    async def visiting(files: dict[str, bytes]) -> AsyncIterator[tuple[Tab, Served]]:
        async with serving(files) as served, tab(devtools) as opened:
            assert policy(served) == []
            yield opened, served

    return visiting
