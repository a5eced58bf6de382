"""What an installation brings, foretold by Odoo's own rule: what is needed, and what then comes by itself.

A module that installs itself comes when all the dependencies that trigger it are there or coming, at least one of
them new, and, where it names countries, a company is in one of these (`ir.module.module.button_install`,
https://github.com/odoo/odoo/blob/19.0/odoo/addons/base/models/ir_module.py). Compared with a real server.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from executors.parts.odoo.modules import Stock, installed, upstream


@dataclass(frozen=True)
class Arrival:
    """One module to install: what it brings, itself included, onto what is installed by then; both sorted."""

    module: str
    brings: tuple[str, ...]
    before: tuple[str, ...]


@dataclass(frozen=True)
class Countries:
    """Ids of the countries that companies will have; `new` is one whose being given installs modules."""

    all: frozenset[int] = frozenset()
    new: int | None = None


def arrivals(asked: Iterable[str], there: Stock, countries: Countries) -> tuple[Arrival, ...]:
    """Return what to install in order, needed before needing; what is there or comes with another is left out.

    What the giving of a country brings counts as there. Every name asked for must be in stock.
    """
    present = installed(there) | brought_by_country(there, countries.new)
    found: list[Arrival] = []
    for name in in_order(asked, there):
        if name not in present:
            brings = brought([name], there, present, countries.all)
            found.append(Arrival(name, tuple(sorted(brings)), tuple(sorted(present))))
            present |= brings
    return tuple(found)


def in_order(asked: Iterable[str], there: Stock) -> tuple[str, ...]:
    """Return the names, each after those that it needs, else by name: the order of the asking has no say."""
    needs = {name: upstream([name], there) for name in asked}
    ordered: list[str] = []
    left = sorted(needs)
    while left:
        free = next((name for name in left if not (needs[name] & set(left)) - {name}), left[0])
        ordered.append(free)
        left.remove(free)
    return tuple(ordered)


def brought(
    names: Iterable[str], there: Stock, present: frozenset[str], countries: Collection[int]
) -> frozenset[str]:
    """Return what installing these modules at once adds to those that are present."""
    new = upstream(names, there) - present
    while more := _triggered(there, present, new, frozenset(countries)):
        new |= upstream(more, there) - present
    return new


def brought_by_country(there: Stock, country: int | None) -> frozenset[str]:
    """Return what Odoo installs when a company that has no country is given this one.

    That is the country's own modules of which all triggers are installed (`res.company.install_l10n_modules`,
    https://github.com/odoo/odoo/blob/18.0/odoo/addons/base/models/res_company.py).
    """
    if country is None:
        return frozenset()
    present = installed(there)
    own = [
        module.name
        for module in there.values()
        if module.auto
        and module.state == "uninstalled"
        and country in module.countries
        and module.triggers <= present
    ]
    return brought(own, there, present, {country})


def _triggered(there: Stock, present: frozenset[str], new: frozenset[str], countries: frozenset[int]) -> list[str]:
    """Return what comes by itself with the new ones and is not yet among them."""
    coming = present | new
    return [
        module.name
        for module in there.values()
        if module.auto
        and module.state == "uninstalled"
        and module.name not in coming
        and module.triggers <= coming
        and module.triggers & new
        and (not module.countries or module.countries & countries)
    ]
