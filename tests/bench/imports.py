"""Cold imports of what an Actions step starts: a process each, its start-up without the import taken off."""

from __future__ import annotations

import subprocess
import sys

from tests.bench.figure import Figure, seconds


def _start(code: str) -> float:
    return seconds(lambda: subprocess.run([sys.executable, "-I", "-c", code], check=True), 9)


def run() -> list[Figure]:
    """Seconds of `import executors.admit` and of everything that `run` needs."""
    bare = _start("pass")
    figures = []
    for name, limit in (("executors.admit", 0.15), ("executors.runner", 0.30)):
        took = _start(f"import {name}") - bare
        figures.append(
            Figure(f"import {name}", f"{took:.3f} s", f"bare Python {bare:.3f} s", f"≤ {limit} s", took <= limit)
        )
    return figures
