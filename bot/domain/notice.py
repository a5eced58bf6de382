"""What is told of a capability to those whom the policy names: decided once, stored as a blob, sent by its digest.

    a decision ── announce ──> Record(notice.written), Post(notice, places)
    Post, behind all that the decision wants done ──> one case `post:…` for each place, which sends it

A place has a case of its own, so what cannot be delivered holds up nothing else. The blob goes with `/erase`;
ledger and anchors hold its digest, and no address (T52).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from bot.domain.case import Case
from bot.domain.cost import costs_of
from bot.domain.effects import Record
from bot.domain.ledger import Entry, stamp
from bot.domain.lifecycle import Phase
from bot.domain.notifications import MailRule, News
from bot.domain.policy import Policy
from bot.domain.posting import Place, Post
from bot.domain.turn import Turn
from bot.domain.view import live_at
from executors.protocol.canonical import canonical
from executors.protocol.wire import Wire

WRITTEN = "notice.written"
RESIDUE, LONGEST = 50, 250
"""How many things that remain are named, and in how many characters."""

_P = Phase
_NEWS: Mapping[str, tuple[News, frozenset[Phase]]] = {
    "capability.completed": ("completed", frozenset({_P.COMPLETED})),
    "capability.cancelled": ("cancelled", frozenset({_P.CANCELLED})),
    "execution.failed": ("failed", frozenset({_P.FAILED, _P.WAITING})),
    "rollback.failed": ("failed", frozenset({_P.FAILED, _P.WAITING})),
    "rollback.stopped": ("rolled_back", frozenset({_P.FAILED})),
    "rollback.completed": ("rolled_back", frozenset({_P.ROLLED_BACK})),
    "gate.opened": ("gate.opened", frozenset({_P.WAITING})),
}
"""Entry type → what it is called in a policy, and the phases in which it is still news when all is decided.

A run that failed and is taken back by itself, at once or when its turn comes, is not: how that ends is."""


class Amount(Wire):
    """What it cost so far; `amount` is None where nothing of it is known."""

    amount: str | None
    currency: str
    is_whole: bool
    """whether nothing of it is unknown; else it is at least that"""


class Notice(Wire):
    """What is told: no word of the briefing but its title, and no person (T52)."""

    news: News
    at: str
    """when it happened, RFC 3339"""
    id: str
    """what people call the capability: `WEB-7`"""
    title: str
    repository: str
    """`owner/name`"""
    number: int
    """of the issue"""
    outcome: str
    """the phase that the capability is in now"""
    issue: str = ""
    """its address; "" where it is not known yet"""
    pull: str = ""
    url: str = ""
    """where it can be looked at, once it is done"""
    gate: str = ""
    """the gate at which people are waited for"""
    kept: str = ""
    """the step that stands, where it was taken back down to one"""
    residue: tuple[str, ...] = ()
    """what remains and could not be taken back"""
    more: int = 0
    """how much of that is not listed"""
    cost: Amount | None = None
    """None where nothing was run"""


def announce(turn: Turn, policy: Policy | None) -> None:
    """Has those told who want to hear of what was just decided: one message for each piece of news and place."""
    if policy is None or not policy.notifications or turn.known is None:
        return
    for news in dict.fromkeys(_news(turn)):
        places = tuple(dict.fromkeys(_places(policy, news)))
        if places:
            _write(turn, policy, news, places)


def _write(turn: Turn, policy: Policy, news: News, places: tuple[Place, ...]) -> None:
    data = canonical(notice_of(turn.case, policy, news, stamp(turn.now)).to_json())
    digest = hashlib.sha256(data).hexdigest()
    turn.record(Entry(WRITTEN, {"news": news, "notice": digest, "places": len(places)}), data)
    turn.do(Post(f"post:{turn.case.last}:{news}", news, digest, places))


def _news(turn: Turn) -> Iterator[News]:
    for effect in turn.effects:
        found = _NEWS.get(effect.entry.type) if isinstance(effect, Record) else None
        if found is not None and turn.case.phase in found[1] and not _goes_back(turn.case):
            yield found[0]


def _goes_back(case: Case) -> bool:
    """Whether it waits for its turn to be taken back."""
    return case.queued is not None and case.queued.verb == "rollback"


def _places(policy: Policy, news: News) -> Iterator[Place]:
    for rule in policy.notifications:
        if news in rule.on:
            if isinstance(rule, MailRule):
                yield from (Place("mail", address) for address in rule.to)
            else:
                yield Place("webhook", rule.url)


def notice_of(case: Case, policy: Policy, news: News, at: str) -> Notice:
    """What is to be told of the case as it stands."""
    pull = str(case.made.get("pull_url", ""))
    urls = live_at(case, policy) if case.phase is Phase.COMPLETED else ()
    residue = tuple(str(one)[:LONGEST] for one in case.residue[:RESIDUE])
    return Notice(
        news=news,
        at=at,
        id=case.display_id,
        title=case.plan.title if case.plan else case.title,
        repository=case.repo.name,
        number=case.number,
        outcome=case.phase.value,
        issue=f"{pull.rpartition('/pull/')[0]}/issues/{case.number}" if "/pull/" in pull else "",
        pull=pull,
        url=urls[0] if urls else "",
        gate=case.gate.name if case.gate is not None else "",
        kept=case.kept,
        residue=residue,
        more=len(case.residue) - len(residue),
        cost=_cost(case),
    )


def _cost(case: Case) -> Amount | None:
    lines = costs_of(case)
    if not lines:
        return None
    known = [Decimal(line.amount) for line in lines if line.amount is not None]
    amount = f"{sum(known, Decimal(0)).normalize():f}" if known else None
    return Amount(amount=amount, currency=lines[0].currency, is_whole=len(known) == len(lines))


def payload(notice: Notice, case: str, evidence_url: str, evidence_sha256: str) -> dict[str, Any]:
    """What a webhook carries: type, timestamp, data (https://www.standardwebhooks.com, payload structure)."""
    told = notice.to_json()
    news, at = str(told.pop("news")), told.pop("at")
    kind = news if "." in news else f"capability.{news}"
    evidence = {"url": evidence_url, "sha256": evidence_sha256} if evidence_url else None
    return {"type": kind, "timestamp": at, "data": {"capability": case, **told, "evidence": evidence}}
