"""The record that an executor is, and what it may see of the world.

An executor looks (through a Reader), proposes operations (a pure function of its inputs and what it saw) and
verifies. It never applies anything: `executors.world` does. It is done when it looks again and proposes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from pydantic import BaseModel

from executors.protocol.card import ExecutorCard
from executors.protocol.dns import DnsZone, RecordSet
from executors.protocol.finding import Finding
from executors.protocol.odoo import OdooDatabase
from executors.protocol.operation import UNDO_CLASS, Operation, Scratch, WebRoot
from executors.protocol.plan import Limits, Seen
from executors.protocol.registration import Registration
from executors.protocol.site import PagesBranch, SshRoot
from executors.protocol.undo import UndoClass
from executors.protocol.wire import Json


@dataclass(frozen=True)
class Answer:
    """An HTTP answer: status, headers in lower case, at most 2 MB of the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Asked:
    """What came of asking a URL several times: the last answer if any came, and what the failed tries found.

    `wrong` is what is wrong with the last one; None: nothing, and then `tries` are the ones before it.
    """

    answer: Answer | None
    tries: tuple[str, ...] = ()
    wrong: str | None = None


@dataclass(frozen=True)
class Branch:
    """What a branch is at: its commit and that commit's tree, as git names them; None where there is no branch."""

    commit: str | None = None
    tree: str | None = None


@dataclass(frozen=True)
class Room:
    """Whether a web root can take a release: bytes free, whether it may be written to, whose it is, who sends.

    None is not known, as where a key may only look; `why` says why. `lacks` names programs that are missing.
    """

    free: int | None
    writable: bool | None
    whose: Literal["new", "ours", "foreign"] | None
    lacks: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Certificate:
    """The certificate that a server shows and that holds for its host: its names, the days that it has left."""

    names: tuple[str, ...]
    days: int


class RootReader(Protocol):
    """What may be looked at in one web root, wherever it is. Each method raises WorldError."""

    def releases(self) -> Mapping[str, str]:
        """Release id → tree digest of every complete release that the web root keeps, the oldest first."""

    def served(self) -> str | None:
        """The id of the release that the web root serves, None if it serves none."""

    def retired(self) -> Mapping[str, str]:
        """The id of each release that was put aside → that of the newer one because of which it was."""


class OdooReader(Protocol):
    """What may be looked at in one Odoo database; nothing is changed. Each method raises WorldError."""

    def version(self) -> tuple[int, int]:
        """The server's version without logging in: `(19, 0)`."""

    def search_read(
        self, model: str, domain: Sequence[Any], fields: Sequence[str], *, archived: bool = False
    ) -> list[Json]:
        """The records that match, by id; a many2one is `[id, name]` or False. `archived` brings those too."""

    def search_count(self, model: str, domain: Sequence[Any], *, archived: bool = False) -> int:
        """How many records match."""

    def fields_get(self, model: str) -> frozenset[str]:
        """The names of a model's fields; empty where the database has no such model."""

    def reference(self, xml_id: str) -> int | None:
        """The id of a record by its external id, archived ones too; None where there is none."""

    def databases(self, names: Sequence[str]) -> frozenset[str] | None:
        """Which of these databases the server has; None where its database manager is switched off or gone."""


@dataclass(frozen=True)
class ZoneLook:
    """What a zone's primary server has at some names: (name, type) → records, of every type that was looked for.

    `delegated` maps those names to the name from which on other servers are in charge.
    """

    by: Literal["transfer", "questions"]
    sets: Mapping[tuple[str, str], RecordSet]
    delegated: Mapping[str, str] = field(default_factory=dict)


class Reader(Protocol):
    """What an executor may look at. Each method raises WorldError when the world cannot be read."""

    def files(self, at: Scratch) -> Mapping[str, str]:
        """Relative path → sha256 of every file in a step's build folder; empty if there is none."""

    def file(self, at: Scratch, path: str) -> bytes:
        """The bytes of one file of a build folder."""

    def content(self, path: str, sha256: str) -> bytes:
        """A file of the product repository at the approved commit, checked against its digest."""

    def root(self, at: WebRoot | SshRoot) -> RootReader:
        """A web root to look at, with the key that the leg's environment holds where it is on another machine."""

    def room(self, at: WebRoot | SshRoot) -> Room:
        """Whether a web root can take a release."""

    def certificate(self, url: str) -> Certificate:
        """The certificate of an https URL's server; WorldError where it does not hold for the host."""

    def branch(self, at: PagesBranch) -> Branch:
        """What a Pages branch is at."""

    def get(self, url: str) -> Answer:
        """GET of a URL that the plan's environment allows; redirects are not followed."""

    def ask(self, url: str, wrong: Callable[[Answer], str | None], seconds: float) -> Asked:
        """GET of a URL, tried again with growing pauses while `wrong` finds something and `seconds` last."""

    def registration(self, domain: str) -> Registration:
        """What the domain's registry says of it; never raises, for what nobody says is `unknown`."""

    def odoo(self, at: OdooDatabase) -> OdooReader:
        """A database to look at, with the key that the leg's environment holds."""

    def records(self, at: DnsZone, names: Sequence[str], *, asked: bool = False) -> ZoneLook:
        """What the zone's server has at these names: by transfer, else by questions, as visitors ask.

        `asked` wants the questions even where a transfer is to be had.
        """


@dataclass(frozen=True)
class Facts:
    """What a look saw: `data` for propose, `seen` for people, envelope and drift.

    `record` is what the evidence keeps of it in full, by name (plain JSON): the first look's before the step's
    first change, the last look's after it. `findings` are what the look itself found; a failure among them ends
    the step.
    """

    data: Any
    seen: tuple[Seen, ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Executor:
    """One executor. Each function gets the validated inputs and the step's id before what it works on.

    One that only looks has no operations. `probe`, where there is one, looks at what the whole run has done, so a
    preview leaves it out; what it returns is kept in the evidence.
    """

    name: str
    summary: str
    inputs: type[BaseModel]
    look: Callable[[Any, str, Reader], Facts]
    propose: Callable[[Any, str, Facts], Sequence[Operation]]
    operations: tuple[str, ...]
    sample: Mapping[str, Any]
    verify: Callable[[Any, str, Reader], list[Finding]] = field(default=lambda _i, _s, _r: [])
    limits: Limits = field(default_factory=Limits)
    probe: Callable[[Any, str, Reader], Facts] | None = None

    @property
    def undo(self) -> UndoClass:
        """The weakest undo class among its operations, where no snapshot covers them."""
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
