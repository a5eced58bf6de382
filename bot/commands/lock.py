"""`/lock [environment] [for <n>h|<n>d] <reason>`: keep an environment to oneself: no run begins there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.effects import Tell
from bot.domain.faults import Refused
from bot.domain.gates import PLAN, ask
from bot.domain.knowledge import Knowledge, Need, Owners, PolicyFile
from bot.domain.ledger import Entry, stamp
from bot.domain.lifecycle import Phase
from bot.domain.lock import CLOSED_FOR, LONGEST, key_of
from bot.domain.people import Role
from bot.domain.policy import Policy
from bot.domain.rights import basis, in_words, rights_of, standing
from bot.domain.turn import Turn

_TIME = re.compile(r"for[ \t]+(\S+)(?:[ \t]+(.*))?", re.IGNORECASE)
_LENGTH = re.compile(r"([1-9][0-9]{0,3})([hd])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}
REASON = 300
"""Characters of a reason that are kept."""


@dataclass(frozen=True)
class Said:
    """What the words ask for; `length` None where the time is none that we know."""

    place: str
    reason: str
    length: timedelta | None


def said(arguments: str, places: tuple[str, ...]) -> Said:
    """The words of the command; `places` are the product's environments, the first is meant where none is named.

    A first word before `for <time>` is an environment too, so that a misspelt one is not taken for a reason.
    """
    first, _, rest = arguments.partition(" ")
    place, words = places[0], arguments
    if first in places or (_has_time(rest.strip()) and not _TIME.match(arguments)):
        place, words = first, rest.strip()
    time = _TIME.fullmatch(words)
    if time is None:
        return Said(place, words, CLOSED_FOR)
    length = _LENGTH.fullmatch(time[1].lower())
    reason = (time[2] or "").strip()
    return Said(place, reason, int(length[1]) * _UNITS[length[2]] if length else None)


def _has_time(words: str) -> bool:
    found = _TIME.fullmatch(words)
    return found is not None and _LENGTH.fullmatch(found[1].lower()) is not None


def needs(asked: Asked, _: Case | None) -> tuple[Need, ...]:
    """The asker's rights, and the policy with its environments."""
    return (*rights_of({asked.actor.id: asked.actor.login}), PolicyFile(), Owners())


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Asks the environment, which answers; or says what is wrong with the words."""
    refused = may_not(asked, turn.case, known) or _wrong(asked, turn.case, known)
    if refused is not None:
        turn.refuse(asked.comment_id, asked.number, "lock", refused)
        return
    wanted = said(asked.arguments, places_of(turn.case, known))
    assert wanted.length is not None
    until, reason = stamp(turn.now + wanted.length), wanted.reason[:REASON]
    tell(asked, turn, known, wanted.place, {"until": until, "reason": reason})


def tell(asked: Asked, turn: Turn, known: Knowledge, place: str, more: dict[str, object]) -> None:
    """Record what was asked, and tell the environment; `more` is what the command says besides."""
    assert known.operations is not None
    who, kind = asked.actor, "lock.close" if asked.name == "lock" else "lock.open"
    facts = {"comment": asked.comment_id, "environment": place, **more}
    turn.record(Entry(f"{asked.name}.requested", facts, who, str(more.get("reason", ""))))
    data = {"case": turn.key, "command": asked.name, "comment": asked.comment_id, "number": asked.number}
    admin = known.roles.get(who.id, Role.NONE) >= Role.ADMIN
    data |= {"user": who.id, "login": who.login, "admin": admin} | more
    turn.do(Tell(f"{asked.name}:{asked.comment_id}", key_of(known.operations.id, place), kind, data))


def places_of(case: Case, known: Knowledge) -> tuple[str, ...]:
    """The environments of the case's product, the website's first; none where the policy does not name it."""
    product = known.policy.product_of(case.repo.name) if known.policy else None
    return product.places if product else ()


def may_not(asked: Asked, case: Case, known: Knowledge) -> Refused | None:
    """Why the account may not lock and unlock: it takes a say at the plan's gate, or the maintain role."""
    who = asked.actor
    if known.policy is None or known.operations is None or not places_of(case, known):
        return Refused(
            "no_policy", who.login, "the policy cannot be read, or does not name this product", "/status"
        )
    if known.roles.get(who.id, Role.NONE) >= Role.MAINTAIN or _decides(asked, case, known, known.policy):
        return None
    at = ask(case, known.policy, PLAN)
    whom = in_words(at.approvers) if at else "an admin"
    return Refused("no_role", who.login, "only those who may approve lock an environment", f"ask {whom}")


def _decides(asked: Asked, case: Case, known: Knowledge, policy: Policy) -> bool:
    at, who = ask(case, policy, PLAN), asked.actor
    return at is not None and basis(at.approvers, standing(known, who.id, who.login)) is not None


def unknown_place(asked: Asked, places: tuple[str, ...]) -> Refused:
    """The policy names no such environment for this product."""
    why = f"this product has no environment of that name; it has {', '.join(places)}"
    return Refused("environment_unknown", asked.actor.login, why, f"/{asked.name} {places[0]}")


def _wrong(asked: Asked, case: Case, known: Knowledge) -> Refused | None:
    places, who = places_of(case, known), asked.actor.login
    wanted = said(asked.arguments, places)
    line = f"/lock {places[0]} for 2h <reason>"
    if wanted.place not in places:
        return unknown_place(asked, places)
    if wanted.length is None:
        return Refused("duration", who, "a time is a number of hours or days: `for 2h`, `for 3d`", line)
    if wanted.length > LONGEST:
        return Refused("duration", who, f"nobody locks an environment for more than {LONGEST.days} days", line)
    if not wanted.reason:
        return Refused("reason_missing", who, "a lock takes a reason, which those who wait will read", line)
    return None


COMMAND = Command(
    name="lock",
    usage="/lock [environment] [for <n>h|<n>d] <reason>",
    summary="Keep an environment to yourself: no run begins there until `/unlock`, or for 24 hours.",
    who=Role.READ,
    phases=frozenset(Phase),
    examples=("/lock for 2h we restore a backup", "/lock production the auditors are here"),
    needs=needs,
    decide=decide,
)
