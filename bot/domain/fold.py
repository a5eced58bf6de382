"""The case is its ledger: read the lines in order and this is what they leave behind.

Every entry type that changes something has one small function in `_READERS` (this file), `GATE_READERS`
(fold_gates.py), `QUEUE_READERS` (fold_queue.py) or `RUN_READERS` (fold_runs.py); all others are only kept. The
phase comes from the lifecycle's table and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from bot.domain.case import Case
from bot.domain.difference import Change
from bot.domain.fold_gates import GATE_READERS
from bot.domain.fold_life import LIFE_READERS
from bot.domain.fold_queue import QUEUE_READERS, drop
from bot.domain.fold_runs import RUN_READERS
from bot.domain.ledger import Line
from bot.domain.lifecycle import Phase, move
from bot.domain.people import Actor, Repo
from executors.errors import ProtocolError
from executors.protocol.canonical import parse
from executors.protocol.plan import Plan
from executors.protocol.wire import read

Blob = Callable[[str], bytes | None]


def fold(key: str, lines: Iterable[Line], blob: Blob) -> Case | None:
    """The case that the lines describe, None where they open none; raises IllegalMove for a ledger not ours."""
    case: Case | None = None
    early: set[int] = set()  # who edited the issue before anything opened a case on it
    for line in lines:
        if case is None and line.entry.type == "briefing.edited":
            early.add(line.entry.actor.id)
        case = evolve(key, case, line, blob)
        if case is not None:
            case = replace(case, last=line.n, head=line.hash, editors=case.editors | early)
    return case


def fold_on(case: Case, lines: Iterable[Line], blob: Blob) -> Case:
    """What `fold` makes of all lines, from what it made of those before; raises IllegalMove."""
    for line in lines:
        case = replace(_next(case, line, blob), last=line.n, head=line.hash)
    return case


def evolve(key: str, case: Case | None, line: Line, blob: Blob) -> Case | None:
    """The case after one more line; `head` is left to the caller, for a line that is not stored has no hash."""
    if case is None:
        return _opened(key, line) if line.entry.type == "capability.opened" else None
    return _next(case, line, blob)


def _next(case: Case, line: Line, blob: Blob) -> Case:
    entry = line.entry
    before = case.held_from if entry.type == "capability.resumed" else case.waited_from
    phase = move(case.phase, entry.type, before)
    held_from = case.phase if entry.type == "capability.held" else case.held_from
    opens = entry.type == "gate.opened" and case.phase is not Phase.WAITING
    waited_from = case.phase if opens else case.waited_from
    case = drop(replace(case, phase=phase, held_from=held_from, waited_from=waited_from, last=line.n), line)
    comment = entry.data.get("comment")
    if isinstance(comment, int):
        case = replace(case, seen_comments=case.seen_comments | {comment})
    source = entry.data.get("source")
    if isinstance(source, str):
        case = replace(case, seen_sources=case.seen_sources | {source})
    reader = _READERS.get(entry.type)
    return reader(case, line, blob) if reader else _OTHERS.get(entry.type, _kept)(case, line)


def needed_blobs(lines: Sequence[Line]) -> tuple[str, ...]:
    """The digests of the blobs that `fold` will ask for: the plan as it was last generated or previewed."""
    plans = [line.entry.data for line in lines if line.entry.type in {"plan.generated", "preview.finished"}]
    return (str(plans[-1]["digest"]),) if plans else ()


def aliases(case: Case) -> tuple[str, ...]:
    """The names by which the store finds the case again: its issue, its pull request, its runs."""
    found = [f"issue:{case.repo.id}:{case.number}"]
    if "pull" in case.made:
        found.append(f"pull:{case.repo.id}:{case.made['pull']}")
    for run in case.every_run:
        found += [f"nonce:{run.nonce}", *([f"run:{run.run_id}"] if run.run_id else [])]
    return tuple(found)


def _opened(key: str, line: Line) -> Case:
    data: dict[str, Any] = line.entry.data
    author = Actor(data["author"]["id"], data["author"]["login"], data["author"]["kind"])
    return Case(
        key=key,
        repo=Repo(**data["repo"]),
        node_id=data["node_id"],
        number=data["number"],
        title=data["title"],
        author=author,
        phase=Phase.DRAFT,
        display_id=data["display_id"],
        lane=data["lane"],
        last=line.n,
    )


def _generated(case: Case, line: Line, blob: Blob) -> Case:
    data = line.entry.data
    return replace(
        case,
        version=data["version"],
        plan=_plan(data["digest"], blob),
        digest=data["digest"],
        plan_at=line.n,
        previous=data["previous"],
        changes=data.get("changes", ""),
        step_changes=tuple(Change(**one) for one in data.get("step_changes", ())),
        briefing=data["briefing"],
        body=data["body"],
        title=data["title"],
        display_id=data["display_id"],
        lane=data["lane"],
        publish=data["publish"],
        was_open=data.get("open", True),
        requested_by=line.entry.actor.id or case.requested_by,
        preview="pending" if data["previewable"] else "none",
        legs_done=frozenset(),
        approvals=(),
        refused=(),
        passed=False,
        gate=None,
        gates_passed={},
        overrides=(),
        queued=None,
        decided=False,
        steps=dict.fromkeys(data["steps"], "pending"),
        remains={},
        failure="",
        cancel=False,
        rollback_to="",
        kept="",
        erased=False,
    )


def _previewed(case: Case, line: Line, blob: Blob) -> Case:
    """A leg was looked at; `missing` are those that were not yet. A new digest voids what was approved before.

    Who asked for changes still does: on GitHub too it stands until it is dismissed, or they approve (T14).
    """
    digest = line.entry.data["digest"]
    same = digest == case.digest
    case = replace(
        case, digest=digest, plan_at=line.n, preview="pending" if line.entry.data.get("missing") else "done"
    )
    return case if same else replace(case, plan=_plan(digest, blob), approvals=(), overrides=(), gates_passed={})


def _plan(digest: str, blob: Blob) -> Plan | None:
    """The stored plan; None where it was erased, or is not the one that the ledger names (T7)."""
    data = blob(digest)
    try:
        plan = None if data is None else read(Plan, parse(data))
    except ProtocolError:
        return None
    return plan if plan is not None and plan.digest == digest else None


def _refused(case: Case, line: Line, _: Blob) -> Case:
    return replace(case, body=line.entry.data.get("body", case.body))


def _edited(case: Case, line: Line, _: Blob) -> Case:
    return replace(case, editors=case.editors | {line.entry.actor.id})


def _superseded(case: Case, _: Line, __: Blob) -> Case:
    run = replace(case.run, open=False) if case.run else None
    return replace(
        case,
        approvals=(),
        passed=False,
        gate=None,
        gates_passed={},
        overrides=(),
        queued=None,
        run=run,
        preview="none",
        cancel=False,
    )


def _asked(case: Case, line: Line, _: Blob) -> Case:
    preview = "pending" if case.preview == "failed" else case.preview
    return replace(case, requested_by=line.entry.actor.id, publish=True, preview=preview)


def _kept(case: Case, _: Line) -> Case:
    return case


_READERS: dict[str, Callable[[Case, Line, Blob], Case]] = {
    "plan.generated": _generated,
    "preview.finished": _previewed,
    "plan.superseded": _superseded,
    "plan.requested": _asked,
    "briefing.refused": _refused,
    "briefing.edited": _edited,
}

_OTHERS: dict[str, Callable[[Case, Line], Case]] = {**GATE_READERS, **QUEUE_READERS, **LIFE_READERS, **RUN_READERS}
