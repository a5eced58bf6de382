"""Gives the company of an Odoo its country, currency and fiscal year, before anything is booked on them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from executors.errors import WorldError
from executors.executor import Executor, Facts, Reader
from executors.parts.odoo.company import SETTINGS, Firm, look_at_company, shown
from executors.parts.odoo.records import company_record
from executors.parts.odoo.server import Server, after_copy, look_at_server, seen_copy, seen_server
from executors.parts.odoo.words import counted
from executors.protocol.finding import Finding
from executors.protocol.odoo import Company, MonthEnd, OdooDatabase, SetCompany
from executors.protocol.operation import Operation
from executors.protocol.plan import Limits, Seen

LEAP_YEAR = 2024


class Inputs(BaseModel):
    """Which settings, where; None leaves one as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    at: OdooDatabase
    country: Annotated[str | None, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166")] = None
    currency: Annotated[str | None, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217")] = None
    fiscal_year_end: Annotated[MonthEnd | None, Field(description="month and day: 12-31")] = None

    @model_validator(mode="after")
    def _something_that_exists(self) -> Inputs:
        """Refuse to be asked for nothing, and for a day that no month has."""
        if not any(getattr(self, name) for name in SETTINGS):
            raise ValueError("country, currency or fiscal_year_end: one of them must be given")
        if self.fiscal_year_end:
            month, day = map(int, self.fiscal_year_end.split("-"))
            if day > monthrange(LEAP_YEAR, month)[1]:
                raise ValueError(f"fiscal_year_end {self.fiscal_year_end} is no day of a year")
        return self

    @property
    def wanted(self) -> Company:
        """The settings asked for."""
        return Company(country=self.country, currency=self.currency, fiscal_year_end=self.fiscal_year_end)


@dataclass(frozen=True)
class _Sight:
    """What was looked at."""

    server: Server
    firm: Firm


def look(inputs: Inputs, step: str, reader: Reader) -> Facts:
    """Look at the one company's settings. Raises WorldError where there are several."""
    del step
    odoo = reader.odoo(inputs.at)
    server = look_at_server(inputs.at, odoo)
    firm = look_at_company(odoo, server, inputs.wanted)
    return Facts(_Sight(server, firm), tuple(_seen(inputs, firm, server)), company_record(firm.name, firm.now))


def propose(inputs: Inputs, step: str, facts: Facts) -> Sequence[Operation]:
    """Propose to set what differs, all at once; raises WorldError where entries forbid it."""
    sight: _Sight = facts.data
    firm = sight.firm
    if not firm.changed:
        return []
    if firm.refused:
        raise WorldError(f"{step}: {'; '.join(firm.refused)}")
    before = Company(**{name: getattr(firm.now, name) for name in firm.changed})
    change = SetCompany(at=inputs.at, company=firm.id, settings=firm.changes, before=before)
    return after_copy(inputs.at, sight.server, [change])


def verify(inputs: Inputs, step: str, reader: Reader) -> list[Finding]:
    """Read the company again; a setting that is not as asked is a failure."""
    odoo = reader.odoo(inputs.at)
    firm = look_at_company(odoo, look_at_server(inputs.at, odoo), inputs.wanted)
    return [
        Finding(
            level="failure",
            code="company",
            message=f"{_named(name)} is {shown(name, getattr(firm.now, name))} instead of "
            f"{getattr(firm.changes, name)}",
            step=step,
        )
        for name in firm.changed
    ]


def _seen(inputs: Inputs, firm: Firm, server: Server) -> Iterator[Seen]:
    """Yield the settings asked for as they are; the fiscal year comes with a module, so it need not hold."""
    at = inputs.at
    yield seen_server(at, server)
    for name in SETTINGS:
        if getattr(inputs.wanted, name) is not None:
            value, holds = shown(name, getattr(firm.now, name)), name != "fiscal_year_end"
            yield Seen(target=at.target, fact=_named(name).replace(" ", "-"), value=value, holds=holds)
    if firm.brings:
        text = f"Odoo installs by itself with it {counted(firm.brings, 'module', 'modules')}"
        yield Seen(target=at.target, fact="country-brings", value=text)
    yield from seen_copy(at) or _by_setting_back(inputs, firm)


def _by_setting_back(inputs: Inputs, firm: Firm) -> Iterator[Seen]:
    """Yield how the settings are taken back without a copy, and what stays then."""
    if not firm.changed:
        return
    asleep = "; a currency that was asleep is put to sleep again" if firm.changes.currency else ""
    stays = f"; {counted(firm.brings, 'module stays', 'modules stay')}" if firm.brings else ""
    fact = "fiscal-year-taken-back" if inputs.fiscal_year_end else "company-taken-back"
    yield Seen(
        target=inputs.at.target, fact=fact, value=f"by setting what was there before{asleep}{stays}", holds=False
    )


def _named(setting: str) -> str:
    return setting.replace("_", " ")


EXECUTOR = Executor(
    name="odoo_configure_fiscal",
    summary="Set country, currency and fiscal year of an Odoo's company, while nothing is booked on them yet",
    inputs=Inputs,
    look=look,
    propose=propose,
    verify=verify,
    operations=("copy_database", "set_company"),
    sample={
        "at": {"url": "https://odoo.example", "database": "firm", "login": "millwright", "key": "ODOO_KEY"},
        "country": "DE",
        "currency": "EUR",
        "fiscal_year_end": None,
    },
    limits=Limits(timeout_seconds=3600, retries=3),
)
