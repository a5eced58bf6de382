"""A notice in a store, and the rows that ask for it to be sent."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from bot.domain.ledger import Entry, chain
from bot.domain.notice import WRITTEN, Amount, Notice
from bot.domain.posting import Message, Place, post_key
from bot.ports import Commit, NewRow
from bot.store.connect import open_database
from executors.protocol.canonical import canonical
from tests.bot.standin import now

CASE = "case:101:I_1"
OPERATIONS = 7
NOTICE = Notice(
    news="completed",
    at="2026-03-02T09:30:00.000000Z",
    id="WEB-7",
    title="Website for Acme",
    repository="acme/website",
    number=7,
    outcome="completed",
    issue="https://github.com/acme/website/issues/7",
    pull="https://github.com/acme/website/pull/8",
    url="https://acme.example/",
    cost=Amount(amount="0.04", currency="EUR", is_whole=True),
)


def message(notice: Notice = NOTICE, operations: int = OPERATIONS) -> Message:
    """The notice as it is asked to be sent."""
    return Message(CASE, operations, hashlib.sha256(_bytes(notice)).hexdigest())


def _bytes(notice: Notice) -> bytes:
    return canonical(notice.to_json())


async def keep(folder: Path, *rows: NewRow, notice: Notice = NOTICE) -> None:
    """The notice is stored with a line of the capability's ledger, as its decision stores it; then these rows."""
    store = open_database(f"sqlite:///{folder}/bot.db", now, "bot")
    row = await store.accept(NewRow("internal", "told", "the decision", b"{}", CASE))
    assert row
    line = Entry(WRITTEN, {"notice": message(notice).notice})
    await store.commit(Commit(row, CASE, 0, tuple(chain([line], None, now())), (_bytes(notice),)))
    for one in rows:
        await store.accept(one)
    await store.close()


def wanted(place: Place, number: int = 0, operations: int = OPERATIONS) -> NewRow:
    """The row of the case that sends the message; another number is another message."""
    key = post_key(CASE, str(number), place)
    data = asdict(message(operations=operations)) | {"way": place.way, "to": place.to}
    return NewRow(
        "internal", "told", f"told:{key}", json.dumps({"kind": "post.wanted", "data": data}).encode(), key
    )
