"""What one run of a leg works with, as one value that is handed down."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel

from executors.executor import Executor, Reader
from executors.protocol.canonical import canonical
from executors.protocol.finding import Finding
from executors.protocol.journal import JournalLine, Noted
from executors.protocol.operation import Operation
from executors.protocol.plan import Step
from executors.protocol.spec import JobSpec
from executors.runner.guard import Guard
from executors.runner.journal import Journal
from executors.world.clock import Clock


class Hands(Reader, Protocol):
    """What `executors.world.world.World` is to a run."""

    def apply(self, operation: Operation) -> Operation | None:
        """Carry out; returns what takes it back."""

    def settle(self, operation: Operation) -> tuple[bool, Operation | None]:
        """Look whether it took effect; returns that and what takes back what it did, in part or in whole."""


@dataclass(frozen=True)
class Outlets:
    """Where a run's words and files go besides the bot."""

    line: Callable[[JournalLine], None] = lambda _line: None
    """sees every journal line at once"""
    redact: Callable[[str], str] = str
    """takes secrets out of errors before anybody sees them"""
    file: Callable[[str, bytes], None] = lambda _path, _data: None
    """writes one file of the bundle"""


@dataclass(frozen=True)
class Ready:
    """A step with its executor and its validated inputs."""

    step: Step
    executor: Executor
    inputs: BaseModel


@dataclass(frozen=True)
class Tools:
    """One run."""

    spec: JobSpec
    world: Hands
    journal: Journal
    clock: Clock
    guard: Guard
    ready: Mapping[str, Ready]
    keep: Callable[[str, bytes], None] = lambda _path, _data: None
    """Writes one file of the bundle."""
    recorded: set[str] = field(default_factory=set)
    """The steps of which the first look is kept."""

    def lines(self) -> list[JournalLine]:
        """Return every line of the leg so far: earlier runs, then this one."""
        return [*self.spec.journal, *self.journal.lines]

    def keep_record(self, step: str, record: Mapping[str, Any]) -> str:
        """Keep what a look saw in full: the first one as `before`, the latest as `after`; returns its SHA-256.

        Secrets are taken out first, so that the digest is of what is kept.
        """
        data = canonical(redacted(dict(record), self.journal.redact))
        names = ("after",) if step in self.recorded else ("before", "after")
        for name in names:
            self.keep(f"steps/{step}/{name}.json", data)
        self.recorded.add(step)
        return hashlib.sha256(data).hexdigest()

    def find(self, finding: Finding) -> None:
        """Journal a finding."""
        self.journal.note(Noted(finding=finding))


def redacted(value: Any, redact: Callable[[str], str]) -> Any:
    """Return plain JSON with each of its texts redacted, before any escaping could hide a secret in it."""
    match value:
        case str():
            return redact(value)
        case dict():
            return {redact(str(name)): redacted(one, redact) for name, one in value.items()}
        case list() | tuple():
            return [redacted(one, redact) for one in value]
        case _:
            return value
