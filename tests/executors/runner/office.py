"""A place with copies, small enough to see through: databases that hold modules, and hands that change them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from executors.errors import OperationTimeout, PartlyDone, WorldError
from executors.executor import Executor, Facts
from executors.protocol.journal import JournalLine
from executors.protocol.odoo import (
    CopyDatabase,
    DropCopy,
    InstallModule,
    OdooDatabase,
    RestoreCopy,
    UninstallModules,
)
from executors.protocol.operation import Operation
from executors.protocol.plan import Plan, Seen, Step, Verb
from executors.runner.guard import Guard
from executors.runner.journal import Journal
from executors.runner.leg import Ended, lead
from executors.runner.tools import Ready, Tools
from executors.world.world import World
from tests.executors.legs import Told, clock, plan_of, spec_of, world_at

LIVE, COPY = "firm", "firm-before"


def place(*, snapshot: bool = True) -> OdooDatabase:
    """The firm's database, with or without a copy to be made of it."""
    copy = COPY if snapshot else None
    return OdooDatabase(url="https://erp.acme.example", database=LIVE, login="a", key="KEY", snapshot=copy)


@dataclass
class Office:
    """Databases by name, each a set of modules; `mishaps` says what goes wrong when a module is installed."""

    rest: World
    databases: dict[str, set[str]] = field(default_factory=lambda: {LIVE: {"base"}})
    mishaps: dict[str, str] = field(default_factory=dict)
    others_worked: bool = False
    applied: list[str] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        """Everything that is no operation is the real world's."""
        return getattr(self.rest, name)

    def apply(self, operation: Operation) -> Operation | None:
        """Carry out, and write down that it was."""
        self.applied.append(operation.op)
        match operation:
            case CopyDatabase(at=at):
                if COPY in self.databases:
                    return None
                self.databases[COPY] = set(self.databases[LIVE])
                return DropCopy(at=at)
            case DropCopy():
                del self.databases[COPY]
            case RestoreCopy():
                if self.others_worked:
                    raise WorldError("others have worked in it since the copy")
                if self.mishaps.pop("restore", "") == "silent":
                    raise OperationTimeout("no answer")
                self.databases[LIVE] = self.databases.pop(COPY)
            case InstallModule():
                return self._install(operation)
            case UninstallModules(modules=modules):
                self.databases[LIVE] -= set(modules)
                if self.mishaps.pop("uninstall", "") == "silent":
                    raise OperationTimeout("no answer")
            case _:
                raise AssertionError(operation.op)
        return None

    def _install(self, operation: InstallModule) -> Operation:
        mishap = self.mishaps.pop(operation.module, "")
        if mishap == "refused":
            raise WorldError("Odoo said no")
        half = operation.brings[:1] if mishap else operation.brings
        self.databases[LIVE] |= set(half)
        undo = UninstallModules(at=operation.at, modules=half)
        if mishap == "half":
            raise PartlyDone("interrupted in the middle", undo.to_json())
        if mishap == "silent":
            raise OperationTimeout("no answer")
        return undo

    def settle(self, operation: Operation) -> tuple[bool, Operation | None]:
        """Look what of it is there."""
        self.settled.append(operation.op)
        if isinstance(operation, RestoreCopy):
            return COPY not in self.databases, None
        if isinstance(operation, UninstallModules):
            return not set(operation.modules) & self.databases[LIVE], None
        assert isinstance(operation, InstallModule), operation.op
        there = tuple(name for name in operation.brings if name in self.databases[LIVE])
        undo = UninstallModules(at=operation.at, modules=there) if there else None
        return operation.module in there, undo


class Wanted(BaseModel):
    """The modules that a step is to install."""

    model_config = ConfigDict(extra="forbid")
    modules: dict[str, tuple[str, ...]]
    at: OdooDatabase


def executor(office: Office) -> Executor:
    """Installs what is missing, after a copy where one is wanted."""

    def look(inputs: Wanted, _step: str, _reader: object) -> Facts:
        there = sorted(office.databases[LIVE])
        seen = Seen(target=inputs.at.target, fact="installed", value=", ".join(there), holds=False)
        return Facts(frozenset(there), (seen,), {"modules": there})

    def propose(inputs: Wanted, _step: str, facts: Facts) -> Sequence[Operation]:
        there = facts.data
        missing = {name: brings for name, brings in inputs.modules.items() if name not in there}
        first: list[Operation] = [CopyDatabase(at=inputs.at)] if inputs.at.snapshot and missing else []
        return first + [
            InstallModule(at=inputs.at, module=name, brings=brings, before=tuple(sorted(there)))
            for name, brings in missing.items()
        ]

    operations = ("copy_database", "install_module")
    return Executor("office", "for a test", Wanted, look, propose, operations, {})


def steps(*, snapshot: bool = True, **modules: Mapping[str, tuple[str, ...]]) -> tuple[Step, ...]:
    """A step for each keyword, one after the other."""
    made: list[Step] = []
    for name, wanted in modules.items():
        inputs = {"modules": {one: list(brings) for one, brings in wanted.items()}}
        before = (made[-1].id,) if made else ()
        at = place(snapshot=snapshot).to_json()
        made.append(
            Step(
                id=name, executor="office", title=name, summary="", inputs={**inputs, "at": at}, depends_on=before
            )
        )
    return tuple(made)


def carry(
    office: Office, plan: Plan, verb: Verb = "execute", journal: Sequence[JournalLine] = (), **changes: Any
) -> Ended:
    """One run of the plan's leg."""
    spec = spec_of(plan, verb, journal, **changes)
    ready = {step.id: Ready(step, executor(office), Wanted.model_validate(step.inputs)) for step in plan.steps}
    return lead(Tools(spec, office, Journal(Told(), clock()), clock(), Guard.of(spec), ready))


def office(tmp_path: Path, **mishaps: str) -> Office:
    """A firm with an empty database."""
    return Office(world_at(tmp_path), mishaps=mishaps)


TWO = {"crm": {"crm": ("mail", "crm")}, "sales": {"sale": ("sale",)}}
"""Two steps of one module each."""


def plan(*, snapshot: bool = True, auto_rollback: bool = True) -> Plan:
    """The plan of `TWO`."""
    return plan_of(*steps(snapshot=snapshot, **TWO), auto_rollback=auto_rollback)
