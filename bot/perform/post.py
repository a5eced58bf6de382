"""News on their way out: each message handed to a case of its own, and sent from there until somebody takes it.

Pauses are those of https://www.standardwebhooks.com (operational considerations), for mail as well: some 18 hours
in all. What nobody took by then is told to the capability.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot import say
from bot.decide.posted import FAILED, SENT, WANTED
from bot.domain.case import Case
from bot.domain.ledger import Entry
from bot.domain.notice import Notice, payload
from bot.domain.posting import Message, Place, Post, SendMail, SendWebhook, post_key
from bot.domain.webhook_secret import of_endpoint
from bot.errors import NotSent, TriedLater
from bot.perform.made import made
from bot.ports import Call, Hands, Letter, NewRow, Pending
from executors.protocol.canonical import canonical, parse
from executors.protocol.wire import read

log = logging.getLogger(__name__)

PAUSES = (5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0)
"""Seconds after each failed try; after the try behind the last of them it is given up."""
FULL, FULLEST = 2.0, 30
"""Seconds until a message is looked at again for which there was no room; so many times as long in the end."""


async def hand_over(effect: Post, case: Case, hands: Hands) -> list[Entry]:
    """A row for the case of each place, once however often this is done; the evidence is sealed by now."""
    pin = case.plan.workflow if case.plan is not None else None
    message = Message(
        case=case.key,
        operations=pin.repository_id if pin is not None else 0,
        notice=effect.notice,
        evidence_url=case.evidence.get("url", ""),
        evidence_sha256=case.evidence.get("sha256", ""),
    )
    for place in effect.places:
        key = post_key(case.key, effect.key, place)
        await _tell(key, WANTED, asdict(message) | {"way": place.way, "to": place.to}, f"told:{key}", hands)
    return made(effect)


async def mail(pending: Pending, effect: SendMail, hands: Hands) -> list[Entry]:
    """The mail, taken by a server; else TriedLater, or the capability is told why not."""
    return await _sent(pending, Place("mail", effect.to), effect, hands)


async def webhook(pending: Pending, effect: SendWebhook, hands: Hands) -> list[Entry]:
    """The webhook, taken by its endpoint; else as `mail`."""
    return await _sent(pending, Place("webhook", effect.to), effect, hands)


async def _sent(pending: Pending, place: Place, effect: SendMail | SendWebhook, hands: Hands) -> list[Entry]:
    counter = hands.metrics.notices
    try:
        data = await hands.store.blob(effect.message.notice)
        if data is None:
            raise NotSent("what it would have said was erased before it could be sent", again=False)
        await _send(place, read(Notice, parse(data)), effect.message, pending.case, hands)
    except NotSent as error:
        pause = _pause(pending, error)
        if pause is not None:
            counter.labels(place.way, "later").inc()
            raise TriedLater(str(error), seconds=pause * hands.outgoing.scale, counts=error.was_tried) from error
        log.warning("%s was given up: %s", place.shown, error)
        counter.labels(place.way, "failed").inc()
        told = {"place": place.shown, "why": str(error)}
        await _tell(effect.message.case, FAILED, told, f"told:{pending.case}:{FAILED}", hands)
    else:
        counter.labels(place.way, "sent").inc()
        await _tell(effect.message.case, SENT, {"place": place.shown}, f"told:{pending.case}:{SENT}", hands)
    return made(effect)


def _pause(pending: Pending, error: NotSent) -> float | None:
    """Seconds until the next try; None where there is none."""
    if not error.was_tried:
        return FULL * min(1 + pending.waits, FULLEST)
    failed = pending.attempts - pending.waits
    return PAUSES[failed] if error.again and failed < len(PAUSES) else None


async def _send(place: Place, notice: Notice, message: Message, key: str, hands: Hands) -> None:
    name, now = key.removeprefix("post:"), hands.clock()
    if place.way == "mail":
        if hands.outgoing.mail is None:
            raise NotSent("this bot has no mail server: whoever runs it sets MILLWRIGHT_SMTP_URL", again=False)
        await hands.outgoing.mail.send(_letter(place.to, notice, message, name, now))
        return
    if hands.outgoing.hooks is None:
        raise NotSent("this bot sends no webhooks", again=False)
    body = canonical(payload(notice, message.case, message.evidence_url, message.evidence_sha256))
    secret = of_endpoint(hands.keys.session, message.operations, place.to)
    await hands.outgoing.hooks.send(Call(place.to, f"msg_{name}", body, secret, now))


def _letter(to: str, notice: Notice, message: Message, name: str, now: datetime) -> Letter:
    words = say.mail(notice, message.evidence_url, message.evidence_sha256)
    thread = post_key(message.case, "", Place("mail", "")).removeprefix("post:")
    return Letter(to, words.subject, words.text, words.html, name, thread, now)


async def _tell(case: str, kind: str, data: dict[str, Any], delivery: str, hands: Hands) -> None:
    """A row in another case's inbox, stored once."""
    body = json.dumps({"kind": kind, "data": data}).encode()
    await hands.store.accept(NewRow("internal", "told", delivery, body, case))
