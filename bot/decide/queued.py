"""A leg that waits to be dispatched hears from the budget and from its environment, and begins or says why not."""

from __future__ import annotations

from bot.decide.run import expire
from bot.domain.advance import advance
from bot.domain.budget import in_words
from bot.domain.case import Case, Queued
from bot.domain.effects import React, Say, Tell
from bot.domain.faults import Refused
from bot.domain.frozen import is_unreadable
from bot.domain.knowledge import Knowledge, Need, PolicyFile
from bot.domain.launch import ask_anew, dispatch, is_wanted
from bot.domain.ledger import Entry
from bot.domain.lock import lock_key
from bot.domain.notices import BudgetNear, LockNoted, LockOpened
from bot.domain.turn import Turn
from bot.domain.view import show
from bot.events.model import Told


def needs(event: Told, case: Case | None) -> tuple[Need, ...]:
    """The policy, by which the leg is begun and shown; nothing where there is only another question to ask."""
    held = _mine(event, case)
    asks_on = event.kind == "leg.reserved" and held is not None and held.place
    return () if held is None or asks_on or (case is not None and is_unreadable(case)) else (PolicyFile(),)


def needs_nothing(event: Told, case: Case | None) -> tuple[Need, ...]:
    """What was told says everything."""
    del event, case
    return ()


def _mine(event: Told, case: Case | None) -> Queued | None:
    """The queued leg that this is about; None where it is not wanted any more, or has begun."""
    held = case.queued if case is not None else None
    return held if held is not None and held.nonce == event.data["nonce"] else None


def reserved(event: Told, turn: Turn, known: Knowledge) -> None:
    """There is money: the environment is asked for, or the leg begins where it needs none."""
    held = _mine(event, turn.known)
    if held is None or held.has_money:
        return
    turn.record(Entry("budget.reserved", {"nonce": held.nonce}))
    _ask_on(held, turn, known)
    for told in event.data["warnings"]:  # last, for the sticky comment is the first thing that is written
        turn.record(Entry("budget.warned", {"nonce": held.nonce, **told}))
        near = BudgetNear(
            told["limit"], told["used"], told["of"], told["currency"], told["percent"], told["at_least"]
        )
        turn.do(Say(turn.name("budget"), near, to="reply"))


def _ask_on(held: Queued, turn: Turn, known: Knowledge) -> None:
    if not held.place:
        _begin(turn, known, held, 0)
        return
    data = {"case": turn.key, "name": turn.case.display_id, "at": held.at}
    data |= {"nonce": held.nonce, "leg": held.leg, "verb": held.verb}
    turn.do(Tell(f"want:{held.nonce}", lock_key(turn.case, held.place), "lock.want", data))


def locked(event: Told, turn: Turn, known: Knowledge) -> None:
    """The environment is this leg's. What is given to a leg that nobody wants any more goes back at once."""
    run = turn.known.run if turn.known is not None else None
    held = _mine(event, turn.known)
    if held is not None:
        _begin(turn, known, held, event.data["fence"])
    elif turn.known is not None and (run is None or run.nonce != event.data["nonce"]):
        data = {"nonce": event.data["nonce"]}
        turn.do(Tell(f"release:{data['nonce']}", event.data["from"], "lock.release", data))


def _begin(turn: Turn, known: Knowledge, held: Queued, fence: int) -> None:
    """Begins it, if it is still wanted: approvals count until dispatch, and may be too old by now.

    Where GitHub lets nothing be read it waits: it is asked for anew when that is over (caught_up.py).
    """
    if is_unreadable(turn.case):
        return
    expire(turn, known)
    now = turn.case.queued
    if now is None or now.nonce != held.nonce:
        return  # what is allowed without them is asked for anew, under a name of its own
    if is_wanted(turn.case):
        dispatch(turn, known.policy, fence)
    else:
        turn.record(Entry("leg.unqueued", {"nonce": held.nonce}, reason="it is not wanted any more"))
        advance(turn, known.policy, known.nonce)
    show(turn, known.policy, held.why)


def stopped(event: Told, turn: Turn, known: Knowledge) -> None:
    """A limit is in the way: it is said which, with its numbers and what to do, and nothing is dispatched."""
    held = _mine(event, turn.known)
    if held is None or held.has_money:
        return
    why, line = in_words(event.data)
    turn.record(Entry("budget.stopped", {**event.data, "line": line}, reason=why))
    show(turn, known.policy)


def taken(event: Told, turn: Turn, known: Knowledge) -> None:
    """Another capability has a name that this one would set: it is said which, and nothing is dispatched."""
    held = _mine(event, turn.known)
    if held is None or held.has_money:
        return
    data = {"nonce": event.data["nonce"], "line": event.data["line"]}
    turn.record(Entry("names.refused", data, reason=event.data["why"]))
    show(turn, known.policy)


def waits(event: Told, turn: Turn, known: Knowledge) -> None:
    """Somebody else has the environment: it is said who, and what to do."""
    if _mine(event, turn.known) is None:
        return
    data = {"nonce": event.data["nonce"], "line": event.data["line"]}
    turn.record(Entry("lock.awaited", data, reason=event.data["why"]))
    show(turn, known.policy)


def expired(event: Told, turn: Turn, known: Knowledge) -> None:
    """The environment was given to this leg, which never heard of it: it is asked for anew."""
    if _mine(event, turn.known) is not None and not is_unreadable(turn.case):
        why = f"environment {event.data['place']} was given to it and went back, for it was never heard of"
        ask_anew(turn, known.policy, known.nonce, why)
        show(turn, known.policy)


def answered(event: Told, turn: Turn, known: Knowledge) -> None:
    """What came of a `/lock` or `/unlock` that was said on this capability."""
    del known
    told = event.data
    comment, number, names = told["comment"], told["number"], tuple(told.get("waiting", ()))
    if "code" in told:
        refused = Refused(told["code"], told["login"], told["why"], told["line"])
        turn.refuse(comment, number, told["command"], refused)
        return
    turn.do(React(f"react:{comment}", comment, "+1"))
    if told["command"] == "lock":
        noted = LockNoted(told["place"], told["login"], told["reason"], told["until"], told["runs"], names)
        turn.reply(comment, noted, number)
    else:
        opened = LockOpened(told["place"], told["login"], told["owner"], told["reason"], names)
        turn.reply(comment, opened, number)
