"""A real BIND 9 for each test, or a loud word where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dns.bind import Bind, running
from tests.programs import program


@pytest.fixture(scope="session")
def named() -> Path:
    return program("named")


@pytest.fixture
def bind(named: Path, tmp_path: Path) -> Iterator[Bind]:
    """A name server with the zone of the tests."""
    with running(named, tmp_path / "bind") as started:
        yield started
