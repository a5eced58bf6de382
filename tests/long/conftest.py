"""Nothing in this folder runs unless it is asked for by its path, as `make test-long` does."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked = [(config.invocation_params.dir / arg.split("::")[0]).resolve() for arg in config.args]
    return None if any(path.is_relative_to(HERE) for path in asked) else True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how often each kind of mutation was tried, of all parts of the test together."""
    counted: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        counted.update({name: int(count) for name, count in report.user_properties})
    if counted:
        terminalreporter.section(f"{counted.total():,} mutations")
        for name, count in counted.items():
            terminalreporter.write_line(f"{count:>7,} {name}")
