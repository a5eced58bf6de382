"""The record that an executor is, and what it may see of the world.

An executor looks (through a Reader), proposes operations (a pure function of its inputs and what it saw) and
verifies. It never applies anything: `executors.world` does. It is done when it looks again and proposes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel

from executors.protocol.card import ExecutorCard
from executors.protocol.operation import UNDO_CLASS, Finding, Operation, Scratch, UndoClass, WebRoot
from executors.protocol.plan import Limits, Seen


@dataclass(frozen=True)
class Answer:
    """An HTTP answer: status, headers in lower case, at most 2 MB of the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Reader(Protocol):
    """What an executor may look at. Each method raises WorldError when the world cannot be read."""

    def files(self, at: Scratch) -> Mapping[str, str]:
        """Relative path → sha256 of every file in a step's build folder; empty if there is none."""

    def file(self, at: Scratch, path: str) -> bytes:
        """The bytes of one file of a build folder."""

    def content(self, path: str, sha256: str) -> bytes:
        """A file of the product repository at the approved commit, checked against its digest."""

    def releases(self, at: WebRoot) -> Mapping[str, str]:
        """Release id → tree digest of every complete release that a web root keeps."""

    def served(self, at: WebRoot) -> str | None:
        """The id of the release that the web root serves, None if it serves none."""

    def get(self, url: str) -> Answer:
        """GET of a URL that the plan's environment allows; redirects are not followed."""


@dataclass(frozen=True)
class Facts:
    """What a look saw: `data` for propose, `seen` for people, envelope and drift."""

    data: Any
    seen: tuple[Seen, ...] = ()


@dataclass(frozen=True)
class Executor:
    """One executor. Each function gets the validated inputs and the step's id before what it works on."""

    name: str
    summary: str
    inputs: type[BaseModel]
    look: Callable[[Any, str, Reader], Facts]
    propose: Callable[[Any, str, Facts], Sequence[Operation]]
    operations: tuple[str, ...]
    sample: Mapping[str, Any]
    verify: Callable[[Any, str, Reader], list[Finding]] = field(default=lambda _i, _s, _r: [])
    limits: Limits = field(default_factory=Limits)

    @property
    def undo(self) -> UndoClass:
        """The weakest undo class among its operations."""
        order: tuple[UndoClass, ...] = ("reversible", "snapshot", "compensate", "irreversible")
        return max((UNDO_CLASS[name] for name in self.operations), key=order.index, default="reversible")

    def card(self) -> ExecutorCard:
        """What the bot may know of it."""
        return ExecutorCard(
            name=self.name,
            summary=self.summary,
            inputs_schema=self.inputs.model_json_schema(),
            operations=self.operations,
            undo=self.undo,
            limits=self.limits,
        )
