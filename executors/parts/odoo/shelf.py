"""Looks at the modules of a server in as few calls as its version allows."""

from __future__ import annotations

from collections.abc import Sequence

from executors.errors import WorldError
from executors.executor import OdooReader
from executors.parts.odoo.arrivals import Countries
from executors.parts.odoo.modules import Module, marked, stock
from executors.parts.odoo.server import Server
from executors.protocol.wire import Json

MODULE = "ir.module.module"
DEPENDENCY = "ir.module.module.dependency"
EXCLUSION = "ir.module.module.exclusion"
_ALWAYS = ("name", "shortdesc", "state", "latest_version", "auto_install", "license", "to_buy")
_LATER = ("country_ids", "exclusion_ids")
"""Fields that came with a version after 16."""


def module_rows(odoo: OdooReader, server: Server) -> list[Json]:
    """Return the row of every module. Raises WorldError where the key may not see any."""
    later = _LATER if server.current else tuple(field for field in _LATER if field in odoo.fields_get(MODULE))
    rows = odoo.search_read(MODULE, [], [*_ALWAYS, *later])
    if not rows:
        raise WorldError(
            "the key's user sees no modules at all: give it read access on ir.module.module and "
            "ir.module.module.dependency, or use a key of a Settings administrator"
        )
    return rows


def with_dependencies(odoo: OdooReader, server: Server, rows: Sequence[Json]) -> dict[str, Module]:
    """Return the stock with what each module needs and excludes: one more call, two where any excludes another."""
    wanted = ["name", "module_id", "auto_install_required"]
    if not server.current:
        there = odoo.fields_get(DEPENDENCY)
        wanted = [field for field in wanted if field in there]
    dependencies = odoo.search_read(DEPENDENCY, [], wanted)
    excludes = any(row.get("exclusion_ids") for row in rows)
    exclusions = odoo.search_read(EXCLUSION, [], ["name", "module_id"]) if excludes else []
    return stock(rows, dependencies, exclusions)


def countries(odoo: OdooReader, server: Server, planned: str | None) -> Countries:
    """Return the companies' countries, with the planned one in place of an only company's own.

    Raises WorldError for a country that the database does not know.
    """
    companies = odoo.search_read("res.company", [], ["country_id"])
    own = frozenset(row["country_id"][0] for row in companies if row.get("country_id"))
    if planned is None or len(companies) != 1:
        return Countries(own)
    country = country_id(odoo, planned)
    return Countries(frozenset({country}), country if server.country_installs and not own else None)


def country_id(odoo: OdooReader, code: str) -> int:
    """Return the id of a country by its ISO code; raises WorldError where the database does not know it."""
    found = odoo.search_read("res.country", [["code", "=", code]], ["code"])
    if not found:
        raise WorldError(f"this Odoo knows no country {code}: correct the country in the briefing")
    return int(found[0]["id"])


def still(odoo: OdooReader, there: Sequence[Json]) -> None:
    """Read the marks again; raises WorldError, worth another try, where they moved: an operation is at work.

    What nobody moves any more was left behind, and blocks every other operation until it is cleared.
    """
    before = marked(stock(there, ()))
    states = [["state", "in", ["to install", "to upgrade", "to remove"]]]
    now = odoo.search_read(MODULE, states, ["name", "state"])
    if before != marked(stock(now, ())):
        raise WorldError("another module operation is at work in this Odoo: wait until it has ended", again=True)
