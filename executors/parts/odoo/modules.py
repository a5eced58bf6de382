"""Rows of `ir.module.module` and its dependencies as a stock of modules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from executors.protocol.wire import Json

MARKS = ("to install", "to upgrade", "to remove")
"""States that last only while an operation runs; afterwards they are left behind, and block every other one."""
THERE = frozenset({"installed", "to upgrade", "to remove"})
"""States of what is in the database, marks cleared."""


@dataclass(frozen=True)
class Module:
    """One module as the database knows it; `triggers` are the needs that make it come by itself."""

    name: str
    title: str
    state: str
    version: str
    license: str
    to_buy: bool
    auto: bool
    needs: frozenset[str]
    triggers: frozenset[str]
    countries: frozenset[int]
    excludes: frozenset[str]


Stock = Mapping[str, Module]
"""Every module that the server lists, by technical name."""


def stock(
    modules: Iterable[Json], dependencies: Iterable[Json], exclusions: Iterable[Json] = ()
) -> dict[str, Module]:
    """Return the modules by name; fields that a version lacks count as empty.

    Where dependencies do not tell `auto_install_required` (before 13), all of them trigger.
    """
    needs = _by_module(dependencies)
    excludes = _by_module(exclusions)
    return {
        row["name"]: _module(row, needs.get(row["id"], ()), excludes.get(row["id"], ()))
        for row in sorted(modules, key=lambda row: str(row["name"]))
    }


def installed(there: Stock) -> frozenset[str]:
    """Return the names of what is installed, as it will be when marks are cleared."""
    return frozenset(name for name, module in there.items() if module.state in THERE)


def marked(there: Stock) -> dict[str, tuple[str, ...]]:
    """Return mark → names of the modules that bear it, sorted; empty where none was left behind."""
    found = {mark: tuple(sorted(name for name, one in there.items() if one.state == mark)) for mark in MARKS}
    return {mark: names for mark, names in found.items() if names}


def cleared(there: Stock) -> dict[str, Module]:
    """Return the stock as clearing the marks leaves it: `to install` was not, the others were installed."""
    after = {"to install": "uninstalled", "to upgrade": "installed", "to remove": "installed"}
    return {
        name: replace(one, state=after[one.state]) if one.state in after else one for name, one in there.items()
    }


def upstream(asked: Iterable[str], there: Stock) -> frozenset[str]:
    """Return these modules and all that they need, whatever its state; names that have no row included."""
    found: set[str] = set()
    todo = list(asked)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += there[name].needs if name in there else ()
    return frozenset(found)


def _module(row: Json, needs: Sequence[Json], excludes: Sequence[Json]) -> Module:
    return Module(
        name=row["name"],
        title=row.get("shortdesc") or row["name"],
        state=row["state"],
        version=row.get("latest_version") or "",
        license=row.get("license") or "",
        to_buy=bool(row.get("to_buy")),
        auto=bool(row.get("auto_install")),
        needs=frozenset(one["name"] for one in needs),
        triggers=frozenset(one["name"] for one in needs if one.get("auto_install_required", True)),
        countries=frozenset(row.get("country_ids") or ()),
        excludes=frozenset(one["name"] for one in excludes),
    )


def _by_module(rows: Iterable[Json]) -> dict[int, list[Json]]:
    """Return the rows by the id of their module, which is `[id, name]` or False."""
    found: dict[int, list[Json]] = {}
    for row in rows:
        if row.get("module_id"):
            found.setdefault(row["module_id"][0], []).append(row)
    return found
