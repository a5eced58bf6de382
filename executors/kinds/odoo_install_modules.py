"""Installs modules in an Odoo, each with exactly what the plan showed to come with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from executors.errors import WorldError
from executors.executor import Executor, Facts, OdooReader, Reader
from executors.parts.odoo.arrivals import Arrival, arrivals
from executors.parts.odoo.modules import Module, cleared, installed, marked, stock
from executors.parts.odoo.records import module_record
from executors.parts.odoo.refusals import conflicts, refusals
from executors.parts.odoo.server import (
    Edition,
    Server,
    after_copy,
    edition_of,
    look_at_server,
    seen_copy,
    seen_server,
)
from executors.parts.odoo.shelf import countries, module_rows, still, with_dependencies
from executors.parts.odoo.words import counted, listed
from executors.protocol.finding import Finding
from executors.protocol.odoo import InstallModule, ModuleName, OdooDatabase, ResetModules
from executors.protocol.operation import Operation
from executors.protocol.plan import Limits, Seen


class Inputs(BaseModel):
    """Which modules, where, and the country that the company will have by then."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    at: OdooDatabase
    modules: Annotated[tuple[ModuleName, ...], Field(min_length=1, max_length=100)]
    edition: Annotated[Edition, Field(description="what the policy calls the server")]
    country: Annotated[
        str | None, Field(pattern=r"^[A-Z]{2}$", description="decides what comes along; None: as it is")
    ] = None


@dataclass(frozen=True)
class _Sight:
    """What was looked at: the modules with their marks, and what is to arrive once these are cleared."""

    server: Server
    there: dict[str, Module]
    refused: tuple[str, ...]
    arriving: tuple[Arrival, ...]


def look(inputs: Inputs, step: str, reader: Reader) -> Facts:
    """Look at the modules; where one is missing, at what comes with it too. Raises WorldError."""
    del step
    odoo = reader.odoo(inputs.at)
    server = look_at_server(inputs.at, odoo)
    sight = _sight(inputs, odoo, server)
    return Facts(sight, tuple(_seen(inputs, sight)), module_record(sight.there))


def propose(inputs: Inputs, step: str, facts: Facts) -> Sequence[Operation]:
    """Propose to clear marks that were left behind, and to install each missing module in order.

    Raises WorldError with every reason why that cannot be.
    """
    sight: _Sight = facts.data
    if sight.refused:
        raise WorldError(f"{step}: {'; '.join(sight.refused)}")
    waiting = any(sight.there[name].state != "installed" for name in inputs.modules)
    changes: list[Operation] = []
    if waiting and (marks := marked(sight.there)):
        names = tuple(sorted(name for marked_ones in marks.values() for name in marked_ones))
        changes.append(ResetModules(at=inputs.at, modules=names))
    changes += [
        InstallModule(at=inputs.at, module=one.module, brings=one.brings, before=one.before)
        for one in sight.arriving
    ]
    return after_copy(inputs.at, sight.server, changes)


def verify(inputs: Inputs, step: str, reader: Reader) -> list[Finding]:
    """Read the modules' states again: Odoo answers with success whether it installed or not."""
    odoo = reader.odoo(inputs.at)
    rows = odoo.search_read("ir.module.module", [["name", "in", list(inputs.modules)]], ["name", "state"])
    states = {row["name"]: row["state"] for row in rows}
    return [
        Finding(
            level="failure",
            code="not-installed",
            message=f"{name} is {states.get(name, 'not known')} instead of installed",
            step=step,
        )
        for name in sorted(set(inputs.modules))
        if states.get(name) != "installed"
    ]


def _sight(inputs: Inputs, odoo: OdooReader, server: Server) -> _Sight:
    rows = module_rows(odoo, server)
    if set(inputs.modules) <= {row["name"] for row in rows if row["state"] == "installed"}:
        there = stock(rows, ())
        return _Sight(server, there, refusals((), there, inputs.edition), ())
    there = with_dependencies(odoo, server, rows)
    if marked(there):
        still(odoo, rows)
    ready = cleared(there)
    if refused := refusals(inputs.modules, ready, inputs.edition):
        return _Sight(server, there, refused, ())
    arriving = arrivals(inputs.modules, ready, countries(odoo, server, inputs.country))
    return _Sight(server, there, conflicts(arriving, ready), arriving)


def _seen(inputs: Inputs, sight: _Sight) -> Iterator[Seen]:
    """Yield what people read. Nothing here changes by what the steps before do, but for `holds=False`."""
    at = inputs.at
    yield seen_server(at, sight.server)
    yield Seen(target=at.target, fact="edition", value=edition_of(sight.there))
    for mark, names in marked(sight.there).items():
        text = f"{counted(names, 'module', 'modules')}, left behind by an operation that was interrupted"
        yield Seen(target=at.target, fact=f"left-{mark.replace(' ', '-')}", value=text)
    yield from _seen_modules(inputs, sight)
    yield from seen_copy(at) or _by_difference(at, sight)


def _seen_modules(inputs: Inputs, sight: _Sight) -> Iterator[Seen]:
    """Yield for each module asked for what comes with it, or why nothing does."""
    present = installed(sight.there)
    arriving = {one.module: one for one in sight.arriving}
    for name in sorted(set(inputs.modules)):
        target = f"{inputs.at.target}#{name}"
        if one := arriving.get(name):
            text = f"installs {counted(one.brings, 'module', 'modules')}"
            yield Seen(target=target, fact="comes-with", value=text)
        elif name in present:
            yield Seen(target=target, fact="there-already", value="installed")
        elif by := [one.module for one in sight.arriving if name in one.brings]:
            yield Seen(target=target, fact="comes-with", value=f"comes by itself with {by[0]}")


def _by_difference(at: OdooDatabase, sight: _Sight) -> Iterator[Seen]:
    """Yield how the modules are taken back without a copy, and what stays behind then."""
    names = {name for one in sight.arriving for name in one.brings}
    if not names:
        return
    taken_back = (
        f"by difference: uninstalls exactly {listed(names)}; data entered meanwhile is lost; "
        "refused where people have entered records in them, where modules installed later need them, or "
        "where entries are posted"
    )
    stays = (
        "tables and columns of modules that others share, settings that modules gave the company, numbers drawn, "
        "and mails that were sent"
    )
    yield Seen(target=at.target, fact="modules-taken-back", value=taken_back, holds=False)
    yield Seen(target=at.target, fact="modules-leave-behind", value=stays)


EXECUTOR = Executor(
    name="odoo_install_modules",
    summary="Install modules in an Odoo one by one, with what comes along foretold and the result read again",
    inputs=Inputs,
    look=look,
    propose=propose,
    verify=verify,
    operations=("copy_database", "reset_modules", "install_module"),
    sample={
        "at": {"url": "https://odoo.example", "database": "firm", "login": "millwright", "key": "ODOO_KEY"},
        "modules": ["crm"],
        "edition": "community",
        "country": None,
    },
    limits=Limits(timeout_seconds=3600, retries=3),
)
