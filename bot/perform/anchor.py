"""Anchoring: the signed lines since the last anchor, with the blobs that going on takes, in three writes.

What the ref holds is read first, so an anchor that was made before a crash is found, and one that somebody moved
or changed is put right from the ledger here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.anchor import (
    ANCHOR_TYPE,
    blobs_of,
    covered,
    erased_after,
    name_of,
    ref_of,
    sealed,
    text_of,
)
from bot.domain.case import Case
from bot.domain.effects import Anchor
from bot.domain.ledger import Entry, Line
from bot.perform.made import made
from bot.ports import AnchorNow, Hands, NewAnchor
from executors.protocol.canonical import canonical

BLOBS_LIMIT = 5_000_000
"""Bytes of blobs in one anchor; plan and briefing come first, and journals as far as they fit."""
PUBLIC = "the operations repository is public and this one is not: there everybody could read the ledger"


@dataclass(frozen=True)
class _Held:
    """What the ref holds of ours: up to which line, and whether that is less than we left there."""

    now: AnchorNow | None
    last: int
    is_less: bool


async def anchor(effect: Anchor, case: Case, hands: Hands) -> list[Entry]:
    """Records up to which line it is anchored and in which commit; `anchor.refused` where it may not be."""
    place = (await hands.github.repository(effect.place)).repo
    if not place.private and (await hands.github.repository(case.repo)).repo.private:
        return [Entry("anchor.refused", {"repository": place.name}, reason=PUBLIC), *made(effect)]
    lines = await hands.store.lines(case.key)
    held = _held(case, lines, await hands.github.anchor_now(place, ref_of(case.key)))
    files = await _files(case, lines, held, hands)
    commit = held.now.commit if held.now is not None else ""
    if files:
        commit = await hands.github.put_anchor(place, _new(case, lines, held, files))
    things: dict[str, Any] = {"anchored": lines[-1].n, "anchor": commit}
    things["anchored_in"] = {"id": place.id, "name": place.name}
    return [*_disturbed(case, held), *made(effect, None, **things)]


def _held(case: Case, lines: Sequence[Line], now: AnchorNow | None) -> _Held:
    last = covered(now.files, lines) if now is not None and now.complete else 0
    return _Held(now, last, last < int(case.made.get("anchored", 0)))


def _disturbed(case: Case, held: _Held) -> list[Entry]:
    """Somebody moved, changed or removed the ref since we left it: that is noted, and put right by now."""
    if not held.is_less:
        return []
    facts = {"left": case.made.get("anchor"), "found": held.now.commit if held.now else None}
    return [Entry("anchor.disturbed", facts, reason="the ref was not as the bot had left it")]


async def _files(case: Case, lines: Sequence[Line], held: _Held, hands: Hands) -> dict[str, bytes]:
    """What is not there yet, by path; nothing where all of it is."""
    rewritten = held.last == 0 or erased_after(lines, held.last)
    known = {} if rewritten or held.now is None else held.now.files
    fresh = lines if rewritten else lines[held.last :]
    files: dict[str, bytes] = {}
    if fresh:
        name = name_of(fresh[0].n, fresh[-1].n)
        envelope, _ = hands.keys.sign(sealed(case.key, fresh), ANCHOR_TYPE)
        files = {f"{name}.jsonl": text_of(fresh), f"{name}.dsse.json": canonical(envelope)}
    size = 0
    for digest in blobs_of(case, lines):
        path = f"blobs/{digest}"
        data = await hands.store.blob(digest) if path not in known else None
        if data is not None and size + len(data) <= BLOBS_LIMIT:
            files[path], size = data, size + len(data)
    return files


def _new(case: Case, lines: Sequence[Line], held: _Held, files: dict[str, bytes]) -> NewAnchor:
    """The commit upon what is there; what was erased leaves no history behind (T52)."""
    erased = erased_after(lines, held.last)
    now = held.now
    return NewAnchor(
        ref=ref_of(case.key),
        files=files,
        # Only our own words: GitHub reads mentions and references in the messages of commits (T22).
        message=f"Millwright anchor {case.display_id}, line {lines[-1].n}\n\nMillwright-Head: {lines[-1].hash}",
        base=now.tree if now is not None and held.last and not erased else None,
        parent=now.commit if now is not None and not erased else None,
        is_there=now is not None,
    )
