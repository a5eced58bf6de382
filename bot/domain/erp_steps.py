"""The steps of an ERP: company, modules, fiscal year, people, in this order; and what each step's undo does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.briefing import Briefing
from bot.domain.erp import ACCOUNT
from bot.domain.erp_choice import Erp
from bot.domain.erp_place import OdooEnvironment
from bot.domain.erp_wishes import COMPANY, MODULES, USERS
from executors.protocol.card import ExecutorCard
from executors.protocol.odoo import OdooDatabase
from executors.protocol.plan import Step
from executors.protocol.wire import Json

MODULE_SECONDS = 20
"""What one module asked for takes with all it brings; 10 to 14 s were seen on a small machine."""
_A_LEAP_YEAR = 2000


@dataclass(frozen=True)
class _Draft:
    """A step before its executor's card is at hand."""

    id: str
    executor: str
    title: str
    summary: str
    inputs: Json
    seconds: int = 60


def erp_steps(
    briefing: Briefing, erp: Erp, cards: Mapping[str, ExecutorCard], copy: str | None
) -> tuple[Step, ...]:
    """`erp-company`, `erp-modules`, `erp-fiscal-year`, `erp-users`, as far as they are asked and can be done.

    `copy` is the name of the duplicate that is made before the first change, None for none.
    """
    config, place = briefing.erp_config, erp.place
    if config is None or place is None:
        return ()
    at = database(place, copy).to_json()
    drafts = [_company(briefing, config.currency, at)]
    if erp.modules:
        drafts.append(_modules(briefing, erp, place, at))
    if ACCOUNT in erp.everything:
        drafts.append(_fiscal_year(year_end(config.fiscal_year_start), at))
    if erp.accounts:
        drafts.append(_users(erp, at))
    return _in_order([draft for draft in drafts if draft.executor in cards], place, cards)


def database(place: OdooEnvironment, snapshot: str | None) -> OdooDatabase:
    """The place of the operations; `snapshot` names the duplicate that is made first."""
    return OdooDatabase(
        url=place.url,
        database=place.database,
        login=place.login,
        key=place.key,
        master=place.master,
        snapshot=snapshot,
    )


def year_end(start: str) -> str:
    """The day before the first day of a year, both as MM-DD; before 1 March it is the 29th, as Odoo takes it."""
    month, day = map(int, start.split("-"))
    return (date(_A_LEAP_YEAR, month, day) - timedelta(days=1)).strftime("%m-%d")


def _in_order(
    drafts: Sequence[_Draft], place: OdooEnvironment, cards: Mapping[str, ExecutorCard]
) -> tuple[Step, ...]:
    """The steps, each after the one before it."""
    before = [(), *((draft.id,) for draft in drafts)]
    return tuple(
        Step(
            id=draft.id,
            executor=draft.executor,
            title=draft.title,
            summary=draft.summary,
            inputs=draft.inputs,
            depends_on=earlier,
            limits=cards[draft.executor].limits,
            undo="snapshot" if place.snapshot else cards[draft.executor].undo,
            estimate_seconds=draft.seconds,
        )
        for draft, earlier in zip(drafts, before, strict=False)
    )


def _company(briefing: Briefing, currency: str, at: Json) -> _Draft:
    inputs = {"at": at, "country": briefing.country, "currency": currency, "fiscal_year_end": None}
    where = f"{at['database']} on {at['url'].split('//')[1]}"
    summary = (
        f"Set the company's country {briefing.country} and currency {currency} in {where}, before any accounting"
    )
    return _Draft("erp-company", COMPANY, "Set country and currency", summary, inputs)


def _modules(briefing: Briefing, erp: Erp, place: OdooEnvironment, at: Json) -> _Draft:
    names = [module.name for module in erp.modules]
    inputs = {"at": at, "modules": names, "edition": place.edition, "country": briefing.country}
    words = ", ".join(f"{one.label} ({one.name})" if one.label != one.name else one.name for one in erp.modules)
    minutes = -(-MODULE_SECONDS * len(names) // 60)
    summary = f"Install {words}, one at a time, with what each brings"
    return _Draft("erp-modules", MODULES, "Install Odoo modules", summary, inputs, minutes * 60)


def _fiscal_year(end: str, at: Json) -> _Draft:
    inputs = {"at": at, "country": None, "currency": None, "fiscal_year_end": end}
    summary = f"Let the fiscal year end on {end}"
    return _Draft("erp-fiscal-year", COMPANY, "Set the fiscal year", summary, inputs)


def _users(erp: Erp, at: Json) -> _Draft:
    users = [{"login": one.login, "name": one.name, "groups": list(one.groups)} for one in erp.accounts]
    words = ", ".join(f"{one.name} ({one.role.name})" for one in erp.accounts)
    summary = f"Accounts for {words}; no mail is sent and no password is set"
    inputs = {"at": at, "users": users, "after": [module.name for module in erp.modules]}
    return _Draft("erp-users", USERS, "Create Odoo users", summary, inputs)


SNAPSHOT = (
    "The whole database goes back to the minute before the run, whatever the step did; refused where others have "
    "worked in it since."
)
UNDO = {
    COMPANY: "Gives the company its earlier settings again, one by one; once there are entries, Odoo keeps the "
    "currency.",
    MODULES: "Uninstalls exactly the modules that were added: their data is lost, tables of shared modules stay. "
    "Refused where entries are posted, other modules depend on them, or people have made records in them.",
    USERS: "Deletes the accounts that were made, or archives those that something refers to; takes new rights "
    "back from accounts that were there.",
}
"""What taking a step back does where no snapshot was made, by executor."""


def erp_undo(step: Step) -> str | None:
    """What taking an ERP's step back does, in a sentence or two; None for a step of something else."""
    if step.executor not in UNDO:
        return None
    return SNAPSHOT if step.undo == "snapshot" else UNDO[step.executor]
