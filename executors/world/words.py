"""The words that a job prints, from `templates/workflow/`; placeholders only, no logic."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template

import templates

_FOLDER = Path(templates.__file__).parent / "workflow"


@cache
def page(name: str) -> Template:
    """Return the template of that file name."""
    return Template((_FOLDER / name).read_text(encoding="utf-8"))


@cache
def lines() -> dict[str, Template]:
    """Return the one-line templates of `log.txt` by their key."""
    text = (_FOLDER / "log.txt").read_text(encoding="utf-8")
    pairs = (line.partition(": ") for line in text.splitlines() if line.strip())
    return {key: Template(words) for key, _, words in pairs}


def line(key: str, **values: object) -> str:
    """Return the one line of that key with its values filled in; KeyError where one is missing."""
    return lines()[key].substitute({name: str(value) for name, value in values.items()})
