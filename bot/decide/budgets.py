"""A budget's own decisions: whether there is money for one more leg, and what runs have really cost.

These are the rows of a case `budget:…`. The ledger of that case is the account (domain/budget.py); its rows are
handled one by one, so that of two legs that ask at once the second sees what the first has reserved.
"""

from __future__ import annotations

from bot.domain.budget import Account, Total, Wish, account_of, stop, warnings, wish_of
from bot.domain.case import Case
from bot.domain.effects import Tell
from bot.domain.knowledge import Knowledge, Ledgers, Need
from bot.domain.ledger import Entry
from bot.domain.people import Actor
from bot.domain.turn import Turn
from bot.events.model import Told


def needs(event: Told, _: Case | None) -> tuple[Need, ...]:
    """The budget's own ledger."""
    return (Ledgers((event.case,)),)


def _account(turn: Turn, known: Knowledge) -> Account:
    return account_of(known.ledgers.get(turn.key, ()))


def reserve(event: Told, turn: Turn, known: Knowledge) -> None:
    """Reserves what the leg may cost, or says which limit is in the way. A leg is asked for once.

    What is taken back is counted and never stopped: a half that stands for want of money costs more than a run.
    """
    account, wish = _account(turn, known), wish_of(event.data)
    if wish.nonce in account.bookings or wish.nonce in account.returned:
        return
    stopped = stop(account, wish, turn.now) if wish.verb != "rollback" else None
    if stopped is not None:
        facts = {"case": wish.case, "nonce": wish.nonce, "leg": wish.leg, "verb": wish.verb, **stopped.facts}
        turn.record(Entry("budget.stopped", facts, _who(wish)))
        told = {"nonce": wish.nonce, **stopped.facts}
        turn.do(Tell(f"stopped:{wish.nonce}", wish.case, "leg.stopped", told))
        return
    near = () if wish.override else warnings(account, wish, turn.now)
    facts = {name: value for name, value in wish.data.items() if name not in {"limits", "login"}}
    turn.record(Entry("spend.reserved", facts, _who(wish)))
    for mark, total in near:
        turn.record(Entry("budget.warned", {"mark": mark, "case": wish.case, **total.data(wish)}))
    told = {"nonce": wish.nonce, "warnings": [_warning(total, wish) for _, total in near]}
    turn.do(Tell(f"reserved:{wish.nonce}", wish.case, "leg.reserved", told))


def _who(wish: Wish) -> Actor:
    return Actor(wish.user, wish.login)


def _warning(total: Total, wish: Wish) -> dict[str, object]:
    return {**total.data(wish), "percent": wish.limits.warn_percent}


def settle(event: Told, turn: Turn, known: Knowledge) -> None:
    """The actual cost takes the estimate's place."""
    booking = _account(turn, known).bookings.get(event.data["nonce"])
    if booking is not None and not booking.is_settled:
        facts = {name: event.data[name] for name in ("case", "nonce", "amount", "currency")}
        turn.record(Entry("spend.settled", facts))


def release(event: Told, turn: Turn, known: Knowledge) -> None:
    """The leg was never run: nothing was spent. What was not asked for yet is remembered as given back."""
    account, nonce = _account(turn, known), event.data["nonce"]
    booking = account.bookings.get(nonce)
    if nonce not in account.returned and (booking is None or not booking.is_settled):
        turn.record(Entry("spend.released", {"case": event.data["case"], "nonce": nonce}))
