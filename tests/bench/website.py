"""The website: against bare Jinja on the same templates with the same values, and the first site of a process."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from jinja2 import Environment

from executors.kinds.website import EXECUTOR
from executors.kinds.website.build import build
from executors.kinds.website.inputs import Website
from executors.render import prose, sandbox
from tests.bench.figure import Figure, seconds

FIRST = """
import time; begin = time.perf_counter()
from executors.kinds.website import EXECUTOR
from executors.kinds.website.build import build
build(EXECUTOR.inputs.model_validate(EXECUTOR.sample), {})
print(time.perf_counter() - begin)
"""


def calls(inputs: Website) -> list[tuple[str, str, dict[str, Any]]]:
    """Every template that one site fills: name, source and values, seen by a profiler and not by a patch."""
    found: list[tuple[str, str, dict[str, Any]]] = []
    code = sandbox.render.__code__

    def watch(frame: Any, event: str, _argument: Any) -> None:
        if event == "call" and frame.f_code is code:
            values = frame.f_locals
            found.append(tuple(values[name] for name in code.co_varnames[:3]))  # type: ignore[arg-type]

    sys.setprofile(watch)
    try:
        build(inputs, {})
    finally:
        sys.setprofile(None)
    return found


def run() -> list[Figure]:
    """The ratio of bare Jinja's time to ours, and the first site in milliseconds."""
    inputs = EXECUTOR.inputs.model_validate(EXECUTOR.sample)
    assert isinstance(inputs, Website)
    bare = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    bare.filters.update(prose.FILTERS)
    filled = [(bare.from_string(source), values) for _, source, values in calls(inputs)]
    floor = seconds(lambda: [template.render(values) for template, values in filled], 21)
    ours = seconds(lambda: build(inputs, {}), 21)
    firsts = [
        float(subprocess.run([sys.executable, "-I", "-c", FIRST], check=True, capture_output=True).stdout)
        for _ in range(5)
    ]
    first = sorted(firsts)[2] * 1000
    ratio = floor / ours
    return [
        Figure(
            "website",
            f"{ours * 1000:.1f} ms, ratio {ratio:.2f}",
            f"bare Jinja {floor * 1000:.1f} ms",
            "≥ 0.5",
            ratio >= 0.5,
        ),
        Figure("first site of a process", f"{first:.0f} ms", "imports included", "≤ 150 ms", first <= 150),
    ]
