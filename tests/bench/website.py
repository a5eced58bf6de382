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
imported = time.perf_counter()
build(EXECUTOR.inputs.model_validate(EXECUTOR.sample), {})
print(imported - begin, time.perf_counter() - imported)
"""
LIBRARIES = """
import time; begin = time.perf_counter()
import html.parser, jinja2.sandbox, yaml
from pydantic import BaseModel, Field
print(time.perf_counter() - begin)
"""


def calls(inputs: Website) -> list[tuple[str, str, dict[str, Any]]]:
    """Every template that one site fills: name, source and values, seen by a profiler and not by a patch."""
    found: list[tuple[str, str, dict[str, Any]]] = []
    code = sandbox.render.__code__

    def watch(frame: Any, event: str, _argument: Any) -> None:
        if event == "call" and frame.f_code is code:
            values = frame.f_locals
            found.append(tuple(values[name] for name in code.co_varnames[:3]))

    sys.setprofile(watch)
    try:
        build(inputs, {})
    finally:
        sys.setprofile(None)
    return found


def fresh(code: str) -> list[float]:
    """Return what the code prints in a process of its own, in milliseconds: the least of nine, each by itself."""
    command = [sys.executable, "-I", "-c", code]
    printed = (subprocess.run(command, check=True, capture_output=True).stdout.split() for _ in range(9))
    return [
        min(column) * 1000 for column in zip(*([float(word) for word in line] for line in printed), strict=True)
    ]


def steady() -> Figure:
    """The ratio of bare Jinja's time to ours, for a site whose templates are compiled."""
    inputs = EXECUTOR.inputs.model_validate(EXECUTOR.sample)
    assert isinstance(inputs, Website)
    bare = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    bare.filters.update(prose.FILTERS)
    filled = [(bare.from_string(source), values) for _, source, values in calls(inputs)]
    floor = seconds(lambda: [template.render(values) for template, values in filled], 41)
    ours = seconds(lambda: build(inputs, {}), 41)
    value = f"{ours * 1000:.1f} ms = {floor / ours:.2f} × bare Jinja's speed"
    return Figure("website", value, f"bare Jinja {floor * 1000:.1f} ms", "≥ 0.5 ×", floor / ours >= 0.5)


def run() -> list[Figure]:
    """The ratio, and the first site of a process in milliseconds, its imports apart."""
    imports, first = fresh(FIRST)
    libraries = fresh(LIBRARIES)[0]
    floor = f"pydantic, Jinja, YAML alone {libraries:.0f} ms to import"
    value = f"{first:.0f} ms, after {imports:.0f} ms of imports"
    return [steady(), Figure("first site of a process", value, floor, "≤ 150 ms", first <= 150)]
