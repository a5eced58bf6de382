"""A real program for a test, or a loud word: with `MILLWRIGHT_TOOLS_REQUIRED=1` its absence is a failure."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.bot.operate.tools import tool
from tests.odoo.server.place import Unavailable

NOT_TESTED = "NOT TESTED: real "


def absent(why: str) -> None:
    """End the test: `why` names the program and the reason."""
    if os.environ.get("MILLWRIGHT_TOOLS_REQUIRED") == "1":
        pytest.fail(f"{NOT_TESTED}{why}", pytrace=False)
    pytest.skip(f"{NOT_TESTED}{why}")


def program(name: str) -> Path:
    """Where the program is; the test ends here where it is not to be had."""
    try:
        return tool(name)
    except Unavailable as why:
        absent(f"{name}: {why}")
        raise
