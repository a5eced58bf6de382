"""What one run of a leg works with, as one value that is handed down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel

from executors.executor import Executor, Reader
from executors.protocol.journal import JournalLine, Noted
from executors.protocol.operation import Finding, Operation
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
        """Look whether it took effect; returns that and what takes it back."""


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

    def lines(self) -> list[JournalLine]:
        """Return every line of the leg so far: earlier runs, then this one."""
        return [*self.spec.journal, *self.journal.lines]

    def find(self, finding: Finding) -> None:
        """Journal a finding."""
        self.journal.note(Noted(finding=finding))
