"""The one company of a database with its settings, and why they may not be changed any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from executors.errors import WorldError
from executors.executor import OdooReader
from executors.parts.odoo.arrivals import brought_by_country
from executors.parts.odoo.modules import cleared
from executors.parts.odoo.server import Server
from executors.parts.odoo.shelf import country_id, module_rows, with_dependencies
from executors.protocol.odoo import Company
from executors.protocol.wire import Json

SETTINGS = ("country", "currency", "fiscal_year_end")
WITH_ACCOUNT = frozenset({"fiscalyear_last_day", "fiscalyear_last_month"})
"""Fields that a company has only once `account` is installed."""
BOOKED = frozenset({"country", "currency"})
"""What entries depend on: Odoo refuses another currency then, and lets the country go wrong without a word."""


@dataclass(frozen=True)
class Firm:
    """The company: `now` holds what was asked for and is there, `changes` what is asked for and differs.

    `brings` are modules that Odoo installs by itself with the country; `refused` says why a change cannot be.
    """

    id: int
    name: str
    now: Company
    changes: Company
    brings: frozenset[str] = frozenset()
    refused: tuple[str, ...] = ()

    @property
    def changed(self) -> tuple[str, ...]:
        """Return the names of the settings that differ."""
        return tuple(name for name in SETTINGS if getattr(self.changes, name) is not None)


def look_at_company(odoo: OdooReader, server: Server, wanted: Company) -> Firm:
    """Return the company with the settings that are wanted; raises WorldError unless there is exactly one."""
    accounted = odoo.fields_get("res.company") >= WITH_ACCOUNT
    fields = ["name", "country_id", "currency_id", *(sorted(WITH_ACCOUNT) if accounted else ())]
    rows = odoo.search_read("res.company", [], fields)
    if len(rows) != 1:
        names = ", ".join(str(row["name"]) for row in rows) or "none that the key's user sees"
        raise WorldError(
            f"this database holds {len(rows)} companies ({names}): settings are made where there is exactly one; "
            "leave country, currency and fiscal year out of the briefing, and set them in Odoo"
        )
    now = _settings(odoo, rows[0], wanted)
    changes = Company(**{name: _differs(getattr(wanted, name), getattr(now, name)) for name in SETTINGS})
    firm = Firm(rows[0]["id"], str(rows[0]["name"]), now, changes)
    return _weighed(odoo, server, firm, accounted=accounted)


def shown(name: str, value: str | None) -> str:
    """Return a setting's value in words."""
    if value:
        return value
    return "not there before Invoicing is installed" if name == "fiscal_year_end" else "none"


def _settings(odoo: OdooReader, row: Json, wanted: Company) -> Company:
    """Return of the wanted settings what the company has; a fiscal year is None before `account`."""
    country = currency = end = None
    if wanted.country is not None:
        country = _code(odoo, row)
    if wanted.currency is not None:
        currency = row["currency_id"][1]
    if wanted.fiscal_year_end is not None and row.get("fiscalyear_last_day"):
        end = f"{int(row['fiscalyear_last_month']):02d}-{int(row['fiscalyear_last_day']):02d}"
    return Company(country=country, currency=currency, fiscal_year_end=end)


def _code(odoo: OdooReader, row: Json) -> str:
    if not row.get("country_id"):
        return ""
    return str(odoo.search_read("res.country", [["id", "=", row["country_id"][0]]], ["code"])[0]["code"])


def _differs(wanted: str | None, now: str | None) -> str | None:
    return wanted if wanted != now else None


def _weighed(odoo: OdooReader, server: Server, firm: Firm, *, accounted: bool) -> Firm:
    """Return the company with what its changes bring and why they cannot be; asks only where any are."""
    changes = firm.changes
    refused = list(_unknown(odoo, changes))
    brings: frozenset[str] = frozenset()
    if accounted and BOOKED & set(firm.changed) and (entries := odoo.search_count("account.move", [])):
        refused.append(_booked(firm, entries))
    if server.country_installs and changes.country and not firm.now.country and not refused:
        there = cleared(with_dependencies(odoo, server, module_rows(odoo, server)))
        brings = brought_by_country(there, country_id(odoo, changes.country))
    return Firm(firm.id, firm.name, firm.now, changes, brings, tuple(refused))


def _unknown(odoo: OdooReader, changes: Company) -> Iterator[str]:
    """Yield what this database does not know."""
    known = {
        "country": ("res.country", "code"),
        "currency": ("res.currency", "name"),
    }
    for name, (model, field) in known.items():
        value = getattr(changes, name)
        if value and not odoo.search_count(model, [[field, "=", value]], archived=True):
            yield f"this Odoo knows no {name} {value}: correct it in the briefing"


def _booked(firm: Firm, entries: int) -> str:
    """Return the refusal to change what entries were made upon."""
    what = " and ".join(
        f"{name} {shown(name, getattr(firm.now, name))}" for name in firm.changed if name in BOOKED
    )
    return (
        f"the company {firm.name} has {entries} accounting entries made with {what}: put what is there into the "
        "briefing, or have an accountant make the change"
    )
