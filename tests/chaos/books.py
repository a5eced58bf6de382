"""What the bots' database says when they have stopped: each case's ledger, and what was accepted but not done."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select

from bot.app import FLOW
from bot.domain.case import Case
from bot.domain.ledger import Line, broken_at
from bot.sandbox.webhooks import Delivery
from bot.store.database import Database
from bot.store.tables import INBOX, OUTBOX
from templates.evidence import verify
from tests.chaos.script import Capability
from tests.chaos.seen import key_of, releases

_I, _O = INBOX.c, OUTBOX.c


@dataclass(frozen=True)
class Book:
    """A case as its ledger tells it; equal for two runs that came to the same end."""

    phase: str
    version: int
    decisions: tuple[tuple[str, str], ...]
    """what people did: the entry's type and who"""
    launched: tuple[tuple[str, str, int], ...]
    """leg, verb and version of each run; one that the bot sent after a lost one is not counted"""


async def lines_of(store: Database, one: Capability) -> list[Line]:
    """The capability's ledger."""
    return await store.lines(key_of(one))


async def book(store: Database, one: Capability) -> Book:
    """The capability's book; a case that was never opened is in no phase."""
    lines = await lines_of(store, one)
    case = await _case(store, key_of(one), lines)
    people = (line.entry for line in lines if line.entry.actor.kind == "User")
    runs = (line.entry.data for line in lines if line.entry.type == "leg.dispatched")
    return Book(
        phase=str(case.phase) if case else "",
        version=case.version if case else 0,
        decisions=tuple((entry.type, entry.actor.login) for entry in people),
        launched=tuple((run["leg"], run["verb"], run["version"]) for run in runs if not run["auto"]),
    )


async def _case(store: Database, key: str, lines: list[Line]) -> Case | None:
    blobs = {digest: await store.blob(digest) for digest in FLOW.blobs(lines)}
    return FLOW.fold(key, lines, blobs.get)


async def broken(store: Database, one: Capability) -> list[str]:
    """What is wrong with the chain and with the evidence, in words."""
    found = []
    if (at := broken_at(await lines_of(store, one))) is not None:
        found.append(f"{one.name}: the chain is broken at line {at}")
    for release in releases(one):
        for asset in release.assets.values():
            found += [f"{one.name}: {asset.name}: {fault}" for fault in _verified(asset.content, one)]
        if not release.assets:
            found.append(f"{one.name}: release {release.tag_name} has no asset")
    return found


def _verified(pack: bytes, one: Capability) -> Iterable[str]:
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        Path(file.name).write_bytes(pack)
        verdict = verify.verify_pack(file.name, one.town.keys.fingerprint)
    return () if verdict.name == verify.AUTHENTIC else (verdict.name, *verdict.faults)


def lost(database: Engine, log: Iterable[Delivery]) -> list[str]:
    """Deliveries that were answered 202 and have not been handled, in words."""
    with database.connect() as connection:
        rows = dict(connection.execute(select(_I.delivery, _I.status).where(_I.source == "github")).all())
    taken = {one.guid: one for one in log if one.status_code == 202}
    state = {guid: rows.get(guid, "nowhere") for guid in taken}
    return [f"{taken[guid].event} {guid}: {status}" for guid, status in state.items() if status != "done"]


def put_aside(database: Engine) -> list[str]:
    """Rows that are parked and effects that were given up, in words."""
    rows = select(_I.id, _I.kind, _I.case_key, _I.error).where(_I.status == "parked")
    effects = select(_O.id, _O.key, _O.case_key, _O.result).where(_O.status == "failed")
    with database.connect() as connection:
        parked = [f"parked: {' '.join(map(str, row))}" for row in connection.execute(rows)]
        return parked + [f"given up: {' '.join(map(str, row))}" for row in connection.execute(effects)]
