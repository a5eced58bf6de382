"""The website: each template against bare Jinja with the same values, a long blog, the first site of a process."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

from executors.kinds.website import EXECUTOR
from executors.kinds.website.build import build
from executors.kinds.website.check import check_site
from executors.kinds.website.inputs import Website
from tests.bench.figure import Figure, seconds
from tests.bench.filled import bare, builder, outputs
from tests.web.sites import Wanted, one_each

SHARE = 0.5
POSTS = 200

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


def fresh(code: str) -> list[float]:
    """Return what the code prints in a process of its own, in milliseconds: the least of nine, each by itself."""
    command = [sys.executable, "-I", "-c", code]
    printed = (subprocess.run(command, check=True, capture_output=True).stdout.split() for _ in range(9))
    return [
        min(column) * 1000 for column in zip(*([float(word) for word in line] for line in printed), strict=True)
    ]


def steady(one: Wanted) -> Figure:
    """The ratio of bare Jinja's time to ours: templates are compiled, pictures drawn; both by turns."""
    ours, environment = builder(one), bare()
    files = outputs(ours)
    filled = [(environment.from_string(source), values) for file in files for _, source, values in file.fillings]
    times = [
        (seconds(lambda: [template.render(values) for template, values in filled], 1), seconds(ours, 1))
        for _ in range(41)
    ]
    floor, took = (min(column) for column in zip(*times, strict=True))
    value = f"{len(files)} files in {took * 1000:.1f} ms = {floor / took:.2f} × bare Jinja's speed"
    told = f"bare Jinja {floor * 1000:.1f} ms"
    return Figure(f"website, {one.template}", value, told, f"≥ {SHARE} ×", floor / took >= SHARE)


def long_blog() -> Figure:
    """A site with as many articles as a firm writes in years, built and read by its checks, pictures apart."""
    first, *_ = EXECUTOR.sample["content"]["blog"]
    day = date.fromisoformat(first["date"])
    posts = [
        first | {"slug": f"post-{n}", "title": f"{first['title']} {n}", "date": f"{day - timedelta(days=n)}"}
        for n in range(POSTS)
    ]
    content = {**EXECUTOR.sample["content"], "blog": posts}
    inputs = EXECUTOR.inputs.model_validate({**EXECUTOR.sample, "content": content})
    assert isinstance(inputs, Website)
    site = build(inputs, {})
    assert sum(path.startswith("blog/post-") for path in site) == POSTS
    took = seconds(lambda: build(inputs, {}), 5)
    checked = seconds(lambda: check_site(site), 3)
    told = f"reading it with our checks {checked * 1000:.0f} ms more"
    return Figure(f"website of {POSTS} articles", f"{took * 1000:.0f} ms", told, "≤ 1000 ms", took <= 1)


def run() -> list[Figure]:
    """The ratio, and the first site of a process in milliseconds, its imports apart."""
    imports, first = fresh(FIRST)
    libraries = fresh(LIBRARIES)[0]
    floor = f"pydantic, Jinja, YAML alone {libraries:.0f} ms to import"
    value = f"{first:.0f} ms, after {imports:.0f} ms of imports"
    return [
        *(steady(one) for one in one_each()),
        long_blog(),
        Figure("first site of a process", value, floor, "≤ 150 ms", first <= 150),
    ]
