"""Uninstall exactly what was named: refused where that takes along what others need, or what people entered."""

from __future__ import annotations

from executors.errors import WorldError
from executors.protocol.odoo import UninstallModules
from executors.protocol.wire import Json
from executors.world.odoo import modules, states
from executors.world.odoo.client import Client
from executors.world.odoo.problems import MODULES, Busy, Down, NoRights
from executors.world.odoo.states import States, listed

FOUNDATION = frozenset(
    {
        "api_doc", "auth_passkey", "auth_totp", "base", "base_import", "base_import_module", "base_setup", "bus",
        "html_editor", "iap", "rpc", "web", "web_tour", "web_unsplash",
    }
)  # fmt: skip
"""What every database has from its first day on."""

RECORDS = {
    "account": "account.move",
    "calendar": "calendar.event",
    "crm": "crm.lead",
    "event": "event.registration",
    "hr": "hr.employee",
    "hr_attendance": "hr.attendance",
    "hr_expense": "hr.expense",
    "hr_holidays": "hr.leave",
    "hr_recruitment": "hr.applicant",
    "point_of_sale": "pos.order",
    "product": "product.template",
    "project": "project.project",
    "purchase": "purchase.order",
    "sale": "sale.order",
    "stock": "stock.picking",
    "website_blog": "blog.post",
}
"""By module, the model whose records are somebody's work; uninstalling drops its table."""


def uninstall(client: Client, operation: UninstallModules) -> None:
    """Uninstall those of the modules that are installed, in one go; marks of theirs are cleared first.

    Raises WorldError where that would take anything else along, or anybody's work, and where some of them are
    still there afterwards; OperationTimeout where nobody knows.
    """
    now = _cleared(client, operation)
    todo = set(operation.modules) & now.installed
    if not todo:
        return
    _check(client, operation, now, todo)
    said = modules.press(client, "button_immediate_uninstall", now, sorted(todo))
    if isinstance(said, Down):
        raise said
    after = modules.after_pressing(client, said, wanted=lambda seen: not todo & seen.installed)
    if left := (todo & after.installed) | set(after.moving):
        if modules.only_busy(said) and not after.moving:
            raise Busy(str(said), again=True)
        why = f"{said}; " if said is not None else ""
        raise WorldError(f"{operation.at.target}: {why}still there: {listed(left)}")


def settle_uninstall(client: Client, operation: UninstallModules) -> bool:
    """Whether none of the modules is there any more, nor marked; waits for the end of what is under way."""
    gone = set(operation.modules)
    now = states.settled(client, wanted=lambda seen: not gone & seen.installed)
    return not gone & (now.installed | set(now.moving))


def _cleared(client: Client, operation: UninstallModules) -> States:
    """Return the states without marks of the named modules, which an interrupted install may have left."""
    now = states.read(client)
    if not now.moving:
        return now
    now = states.settled(client)
    if foreign := set(now.moving) - set(operation.modules):
        raise WorldError(
            f"{operation.at.target}: somebody else's operation left marks: {listed(foreign)}; {modules.CLEAR}"
        )
    if now.moving:
        modules.clear(client)
        now = states.read(client)
    return now


def _check(client: Client, operation: UninstallModules, now: States, todo: set[str]) -> None:
    """Raise WorldError where uninstalling would take more than was named."""
    target = operation.at.target
    if wide := todo & FOUNDATION:
        raise WorldError(f"{target}: {listed(wide)} belongs to every Odoo and is not uninstalled")
    found = client.call(MODULES, "downstream_dependencies", ids=now.numbers(todo))
    numbers = {number: name for name, number in now.ids.items()}
    foreign = {numbers.get(number, f"module {number}") for number in found} - todo
    if foreign:
        raise WorldError(
            f"{target}: other modules need what is to be uninstalled, and would go with it: {listed(foreign)}; "
            "uninstall them first, or keep both"
        )
    if entered := _entered(client, now, todo):
        words = listed(f"{count} {model}" for model, count in entered.items())
        raise WorldError(
            f"{target}: holds records that people have entered: {words}; uninstalling destroys them for ever, "
            "so nothing was uninstalled; export and delete them first, or keep the modules"
        )


def _entered(client: Client, now: States, todo: set[str]) -> dict[str, int]:
    """Return how many records of whose model were not brought by a module itself.

    Odoo's own count of a table (`ir.model`, archived ones included) sees what the key's owner may not; what came
    as data of a module has an external id of it.
    """
    wanted = [model for module, model in RECORDS.items() if module in todo]
    if not wanted:
        return {}
    rows: list[Json] = client.call(
        "ir.model", "search_read", domain=[["model", "in", wanted]], fields=["model", "count"]
    )
    entered = {row["model"]: row["count"] - _brought(client, now, row["model"]) for row in rows if row["count"]}
    if "project" in todo:
        entered["project.task"] = _tasks(client)
    return {model: count for model, count in entered.items() if count > 0}


def _brought(client: Client, now: States, model: str) -> int:
    """Return how many records of a model came with modules, and not from people."""
    domain = [["model", "=", model], ["module", "not in", ["__export__", "__import__"]]]
    brought: int = client.call("ir.model.data", "search_count", domain=domain)
    if model == "project.project" and "hr_timesheet" in now.installed:
        # hr_timesheet makes one project for each company, without an external id.
        internal = [["internal_project_id", "!=", False]]
        brought += client.call("res.company", "search_count", domain=internal)
    return brought


def _tasks(client: Client) -> int:
    """Return how many tasks others than OdooBot made, of those that the key's owner may see.

    Odoo gives each account a private task to welcome it, so its own count of the table says nothing; a task of
    anybody's project is found by the project. What is not found are private tasks of other people.
    """
    try:
        count: int = client.call(
            "project.task", "search_count", domain=[["create_uid", "!=", 1]], context={"active_test": False}
        )
    except NoRights:
        return 0
    return count
