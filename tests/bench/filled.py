"""Sites to measure, and what fills them: each file with the templates and values it is made of."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment

from executors.kinds.website.build import template_of, texts
from executors.kinds.website.pictures import drawn, shown
from executors.protocol.content import Image
from executors.render import prose, sandbox, site
from tests.web.sites import Shelf, Wanted

Filling = tuple[str, str, Mapping[str, Any]]
"""One template of a file: its name, its source and the values it was given."""


@dataclass(frozen=True)
class Output:
    """One file of a site: its sections, and the layout last; or the parts of a style sheet and the like."""

    path: str
    data: bytes
    fillings: tuple[Filling, ...]


def builder(one: Wanted) -> Callable[[], dict[str, bytes]]:
    """What makes the site's text files; its pictures are drawn beforehand and stay out of what is measured."""
    template, inputs = template_of(one.inputs), one.inputs
    assets: dict[Image, dict[str, Any]] = {
        image: shown(image, picture) for image, picture in drawn(inputs, Shelf()).items()
    }
    return lambda: texts(template, inputs, assets)


def outputs(build: Callable[[], dict[str, bytes]]) -> list[Output]:
    """Every file that a build makes with what fills it, seen by a profiler and not by a patch."""
    fillings: list[Filling] = []
    made: list[tuple[bytes, tuple[Filling, ...]]] = []
    filled, whole = sandbox.render.__code__, {site.page_bytes.__code__, site.extra_bytes.__code__}

    def watch(frame: Any, event: str, result: Any) -> None:
        if event == "call" and frame.f_code is filled:
            name, source, values = (frame.f_locals[word] for word in filled.co_varnames[:3])
            fillings.append((name, source, values))
        elif event == "return" and frame.f_code in whole:
            made.append((result, tuple(fillings)))
            fillings.clear()

    sys.setprofile(watch)
    try:
        found = build()
    finally:
        sys.setprofile(None)
    together = zip(found, made, strict=True)
    files = [Output(path, data, parts) for path, (data, parts) in together]
    assert found == {one.path: one.data for one in files}
    return files


def bare() -> Environment:
    """Jinja with our filters and without our walls."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(prose.FILTERS)
    return environment
