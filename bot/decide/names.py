"""Whose a domain is, decided row by row: the rows of a case `names:…`, whose ledger is who has which name.

Of two capabilities that ask at once the second sees what the first was given. Who gets its names goes on to the
budget from here; who does not is told whose they are.
"""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.effects import Tell
from bot.domain.knowledge import Knowledge, Ledgers, Need
from bot.domain.ledger import Entry
from bot.domain.names import Holder, holders, refusal
from bot.domain.turn import Turn
from bot.events.model import Told


def needs(event: Told, _: Case | None) -> tuple[Need, ...]:
    """The names' own ledger."""
    return (Ledgers((event.case,)),)


def _held(turn: Turn, known: Knowledge) -> dict[str, tuple[Holder, ...]]:
    return holders(known.ledgers.get(turn.key, ()))


def want(event: Told, turn: Turn, known: Knowledge) -> None:
    """Gives a capability its names and asks the budget for it, or says who has the first of them."""
    there, data, wish = _held(turn, known), event.data["claim"], event.data["wish"]
    case, names, sites = data["case"], data["names"], frozenset(data.get("sites", ()))
    kept = [(name, holder) for name in names for holder in there.get(name, ())]
    for name, holder in kept:
        if holder.keeps_from(case, data["repository"], is_site=name in sites):
            why, line = refusal(name, holder)
            told = {"nonce": wish["nonce"], "why": why, "line": line}
            turn.do(Tell(f"taken:{wish['nonce']}", case, "leg.taken", told))
            return
    mine = {(name, holder.is_site) for name, holder in kept if holder.case == case and not holder.is_done}
    if mine != {(name, name in sites) for name in names}:
        turn.record(Entry("names.taken", dict(data)))
    turn.do(Tell(f"reserve:{wish['nonce']}", event.data["budget"], "budget.reserve", wish))


def settle(event: Told, turn: Turn, known: Knowledge) -> None:
    """The capability is completed: its repository may renew what it did."""
    have = [one for each in _held(turn, known).values() for one in each]
    if any(one.case == event.data["case"] and not one.is_done for one in have):
        turn.record(Entry("names.settled", {"case": event.data["case"]}))


def release(event: Told, turn: Turn, known: Knowledge) -> None:
    """The capability has these names no more."""
    there, case = _held(turn, known), event.data["case"]
    names = [name for name in event.data["names"] if case in {one.case for one in there.get(name, ())}]
    if names:
        turn.record(Entry("names.released", {"case": case, "names": names}))
