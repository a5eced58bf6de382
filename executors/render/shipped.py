"""The templates that this distribution ships, found by id and pinned by one digest."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from executors.render.assembly import MANIFEST, Shipped, assemble

_SHARED = "shared"


class UnknownTemplate(ValueError):
    """There is no shipped template of that id; the message lists those there are."""


def template_ids() -> list[str]:
    """Return the ids of the shipped website templates, sorted."""
    return sorted(entry.name for entry in _root().iterdir() if (entry / MANIFEST).is_file())


def template_digest(template_id: str) -> str:
    """Return the SHA-256 (64 hex) over the template's sorted paths and bytes; raises UnknownTemplate."""
    return shipped(template_id).digest


@cache
def shipped(template_id: str) -> Shipped:
    """Return the template of that id, read and checked once per process; raises UnknownTemplate."""
    if template_id not in template_ids():
        raise UnknownTemplate(f"no website template {template_id!r}; there are {', '.join(template_ids())}")
    whole = assemble(dict(_walk(_root() / template_id, "")), groups())
    if whole.manifest.template_id != template_id:
        raise UnknownTemplate(f"the folder {template_id!r} holds the template {whole.manifest.template_id!r}")
    return whole


@cache
def groups() -> Mapping[str, Mapping[str, bytes]]:
    """Return the shared groups that come with this distribution: name → path → bytes."""
    folder = _root() / _SHARED
    return {entry.name: dict(_walk(entry, "")) for entry in folder.iterdir() if entry.is_dir()}


def words(template_id: str, language: str) -> Mapping[str, str]:
    """Return the template's own texts in a language; raises KeyError for one that it does not speak."""
    return shipped(template_id).texts[language]


def _root() -> Traversable:
    """The folder of the website templates, wherever the package is installed."""
    return files("templates") / "website"


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    """Return path and bytes of every file below the folder, caches and hidden files left out."""
    found: list[tuple[str, bytes]] = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.startswith((".", "__pycache__")):
            continue
        path = f"{prefix}{entry.name}"
        found += _walk(entry, f"{path}/") if entry.is_dir() else [(path, entry.read_bytes())]
    return found
