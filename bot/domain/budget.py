"""The budget: what is reserved and spent, and whether one more leg is within the limits (T47).

A budget is a case of its own, `budget:<operations repository id>`, and its ledger is the account. Before a leg is
dispatched its estimate is reserved; the reservation counts until the actual cost takes its place or it is given
back. Amounts that nobody knows are not guessed: the total then says *at least*. Months are calendar months in UTC,
a day is the 24 hours before now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.domain.case import Case
from bot.domain.ledger import Line
from bot.domain.rules import Budgets

DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Wish:
    """One leg that asks for money, with the limits of the policy that it was asked under."""

    case: str
    nonce: str
    leg: str
    verb: str
    repository: int
    user: int
    """the account that set it off, 0 for the bot"""
    login: str
    amount: str | None
    """the estimate's upper end; None where a runner has no price"""
    spent: str
    """what the case has cost so far, as far as it is known"""
    unknown: bool
    """whether some of it is not known"""
    currency: str
    limits: Budgets
    override: bool
    """whether admins override the limits for this plan"""

    @property
    def data(self) -> dict[str, Any]:
        """The wish as it is told and recorded."""
        return {**vars(self), "limits": self.limits.model_dump(mode="json")}


def wish_of(data: Mapping[str, Any]) -> Wish:
    """The wish that was told."""
    return Wish(**{**data, "limits": Budgets.model_validate(data["limits"])})


@dataclass(frozen=True)
class Booking:
    """What one run is held to cost, or has cost; `amount` None is unknown."""

    case: str
    repository: int
    user: int
    amount: Decimal | None
    currency: str
    at: datetime
    is_settled: bool = False


@dataclass(frozen=True)
class Account:
    """Every run that was reserved and not given back, by nonce, oldest first; and what was warned of."""

    bookings: Mapping[str, Booking] = field(default_factory=dict)
    returned: frozenset[str] = frozenset()
    warned: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Total:
    """What counts against a limit, this leg included; `at_least` where some of it is not known."""

    limit: str
    used: Decimal
    of: Decimal
    at_least: bool

    def data(self, wish: Wish) -> dict[str, Any]:
        """The total as it is told: amounts as decimal strings, with their currency."""
        facts = {"limit": self.limit, "used": f"{self.used:f}", "of": f"{self.of:f}", "at_least": self.at_least}
        return facts | {"currency": wish.currency, "estimate": wish.amount}


@dataclass(frozen=True)
class Stop:
    """Why a leg is not dispatched: the limit, the numbers, and when it is possible again where time helps."""

    limit: str
    facts: Mapping[str, Any]


def budget_key(case: Case) -> str:
    """The case of the budget that the plan's legs are paid from: its operations repository's."""
    pin = case.plan.workflow if case.plan else None
    return f"budget:{pin.repository_id if pin else 0}"


def account_of(lines: Iterable[Line]) -> Account:
    """The account that the budget's ledger describes."""
    bookings: dict[str, Booking] = {}
    returned: set[str] = set()
    warned: set[str] = set()
    for line in lines:
        data, kind = line.entry.data, line.entry.type
        if kind == "spend.reserved":
            bookings[data["nonce"]] = _booked(data, line.at)
        elif kind == "spend.settled" and data["nonce"] in bookings:
            bookings[data["nonce"]] = _settled(bookings[data["nonce"]], data)
        elif kind == "spend.released":
            bookings.pop(data["nonce"], None)
            returned.add(data["nonce"])
        elif kind == "budget.warned":
            warned.add(data["mark"])
    return Account(bookings, frozenset(returned), frozenset(warned))


def _booked(data: Mapping[str, Any], at: str) -> Booking:
    amount = None if data["amount"] is None else Decimal(data["amount"])
    moment = datetime.fromisoformat(at)
    return Booking(data["case"], data["repository"], data["user"], amount, data["currency"], moment)


def _settled(booking: Booking, data: Mapping[str, Any]) -> Booking:
    """The actual cost in place of the estimate; where none is known the estimate stays."""
    if data["amount"] is None:
        return booking
    return replace(booking, amount=Decimal(data["amount"]), currency=data["currency"], is_settled=True)


def stop(account: Account, wish: Wish, now: datetime) -> Stop | None:
    """The first limit that the leg would exceed; None where it is within all of them, or they are overridden."""
    if wish.override:
        return None
    if wish.amount is None and (wish.limits.per_case or wish.limits.per_month):
        return Stop("price", {"limit": "price", "currency": wish.currency})
    for total in totals(account, wish, now):
        if total.used > total.of:
            return Stop(total.limit, total.data(wish))
    return _too_often(account, wish, now)


def totals(account: Account, wish: Wish, now: datetime) -> tuple[Total, ...]:
    """What counts against each limit on money that there is, with this leg."""
    found = []
    estimate, limits = Decimal(wish.amount or 0), wish.limits
    if limits.per_case is not None:
        held = [one for one in account.bookings.values() if one.case == wish.case and not one.is_settled]
        known, open_end = _sum(held, wish.currency)
        used = Decimal(wish.spent) + known + estimate
        found.append(Total("per_case", used, Decimal(limits.per_case), open_end or wish.unknown))
    if limits.per_month is not None:
        month = [one for one in account.bookings.values() if _month(one.at) == _month(now)]
        known, open_end = _sum(month, wish.currency)
        found.append(Total("per_month", known + estimate, Decimal(limits.per_month), open_end))
    return tuple(found)


def _sum(bookings: Iterable[Booking], currency: str) -> tuple[Decimal, bool]:
    """The known amounts in that currency, and whether there are others."""
    listed = list(bookings)
    known = [one.amount for one in listed if one.amount is not None and one.currency == currency]
    return sum(known, Decimal(0)), len(known) < len(listed)


def warnings(account: Account, wish: Wish, now: datetime) -> tuple[tuple[str, Total], ...]:
    """The limits that come near with this leg and were not warned of yet, each with the mark of its warning."""
    found = []
    for total in totals(account, wish, now):
        mark = f"{total.limit}:{wish.case if total.limit == 'per_case' else _month(now)}:{total.of:f}"
        if total.used * 100 >= total.of * wish.limits.warn_percent and mark not in account.warned:
            found.append((mark, total))
    return tuple(found)


def _too_often(account: Account, wish: Wish, now: datetime) -> Stop | None:
    recent = [one for one in account.bookings.values() if one.at > now - DAY]
    mine = [one.at for one in recent if wish.user and one.user == wish.user]
    here = [one.at for one in recent if one.repository == wish.repository]
    limits = wish.limits
    for name, times, of in (
        ("runs_per_person", mine, limits.runs_per_person),
        ("runs_per_day", here, limits.runs_per_day),
    ):
        if len(times) >= of:
            again = sorted(times)[len(times) - of] + DAY
            facts = {"limit": name, "used": len(times), "of": of, "login": wish.login}
            return Stop(name, facts | {"again": again.astimezone(UTC).isoformat()})
    return None


def _month(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m")


def in_words(facts: Mapping[str, Any]) -> tuple[str, str]:
    """Which limit is in the way, with its numbers; and what people can do about it, commands as code."""
    override = "an admin may say `/override budget <reason>`"
    limit, at = facts["limit"], f"`budgets.{facts['limit']}`"
    if limit == "price":
        why = "the policy limits what may be spent, and a runner of this leg has no price"
        return why, f"add its price to `prices.minutes` in the policy, then `/plan`; or {override}"
    if limit in {"per_case", "per_month"}:
        whose = "this capability" if limit == "per_case" else "this month"
        least = "at least " if facts["at_least"] else ""
        sums = f"{least}{facts['used']} {facts['currency']} of {facts['of']} {facts['currency']}"
        why = f"the budget of {whose} is not enough: with this run it comes to {sums}"
        # What people approved holds the limit of the capability; those of the month are nobody's plan.
        again = "`/plan` and approve again" if limit == "per_case" else "`/run`"
        return why, f"raise {at} in the policy, then {again}; or {override}"
    whom = f"{facts['login'] or 'this account'} has set off" if limit == "runs_per_person" else "there were"
    where = "" if limit == "runs_per_person" else " for this repository"
    why = f"{whom} {facts['used']} runs{where} within 24 hours, and the policy allows {facts['of']}"
    again = datetime.fromisoformat(facts["again"]).strftime("%Y-%m-%d %H:%M UTC")
    return why, f"`/run` is possible again at {again}; raise {at} in the policy for more, or {override}"
