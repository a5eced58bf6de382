"""The website beside copier: the same templates, the same values, the same files with the same bytes in a folder.

copier renders a folder of templates with its Jinja into another folder (https://copier.readthedocs.io/). It gets
our sources as they are; what our composition does, a file of its own says for each page: its values, its sections
by `include`, and the layout around them. Pictures stay out on both sides. copier compiles its templates at each
run; ours are compiled once per process, and what a run takes that has to compile them is told beside it.
"""

from __future__ import annotations

import tempfile
from itertools import count
from pathlib import Path
from typing import Any

from copier import run_copy

from executors.render import sandbox
from executors.world import files
from tests.bench.figure import Figure, seconds
from tests.bench.filled import Output, builder, outputs
from tests.web.sites import Wanted, one_each

TIMES = 10
_SETTINGS = """
_subdirectory: site
_jinja_extensions: ["tests.bench.copier_filters:Filters"]
_envops: {autoescape: true, trim_blocks: true, lstrip_blocks: true, keep_trailing_newline: true}
_exclude: []
"""


def template_folder(folder: Path, made: list[Output]) -> dict[str, Any]:
    """Write a copier template that makes the files; return the values it is given, by name."""
    (folder / "site").mkdir(parents=True)
    (folder / "copier.yml").write_text(_SETTINGS)
    for number, one in enumerate(made):
        for name, source, _ in one.fillings:
            place = folder / "parts" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(source)
        place = folder / "site" / f"{one.path}.jinja"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(_composed(number, one))
    return {"files": [{**one.fillings[-1][2]} for one in made]}


def _composed(number: int, one: Output) -> str:
    """A file as copier makes it: its values by the names that the sections know, then the sections."""
    values = one.fillings[-1][2]
    names = "".join(f"{{% set {name} = files[{number}].{name} %}}" for name in values if name != "body")
    parts = [f'{{% include "parts/{name}" %}}' for name, _, _ in one.fillings]
    if "body" in values:
        *sections, layout = parts
        return f"{names}{{% set body %}}{''.join(sections)}{{% endset %}}{layout}"
    return names + "".join(parts)


def beside(one: Wanted, folder: Path) -> Figure:
    """How much longer copier takes for the same files; asserts that they are the same."""
    build, numbers = builder(one), count()
    made = outputs(build)
    values = template_folder(folder / "template", made)

    def ours() -> Path:
        at = folder / f"ours-{next(numbers)}"
        for path, data in build().items():
            files.write(at, path, data)
        return at

    def theirs() -> Path:
        at = folder / f"theirs-{next(numbers)}"
        run_copy(str(folder / "template"), at, data=values, unsafe=True, quiet=True, defaults=True)
        return at

    def compiling() -> Path:
        sandbox.compiled.cache_clear()
        return ours()

    assert _held(ours()) == _held(theirs())
    took, peer = seconds(ours, 7), seconds(theirs, 2)
    value = f"{len(made)} files in a folder in {took * 1000:.0f} ms = {peer / took:.0f} × copier's speed"
    told = f"copier {peer * 1000:.0f} ms; ours with compiling {seconds(compiling, 3) * 1000:.0f} ms"
    return Figure(f"beside copier, {one.template}", value, told, f"≥ {TIMES} ×", peer / took >= TIMES)


def _held(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run() -> list[Figure]:
    """One site per template."""
    found = []
    for one in one_each():
        with tempfile.TemporaryDirectory(prefix="b-") as name:
            found.append(beside(one, Path(name)))
    return found
