"""What a leg did on another machine over SSH and asked of name servers, as its logs tell it, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from executors.evidence.entries import entries_of
from executors.evidence.words import plain
from executors.protocol.wire import Json

_MOST = 100
_TITLES = {"ssh.jsonl": "did over SSH", "dns.jsonl": "asked of name servers"}


@dataclass(frozen=True)
class Turn:
    """One thing that was done, so many times in a row with the same end; `good` where that end is fine."""

    where: str
    what: str
    ended: str
    good: bool
    times: int


@dataclass(frozen=True)
class Dialogue:
    """One log of one leg; `cut` counts the entries that cannot be read, `more` the turns that are not shown."""

    leg: str
    title: str
    path: str
    total: int
    cut: int
    turns: tuple[Turn, ...]
    more: int


def dialogues_of(legs: Mapping[str, Mapping[str, bytes]]) -> tuple[Dialogue, ...]:
    """Return the logs of all legs that have some, by leg."""
    return tuple(
        _dialogue(leg, name, files[name])
        for leg, files in sorted(legs.items())
        for name in sorted(_TITLES)
        if name in files
    )


def _dialogue(leg: str, name: str, data: bytes) -> Dialogue:
    entries = entries_of(data)
    turns = list(_joined(_ssh(one) if name == "ssh.jsonl" else _dns(one) for one in entries.read))
    return Dialogue(
        leg=plain(leg),
        title=_TITLES[name],
        path=f"legs/{leg}/{name}",
        total=len(entries.read),
        cut=entries.cut,
        turns=tuple(turns[:_MOST]),
        more=len(turns[_MOST:]),
    )


def _ssh(entry: Json) -> Turn:
    ended = entry.get("ended")
    words = "done" if ended == 0 else f"exit code {ended}" if isinstance(ended, int) else str(ended)
    return Turn(plain(str(entry.get("at", ""))), plain(str(entry.get("doing", ""))), plain(words), ended == 0, 1)


def _dns(entry: Json) -> Turn:
    where = f"zone {entry.get('zone', '')} at {entry.get('server', '')}"
    what = " ".join(str(entry[name]) for name in ("what", "about") if entry.get(name))
    outcome = str(entry.get("outcome", ""))
    return Turn(plain(where), plain(what), plain(outcome), outcome == "NOERROR", 1)


def _joined(turns: Iterator[Turn]) -> Iterator[Turn]:
    """Yield the turns, those that are the same after one another as one."""
    last: Turn | None = None
    for turn in turns:
        if last is not None and (last.where, last.what, last.ended) == (turn.where, turn.what, turn.ended):
            last = Turn(last.where, last.what, last.ended, last.good, last.times + 1)
            continue
        if last is not None:
            yield last
        last = turn
    if last is not None:
        yield last
