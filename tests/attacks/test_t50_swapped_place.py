"""T50: a journal that names another copy, another secret or another subject than was approved moves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from executors.protocol.journal import Intent, JournalLine, LegStarted, Result
from executors.protocol.odoo import (
    ChangeGroups,
    CopyDatabase,
    CreateUser,
    DropCopy,
    InstallModule,
    OdooDatabase,
    RemoveUser,
    RestoreCopy,
    UninstallModules,
)
from executors.protocol.operation import INVERSES, UNDO_CLASS, Operation
from executors.runner.leg import Ended
from tests.executors.runner.office import Office, carry, office, place, plan

CRM = InstallModule(at=place(), module="crm", brings=("mail", "crm"), before=("base",))
ANNA = CreateUser(at=place(), login="anna@acme.example", name="Anna", groups=())


def told(operation: Operation, undo: Operation | None) -> list[JournalLine]:
    """What an earlier job says that it did; without an undo it does not say how that ended."""
    intent = Intent(step="crm", key="crm/1/0", operation=operation.to_json())
    bodies: list[LegStarted | Intent | Result] = [LegStarted(verb="execute"), intent]
    if undo is not None:
        bodies.append(Result(step="crm", key="crm/1/0", ok=True, undo=undo.to_json()))
    return [JournalLine(n=n, at="2026-03-02T09:00:00Z", body=body) for n, body in enumerate(bodies, 1)]


def rollback(firm: Office, lines: list[JournalLine]) -> Ended:
    return carry(firm, plan(), "rollback", lines)


SWAPPED: list[OdooDatabase] = [
    place().model_copy(update=change)
    for change in (
        {"snapshot": "firm-before-somebody-else"},
        {"master": "ANOTHER_SECRET"},
        {"key": "ANOTHER_SECRET"},
        {"login": "b"},
        {"url": "http://erp.acme.example"},
    )
]


@pytest.mark.parametrize("at", SWAPPED, ids=["copy", "master", "key", "login", "scheme"])
def test_a_place_that_no_step_names_is_neither_changed_nor_looked_at(tmp_path: Path, at: OdooDatabase) -> None:
    firm = office(tmp_path)
    ended = rollback(firm, told(CopyDatabase(at=at), DropCopy(at=at)))
    assert "no step of the plan names" in ended.residue[0]
    opened = rollback(firm, told(RestoreCopy(at=at), None))
    assert opened.outcome == "failed"
    assert "nothing was looked at" in (opened.error or "")
    assert (firm.applied, firm.settled) == ([], [])


@pytest.mark.parametrize(
    ("operation", "undo"),
    [
        (ANNA, UninstallModules(at=place(), modules=("account",))),
        (ANNA, RemoveUser(at=place(), login="boss@acme.example", user=2, partner=3)),
        (CRM, UninstallModules(at=place(), modules=("base", "crm"))),
        (CRM, RemoveUser(at=place(), login="boss@acme.example", user=2, partner=3)),
        (
            ChangeGroups(at=place(), login="a@b", name="A", user=7, add=("base.group_user",)),
            ChangeGroups(at=place(), login="a@b", name="A", user=8, add=("base.group_system",)),
        ),
    ],
)
def test_an_undo_that_takes_back_something_else_is_not_applied(
    tmp_path: Path, operation: Operation, undo: Operation
) -> None:
    firm = office(tmp_path)
    ended = rollback(firm, told(operation, undo))
    assert ended.outcome == "failed"
    assert "does not take it back" in ended.residue[0]
    assert firm.applied == []


def test_an_open_intent_that_is_no_operation_of_ours_ends_the_run_in_order(tmp_path: Path) -> None:
    intent = Intent(step="crm", key="crm/1/0", operation={"op": "run_command", "command": "id"})
    lines = [JournalLine(n=1, at="2026-03-02T09:00:00Z", body=intent)]
    ended = rollback(office(tmp_path), lines)
    assert ended.outcome == "failed"
    assert "none of ours" in (ended.error or "")


def test_each_operation_says_what_may_take_it_back() -> None:
    assert INVERSES.keys() == UNDO_CLASS.keys()
    assert {name for name, undo in UNDO_CLASS.items() if undo == "irreversible"} <= {
        name for name, inverses in INVERSES.items() if not inverses
    }
