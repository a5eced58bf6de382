"""What an anchor is believed to say: only what our own keys signed, whole, in order, and where it belongs (T49).

Whoever may write to the operations repository can remove a ref, or put it back to an older commit of ours. A ref
that is gone or older is as well signed as the newest; what tells it apart is asked of GitHub elsewhere: the runs
that we started since (`unknown_runs`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.domain.anchor import ANCHOR_TYPE, Sealed, ref_of, span_of
from bot.domain.case import Case
from bot.domain.fold import fold
from bot.domain.ledger import Line, broken_at, read_line
from bot.domain.lifecycle import IllegalMove
from executors.errors import ProtocolError
from executors.protocol import dsse
from executors.protocol.canonical import parse
from executors.protocol.wire import read

BLOB = "blobs/"


@dataclass(frozen=True)
class Anchored:
    """A case as its anchor has it."""

    key: str
    lines: tuple[Line, ...]
    blobs: tuple[bytes, ...]
    case: Case

    @property
    def at(self) -> str:
        """When the last anchored line was written, RFC 3339."""
        return self.lines[-1].at


@dataclass(frozen=True)
class Distrusted:
    """Why nothing of the ref is believed."""

    why: str


@dataclass(frozen=True)
class Place:
    """Where the ref was found: the repository's id and the installation through which it is reached."""

    repository: int
    installation: int


@dataclass(frozen=True)
class FoundRun:
    """A run that our App's own account started: its case and nonce by its name, and where to look at it."""

    case: str
    nonce: str
    id: int
    url: str


def believed(ref: str, files: Mapping[str, bytes], keys: Iterable[bytes], place: Place) -> Anchored | Distrusted:
    """The case in these files of a ref, if one of the raw public `keys` signed each of its segments."""
    try:
        key, lines = _lines(ref, files, tuple(keys))
        blobs = _blobs(files)
        case = fold(key, lines, blobs.get)
    except (ProtocolError, IllegalMove, KeyError, TypeError, ValueError) as error:
        return Distrusted(str(error))
    if case is None:
        return Distrusted("its lines open no case")
    pin = case.plan.workflow if case.plan is not None else None
    here = pin.repository_id == place.repository if pin else case.repo.installation == place.installation
    if not here:
        return Distrusted("it was signed for another operations repository: somebody has copied it here")
    return Anchored(key, lines, tuple(blobs.values()), case)


def _lines(ref: str, files: Mapping[str, bytes], keys: tuple[bytes, ...]) -> tuple[str, tuple[Line, ...]]:
    """Case and lines; ProtocolError that says which segment is not to be believed, and why."""
    spans = sorted(span for path in files if (span := span_of(path)) and span[2] == "jsonl")
    if not spans or spans[0][0] != 1 or any(after[0] != before[1] + 1 for before, after in pairwise(spans)):
        raise ProtocolError(f"its segments do not follow one another from line 1 on: {_listed(spans)}")
    lines: list[Line] = []
    cases = set()
    for first, last, _ in spans:
        name = f"segments/{first:08}-{last:08}"
        try:
            sealed, fresh = _segment(files[f"{name}.jsonl"], files.get(f"{name}.dsse.json"), keys)
        except ProtocolError as error:
            raise ProtocolError(f"{name}: {error}") from None
        if (sealed.first, sealed.last) != (first, last) or ref_of(sealed.case) != ref:
            raise ProtocolError(f"{name}: what is signed is lines {sealed.first}-{sealed.last} of {sealed.case}")
        cases.add(sealed.case)
        lines += fresh
    if len(cases) != 1 or (broken := broken_at(lines)) is not None:
        raise ProtocolError(
            f"its chain is broken at line {broken}" if len(cases) == 1 else "it is of several cases"
        )
    return cases.pop(), tuple(lines)


def _listed(spans: Sequence[tuple[int, int, str]]) -> str:
    return ", ".join(f"{first}-{last}" for first, last, _ in spans[:20]) or "there are none"


def _segment(text: bytes, signed: bytes | None, keys: tuple[bytes, ...]) -> tuple[Sealed, list[Line]]:
    if signed is None:
        raise ProtocolError("it is not signed")
    sealed = read(Sealed, parse(dsse.verify(parse(signed), keys, ANCHOR_TYPE)))
    if hashlib.sha256(text).hexdigest() != sealed.sha256:
        raise ProtocolError("its bytes are not those that were signed")
    raws = text.split(b"\n")[:-1]
    lines = [read_line(raw, sealed.names.get(str(n))) for n, raw in enumerate(raws, start=sealed.first)]
    if not lines or len(lines) != sealed.last - sealed.first + 1 or lines[-1].hash != sealed.head:
        raise ProtocolError("its lines are not those that were signed")
    return sealed, lines


def _blobs(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The blobs by digest; one that is not what its name says is left out, as if it were not there."""
    found = {path.removeprefix(BLOB): data for path, data in files.items() if path.startswith(BLOB)}
    return {digest: data for digest, data in found.items() if hashlib.sha256(data).hexdigest() == digest}


def unknown_runs(case: Case, runs: Iterable[FoundRun]) -> tuple[FoundRun, ...]:
    """The runs of the case that its anchored lines know nothing of.

    A case that has an anchor gets another before each run is started, so either GitHub did not take that one, or
    somebody has put the ref back to an older one.
    """
    known = {run.nonce for run in case.every_run}
    return tuple(run for run in runs if run.case == case.key and run.nonce not in known)
