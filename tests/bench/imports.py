"""Cold imports of what an Actions step starts: a process each, with and without the interpreter's own start."""

from __future__ import annotations

import subprocess
import sys

from tests.bench.figure import Figure, seconds

LIBRARIES = (
    "import urllib.request; from pydantic import BaseModel, Field, TypeAdapter; "
    "from cryptography.hazmat.primitives.asymmetric import ed25519"
)
"""The floor: no admission without HTTP, checked models and a signature."""
RUN = "import executors.runner.job; from executors import catalog; catalog.cards()"
"""The verbs `preview`, `execute`, `rollback` with every executor of this release."""


CODES = {"bare": "pass", "libraries": LIBRARIES, "admit": "import executors.admit", "run": RUN}


def start(code: str) -> float:
    """Return the seconds that a fresh, isolated process takes for the code."""
    return seconds(lambda: subprocess.run([sys.executable, "-I", "-c", code], check=True), 1)


def starts(rounds: int = 15) -> dict[str, float]:
    """Return the least seconds of each, measured in turn, so that a busy moment falls on all of them."""
    found = [{name: start(code) for name, code in CODES.items()} for _ in range(rounds)]
    return {name: min(times[name] for times in found) for name in CODES}


def run() -> list[Figure]:
    """Seconds of the import alone; beside it what the process takes from its start, and the floor."""
    took = starts()
    bare = took["bare"]
    floor = f"libraries alone {took['libraries'] - bare:.3f} s, bare Python {bare:.3f} s"
    figures = []
    for name, limit in (("admit", 0.15), ("run", 0.30)):
        alone = took[name] - bare
        value = f"{alone:.3f} s ({took[name]:.3f} s with Python's start)"
        figures.append(Figure(f"executors {name}: import", value, floor, f"≤ {limit:.2f} s", alone <= limit))
    return figures
