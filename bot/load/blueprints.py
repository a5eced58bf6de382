"""What this version ships and planning reads: verticals, templates, executor cards, Odoo's modules, the form."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from bot.domain.erp import Catalogue, parse_catalogue
from bot.domain.vertical import Vertical, parse_vertical
from executors import catalog
from executors.render.registry import REGISTRY


@cache
def all_of_them() -> dict[str, Any]:
    """The fields of Knowledge that come with the installation; read once per process."""
    return {
        "verticals": verticals(),
        "templates": {one: REGISTRY.current(one).digest for one in REGISTRY.ids} | REGISTRY.names(),
        "cards": {card.name: card for card in catalog.cards()},
        "catalogue": erp_catalogue(),
        "form": (files("templates") / "forms" / "business.yml").read_text("utf-8"),
    }


def verticals(folder: Traversable | None = None) -> tuple[Vertical, ...]:
    """Every vertical of a folder (the shipped ones), by name; ValueError names a broken one."""
    folder = folder or files("verticals")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return tuple(parse_vertical((folder / name).read_text("utf-8")) for name in names)


def erp_catalogue() -> Catalogue:
    """What an Odoo can be asked for; ValueError names every mistake in the lists."""
    folder = files("templates") / "odoo"
    texts = [(folder / name).read_text("utf-8") for name in ("modules.yaml", "roles.yaml")]
    return parse_catalogue(*texts)
