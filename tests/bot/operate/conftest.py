"""Real programs where they are, a loud word where not: with `MILLWRIGHT_TOOLS_REQUIRED=1` a failure."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.programs import absent, program


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
