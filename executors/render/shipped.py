"""The templates that this distribution ships, found by id and pinned by one digest: the current versions."""

from collections.abc import Mapping

from executors.render.assembly import Shipped
from executors.render.registry import REGISTRY
from executors.render.registry import UnknownTemplate as UnknownTemplate


def template_ids() -> list[str]:
    """Return the ids of the shipped website templates, sorted."""
    return list(REGISTRY.ids)


def template_digest(template_id: str) -> str:
    """Return the SHA-256 (64 hex) over the template's sorted paths and bytes; raises UnknownTemplate."""
    return shipped(template_id).digest


def shipped(template_id: str) -> Shipped:
    """Return the template of that id, read and checked once per process; raises UnknownTemplate."""
    return REGISTRY.current(template_id)


def groups() -> Mapping[str, Mapping[str, bytes]]:
    """Return the shared groups that come with this distribution: name → path → bytes."""
    return REGISTRY.groups


def words(template_id: str, language: str) -> Mapping[str, str]:
    """Return the template's own texts in a language; raises KeyError for one that it does not speak."""
    return shipped(template_id).texts[language]
