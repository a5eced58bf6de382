"""Anchors: a case's signed ledger outside of the database: `refs/millwright/…` of the operations repository.

::

    segments/00000001-00000042.jsonl       lines 1 to 42 as they are stored, one per line
    segments/00000001-00000042.dsse.json   what the bot says of them (`Sealed`) in a DSSE envelope
    blobs/<sha256>                         plan, briefing and journals: what going on takes

Each anchor is a commit upon the one before, with the lines since then. Only capabilities have them: an environment
and a budget begin anew. What is read back is judged by `anchored.py`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from pydantic import Field

from bot.domain.case import Case
from bot.domain.effects import Anchor, Dispatch, Effect, Record, Timer
from bot.domain.fold import needed_blobs
from bot.domain.frozen import is_unreadable
from bot.domain.ledger import Line
from bot.domain.leg import journal_digests
from bot.domain.people import Repo
from bot.domain.turn import Turn
from executors.protocol.canonical import canonical
from executors.protocol.wire import Hex256, Wire

ANCHOR_TYPE = "application/vnd.millwright.anchor.v1+json"
PREFIX = "refs/millwright/"
RESTS = frozenset(
    {
        "gate.opened",
        "capability.completed",
        "capability.cancelled",
        "capability.rejected",
        "execution.failed",
        "rollback.completed",
        "rollback.failed",
        "rollback.stopped",
    }
)
"""Entries after which the case waits for people, or is over: nobody is kept waiting by an anchor then."""
TIMER = "anchor"
FIRST, LONGEST, TRIES = timedelta(hours=1), timedelta(hours=24), 8
"""When an anchor that GitHub refused is tried again: each time twice as late, and not for ever."""
_NODE = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)
_NAME = re.compile(r"segments/([0-9]{8})-([0-9]{8})\.(jsonl|dsse\.json)", re.ASCII)


class Sealed(Wire):
    """What is signed of a segment: whose lines, which, up to which hash, their bytes, and the names they go by."""

    case: str
    first: int = Field(ge=1)
    last: int = Field(ge=1)
    head: Hex256
    """hash of the last line"""
    sha256: Hex256
    """of the segment's bytes"""
    names: dict[str, str]
    """line number → alias (`run:42`), which the store keeps beside the line and not in it"""


def ref_of(key: str) -> str:
    """The full name of the case's ref; git allows no colon in one, and not every node id that GitHub ever gave."""
    _, repository, node = key.split(":", 2)
    safe = node if _NODE.fullmatch(node) else "sha256-" + hashlib.sha256(node.encode()).hexdigest()
    return f"{PREFIX}{repository}/{safe}"


def name_of(first: int, last: int) -> str:
    """The path of a segment, without its ending."""
    return f"segments/{first:08}-{last:08}"


def span_of(path: str) -> tuple[int, int, str] | None:
    """First and last line and the ending of a segment's file; None for any other path."""
    found = _NAME.fullmatch(path)
    return (int(found[1]), int(found[2]), found[3]) if found else None


def text_of(lines: Sequence[Line]) -> bytes:
    """The lines as a segment holds them; canonical JSON has no line breaks of its own."""
    return b"".join(line.raw + b"\n" for line in lines)


def sealed(key: str, lines: Sequence[Line]) -> bytes:
    """What is to be signed of these lines, canonical."""
    names = {str(line.n): line.entry.alias for line in lines if line.entry.alias is not None}
    digest = hashlib.sha256(text_of(lines)).hexdigest()
    what = Sealed(case=key, first=lines[0].n, last=lines[-1].n, head=lines[-1].hash, sha256=digest, names=names)
    return canonical(what.to_json())


def git_sha(data: bytes) -> str:
    """The name that git gives to these bytes as a blob."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def covered(files: Mapping[str, str], lines: Sequence[Line]) -> int:
    """The last line that the segments hold just as the ledger has it, from the first on; 0 where one is not so.

    `files` are paths and git blob names. Signatures are not looked at: whoever could put a wrong one there could
    as well put the whole ref elsewhere.
    """
    spans = sorted(span for path in files if (span := span_of(path)) and span[2] == "jsonl")
    last = 0
    for first, end, _ in spans:
        name = name_of(first, end)
        ours = lines[first - 1 : end]
        fits = first == last + 1 and len(ours) == end - first + 1 and f"{name}.dsse.json" in files
        if not fits or files[f"{name}.jsonl"] != git_sha(text_of(ours)):
            return 0
        last = end
    return last


def blobs_of(case: Case, lines: Sequence[Line]) -> tuple[str, ...]:
    """The digests of what going on takes, the most needed first: plan, briefing, what its runs journalled."""
    if case.erased:
        return ()
    briefing = (case.briefing,) if case.briefing else ()
    ours = tuple(run for run in case.every_run if run.version == case.version)
    return tuple(dict.fromkeys((*needed_blobs(lines), *briefing, *journal_digests(ours))))


def erased_after(lines: Sequence[Line], n: int) -> bool:
    """Whether something was erased after line `n`: then the ref's history goes too (T52)."""
    return any(line.entry.type == "data.erased" and line.n > n for line in lines)


# --- when there is one ---


def place_of(case: Case) -> Repo | None:
    """The operations repository: the plan's, or where the last anchor is; None for a case that has neither."""
    pin = case.plan.workflow if case.plan is not None else None
    if pin is not None:
        return Repo(pin.repository_id, pin.repository, case.repo.installation)
    known = case.made.get("anchored_in")
    return Repo(int(known["id"]), str(known["name"]), case.repo.installation) if known else None


def keep(turn: Turn) -> None:
    """Anchor what was decided: before a leg is dispatched, and where the case comes to rest after a gate.

    A preview passes no gate, so no case begins to be anchored by one. Where there is an anchor it gets another:
    then a run that the newest one knows nothing of tells that it is not the newest.
    """
    case = turn.known
    if case is None or is_unreadable(case) or (place := place_of(case)) is None:
        return
    for at, effect in enumerate(turn.effects):
        if isinstance(effect, Dispatch) and (effect.verb != "preview" or _has_passed(case)):
            turn.effects.insert(at, Anchor(f"anchor:{effect.nonce}", place))
            return
    if _has_passed(case) and any(_is_rest(effect) for effect in turn.effects):
        turn.do(Anchor(turn.name("anchor"), place))


def _has_passed(case: Case) -> bool:
    """Whether a gate of the case was ever passed, or it was anchored before."""
    return case.passed or bool(case.gates_passed) or "anchored" in case.made


def _is_rest(effect: Effect) -> bool:
    return isinstance(effect, Record) and effect.entry.type in RESTS


def afresh(turn: Turn, place: Repo | None) -> None:
    """What was erased goes from the anchor too, where there is one."""
    if place is not None and "anchored" in turn.case.made:
        turn.do(Anchor(turn.name("anchor"), place))


def refused(turn: Turn, key: str) -> None:
    """GitHub did not take an anchor: it is tried again later; meanwhile everything goes on."""
    told = re.fullmatch(r"anchor-again:([0-9]):.*", key)
    tries = int(told[1]) if told else 0
    if tries < TRIES:
        due = turn.now + min(FIRST * 2**tries, LONGEST)
        turn.do(Timer(TIMER, TIMER, due, {"tries": tries + 1}))


def again(turn: Turn, tries: object) -> None:
    """The timer: what is not anchored by now is."""
    case = turn.case
    place = place_of(case)
    if place is not None and isinstance(tries, int):
        turn.do(Anchor(f"anchor-again:{tries}:{case.last}", place))
