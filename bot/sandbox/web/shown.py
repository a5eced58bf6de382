"""What the pages for a browser tell beside what is in the world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Shown:
    """A title, sites by name (their addresses), and texts for new issues by title; `labels` go with those."""

    title: str
    sites: dict[str, str] = field(default_factory=dict)
    drafts: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    neighbours: dict[str, str] = field(default_factory=dict)
    """other sandboxes that are up, by name"""
    people: Mapping[str, str] = field(default_factory=dict)
    """who may be spoken as: login and what that person is there for"""
