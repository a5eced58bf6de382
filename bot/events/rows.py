"""What an inbox row means: webhooks through `meaning`, rows of our own by their kind. Pure; raises nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from bot.domain.people import Actor, Repo
from bot.events.model import (
    ClaimReceived,
    DoneReceived,
    EffectFailed,
    Event,
    Ignored,
    Issue,
    IssueChanged,
    Job,
    JournalReceived,
    TimerDue,
    Told,
)
from executors.protocol.spec import Bundle, Claim, JournalPost

Payload = Mapping[str, Any]
Meaning = Callable[[str, Payload], Event | Ignored]


@dataclass(frozen=True)
class Arrived:
    """What an inbox row tells of the thing that arrived."""

    source: str
    kind: str
    body: bytes
    case: str


def event_of(arrived: Arrived, meaning: Meaning) -> Event | Ignored:
    """The event, or Ignored with the reason where the bytes are none."""
    try:
        value = payload(arrived.body)
        if arrived.source == "github":
            return meaning(arrived.kind, value)
        if arrived.source == "timer":
            return TimerDue(arrived.case, arrived.kind, dict(value))
        return _OURS[arrived.kind](arrived.case, value)
    except (ValueError, KeyError, TypeError) as error:
        return Ignored(arrived.kind, "", f"malformed: {type(error).__name__}")


def payload(body: bytes) -> Payload:
    """The JSON object of a body; raises ValueError for anything else, and for nesting that nobody writes."""
    try:
        value = json.loads(body)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


_JOB = TypeAdapter(Job)


def _claim(case: str, value: Payload) -> Event:
    return ClaimReceived(case, Claim.model_validate(value["claim"]), _JOB.validate_python(value["job"]))


def _journal(case: str, value: Payload) -> Event:
    return JournalReceived(case, str(value["session"]), JournalPost.model_validate(value["post"]).lines)


def _done(case: str, value: Payload) -> Event:
    return DoneReceived(case, str(value["session"]), Bundle.model_validate(value["post"]))


def _failed(case: str, value: Payload) -> Event:
    return EffectFailed(case, str(value["effect"]), str(value["key"]), str(value["why"]))


ISSUE_FOUND = "issue.found"
"""What is told of a labelled issue that no webhook told of (`decide.look`): it has just been opened, to us."""

SWEPT = "swept"
"""What an open case is told when it is its turn to look whether GitHub has changed unheard (`decide.swept`)."""


def _told(case: str, value: Payload) -> Event:
    if value["kind"] == ISSUE_FOUND:
        return _found(value["data"])
    return Told(case, str(value["kind"]), dict(value["data"]))


def _found(data: Payload) -> Event:
    repo, author = Repo(**data["repo"]), Actor(**data["author"])
    labels = tuple(str(label) for label in data["labels"])
    issue = Issue(str(data["node_id"]), int(data["number"]), str(data["title"]), "", author, labels)
    return IssueChanged(repo, "opened", issue, author)


_OURS: dict[str, Callable[[str, Payload], Event]] = {
    "claim": _claim,
    "journal": _journal,
    "done": _done,
    "effect_failed": _failed,
    "told": _told,
}
