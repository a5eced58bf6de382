"""Checks of what a site is made of: its template in the approved version, the pictures of the repository."""

from __future__ import annotations

from collections.abc import Sequence

from executors.errors import WorldError
from executors.executor import Reader
from executors.kinds.preflight.inputs import File
from executors.parts.check import Check
from executors.render.registry import REGISTRY, Altered, UnknownTemplate

_SHOWN = 5


def template(name: str, digest: str | None) -> Check:
    """Whether the template is there, and is the one that the plan was made with."""
    try:
        there = REGISTRY.find(name, digest).digest
    except (UnknownTemplate, Altered) as error:
        return Check("template", name, str(error), "failure", "let the jobs run the version that made the plan")
    if digest not in (None, there):
        advice = "let bot and jobs run the same version, then `/plan`"
        found = f"is {there[:12]}, and the plan was made with {str(digest)[:12]}"
        return Check("template", name, found, "failure", advice)
    return Check("template", name, f"is there, {there[:12]}")


def own_template(name: str, files: Sequence[File], reader: Reader) -> Check:
    """Whether every file of a template of the organisation's own is there as it was approved."""
    return _content("template", f"{name}, {len(files)} files", files, reader)


def pictures(files: Sequence[File], reader: Reader) -> Check:
    """Whether every picture is in the product repository with the digest that was approved."""
    return _content("pictures", f"{len(files)} picture{'' if len(files) == 1 else 's'}", files, reader)


def _content(check: str, looked_at: str, files: Sequence[File], reader: Reader) -> Check:
    wrong = list[str]()
    for file in files:
        try:
            reader.content(file.path, file.sha256)
        except WorldError as error:
            if error.again:
                raise
            wrong.append(str(error))
    if wrong:
        advice = "commit them to the product repository, or correct the briefing"
        return Check(check, looked_at, "; ".join(wrong[:_SHOWN]), "failure", advice)
    return Check(check, looked_at, "can be read, with the approved digests")
