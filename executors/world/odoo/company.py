"""A company's country, currency and the end of its fiscal year: read first, written at once, read back.

What Odoo would take without a word although books exist (another country) is refused here; what it refuses itself
(another currency) is said before it is tried.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from pydantic import ValidationError

from executors.errors import PartlyDone, WorldError
from executors.protocol.odoo import Company, SetCompany
from executors.protocol.wire import Json
from executors.world.odoo.client import Client
from executors.world.odoo.currencies import one, put_to_sleep, search, sleeping, woken_with
from executors.world.odoo.problems import NoModel

if TYPE_CHECKING:
    from executors.protocol.operation import Operation

_MONTH, _DAY = "fiscalyear_last_month", "fiscalyear_last_day"


def set_company(client: Client, operation: SetCompany) -> Operation | None:
    """Give the company these settings; returns the exact inverse, None where there was nothing to do.

    Raises WorldError where books exist, accounting is not installed, or a country or currency is unknown;
    PartlyDone where Odoo took the settings and reads otherwise.
    """
    now = _read(client, operation)
    changes = _differing(operation.settings, now)
    inverse = None
    if changes:
        _refuse_books(client, operation, changes)
        values = {**_country(client, changes), **_currency(client, changes), **_fiscal_year(changes)}
        slept = sleeping(client, (changes["currency"],)) if "currency" in changes else ()
        client.call("res.company", "write", ids=[operation.company], vals=values)
        inverse = operation.model_copy(
            update={
                "settings": Company(**{name: getattr(now, name) for name in changes}),
                "before": Company(**changes),
                "deactivate": tuple(slept),
            }
        )
        _read_back(client, operation, inverse)
    put_to_sleep(client, operation)
    return inverse


def settle(client: Client, operation: SetCompany) -> tuple[bool, Operation | None]:
    """Look whether the company has these settings; returns that, and what takes them back. Raises WorldError."""
    if _differing(operation.settings, _read(client, operation)):
        return False, None
    awake = set(operation.deactivate) - set(sleeping(client, operation.deactivate))
    wanted = operation.settings.model_dump(exclude_none=True)
    before = {name: getattr(operation.before, name) for name in wanted}
    inverse = operation.model_copy(
        update={
            "settings": Company(**before),
            "before": operation.settings,
            "deactivate": woken_with(client, operation),
        }
    )
    return not awake, inverse


def _read(client: Client, operation: SetCompany) -> Company:
    """Return what the company is set to; no fiscal year where accounting is not installed."""
    has_books = _MONTH in client.call("res.company", "fields_get", allfields=[_MONTH], attributes=["type"])
    if operation.settings.fiscal_year_end is not None and not has_books:
        raise WorldError(
            f"{operation.at.target}: the fiscal year belongs to accounting, which is not installed; install the "
            "module account first"
        )
    fields = ["country_id", "currency_id", *([_MONTH, _DAY] if has_books else [])]
    rows = search(client, "res.company", [["id", "=", operation.company]], fields)
    if not rows:
        raise WorldError(f"{operation.at.target}: company {operation.company} is gone; plan again")
    row = rows[0]
    country, currency = row["country_id"], row["currency_id"]
    try:
        return Company(
            country=_name(client, "res.country", "code", country[0]) if country else "",
            currency=_name(client, "res.currency", "name", currency[0]),
            fiscal_year_end=f"{int(row[_MONTH]):02}-{int(row[_DAY]):02}" if has_books else None,
        )
    except ValidationError:
        raise WorldError(
            f"{operation.at.target}: company {operation.company} has a country, a currency or a fiscal "
            "year that is none by ISO 3166, ISO 4217 or the calendar; set it right in Odoo first"
        ) from None


def _differing(settings: Company, now: Company) -> dict[str, str]:
    """Return the settings that the company does not have yet."""
    wanted: dict[str, str] = settings.model_dump(exclude_none=True)
    return {name: value for name, value in wanted.items() if getattr(now, name) != value}


def _refuse_books(client: Client, operation: SetCompany, changes: Collection[str]) -> None:
    """Refuse another country or currency where the company has books already."""
    at, company = operation.at.target, operation.company
    if "currency" in changes and _count(client, "account.move.line", company):
        raise WorldError(
            f"{at}: the currency of company {company} cannot be changed any more, because journal items exist; "
            "leave the currency out of the briefing, or begin with a company that has none"
        )
    if "country" in changes and _count(client, "account.move", company):
        raise WorldError(
            f"{at}: the country of company {company} is not changed, because it has accounting entries; Odoo "
            "would take it, and its chart of accounts and taxes would stay those of the old country"
        )


def _country(client: Client, changes: Mapping[str, str]) -> Json:
    if "country" not in changes:
        return {}
    code = changes["country"]
    return {"country_id": one(client, "res.country", "code", code)["id"] if code else False}


def _currency(client: Client, changes: Mapping[str, str]) -> Json:
    """Return the currency to be written; Odoo itself wakes one that sleeps, in the same transaction."""
    if "currency" not in changes:
        return {}
    return {"currency_id": one(client, "res.currency", "name", changes["currency"])["id"]}


def _fiscal_year(changes: Mapping[str, str]) -> Json:
    if "fiscal_year_end" not in changes:
        return {}
    month, day = changes["fiscal_year_end"].split("-")
    return {_MONTH: str(int(month)), _DAY: int(day)}


def _read_back(client: Client, operation: SetCompany, inverse: SetCompany) -> None:
    """Make sure that Odoo has what it took, and that the company's currency can be used."""
    wrong = sorted(_differing(operation.settings, _read(client, operation)))
    currency = operation.settings.currency
    if not wrong and currency and sleeping(client, (currency,)):
        wrong = [f"currency {currency}, which sleeps"]
    if wrong:
        raise PartlyDone(
            f"{operation.at.target}: Odoo took the settings of company {operation.company}, and reads otherwise: "
            f"{', '.join(wrong)}; look at the company in Odoo",
            inverse.to_json(),
        )


def _name(client: Client, model: str, field: str, record: int) -> str:
    return str(search(client, model, [["id", "=", record]], [field])[0][field])


def _count(client: Client, model: str, company: int) -> int:
    """Return how many such records the company and its branches have; 0 without accounting."""
    try:
        domain = [["company_id", "child_of", company]]
        return int(client.call(model, "search_count", context={"active_test": False}, domain=domain))
    except NoModel:
        return 0
