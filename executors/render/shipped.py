"""The templates that this distribution ships, found by id and pinned by one digest."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

from executors.render.manifest import Template, read_yaml

_MANIFEST = "template.yaml"


class UnknownTemplate(ValueError):
    """There is no shipped template of that id; the message lists those there are."""


@dataclass(frozen=True)
class Shipped:
    """A template with its sources (path → text) and its digest; equal digests mean equal bytes."""

    manifest: Template
    digest: str
    sources: Mapping[str, str] = field(repr=False, hash=False)


def template_ids() -> list[str]:
    """Return the ids of the shipped website templates, sorted."""
    return sorted(entry.name for entry in _root().iterdir() if (entry / _MANIFEST).is_file())


def template_digest(template_id: str) -> str:
    """Return the SHA-256 (64 hex) over the template's sorted paths and bytes; raises UnknownTemplate."""
    return shipped(template_id).digest


@cache
def shipped(template_id: str) -> Shipped:
    """Return the template of that id, read and checked once per process; raises UnknownTemplate."""
    if template_id not in template_ids():
        raise UnknownTemplate(f"no website template {template_id!r}; there are {', '.join(template_ids())}")
    content = dict(_walk(_root() / template_id, ""))
    manifest = Template.model_validate(read_yaml(content[_MANIFEST].decode()))
    if manifest.template_id != template_id:
        raise UnknownTemplate(f"the folder {template_id!r} holds the template {manifest.template_id!r}")
    sources = {path: data.decode() for path, data in content.items()}
    return Shipped(manifest, tree_digest(content), MappingProxyType(sources))


def tree_digest(content: Mapping[str, bytes]) -> str:
    """Return one SHA-256 for a tree: over `<path> NUL <sha256 of the bytes> LF`, sorted by path."""
    whole = hashlib.sha256()
    for path in sorted(content):
        whole.update(f"{path}\0{hashlib.sha256(content[path]).hexdigest()}\n".encode())
    return whole.hexdigest()


@cache
def table(template_id: str, file: str) -> Mapping[str, Any]:
    """Return a YAML file of the template, read once per process; raises KeyError for one that is not there."""
    return MappingProxyType(read_yaml(shipped(template_id).sources[file]))


def words(template_id: str, language: str) -> Mapping[str, str]:
    """Return the template's own texts in a language; raises KeyError for one that it does not speak."""
    texts: Mapping[str, str] = table(template_id, shipped(template_id).manifest.words)[language]
    return texts


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
