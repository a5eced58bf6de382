"""Records the rows of a real Odoo that the tests here look at: `python -m tests.executors.kinds.odoo.record URL`.

It wants a server of one's own with the login admin/admin and a database `factory_test` of base only; it installs
modules one by one, writes down after each of them what is installed, and slims everything to the fields that
executors ask for. Run it once without and once with `DE EUR`: a country changes what comes along.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import requests

from executors.protocol.wire import Json

ROWS = Path(__file__).parent / "rows"
ORDER = ("crm", "account", "project", "hr_timesheet", "sale_management")
MODULE = ("name", "shortdesc", "state", "latest_version", "auto_install", "application", "license", "to_buy")
MODULE_LINKS = ("country_ids", "exclusion_ids")
GROUPS = (
    "base.group_user",
    "base.group_portal",
    "base.group_system",
    "sales_team.group_sale_salesman",
    "sales_team.group_sale_manager",
    "project.group_project_user",
)


class Server:
    """One database over JSON-RPC."""

    def __init__(self, url: str, database: str = "factory_test") -> None:
        self.url, self.database, self.session = f"{url}/jsonrpc", database, requests.Session()

    def call(self, model: str, method: str, *args: object, **named: object) -> Any:
        params = [self.database, 2, "admin", model, method, list(args), named]
        body = {"jsonrpc": "2.0", "params": {"service": "object", "method": "execute_kw", "args": params}}
        answer = self.session.post(self.url, json=body, timeout=600).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer["result"]

    def read(
        self, model: str, fields: tuple[str, ...], domain: object = (), *, archived: bool = False
    ) -> list[Json]:
        named = {"fields": fields, "order": "id", "context": {"active_test": not archived}}
        return [slim(row) for row in self.call(model, "search_read", list(domain), **named)]


def slim(row: Json) -> Json:
    """Leave out what is false or empty; the stand-in that reads the rows puts it in again."""
    return {field: value for field, value in row.items() if value not in (False, [], "")}


def database(server: Server) -> Json:
    """Return every table in full, for the database of base only."""
    return {
        "ir.module.module": server.read("ir.module.module", (*MODULE, *MODULE_LINKS)),
        "ir.module.module.dependency": server.read(
            "ir.module.module.dependency", ("name", "module_id", "auto_install_required")
        ),
        "res.country": server.read("res.country", ("code",)),
        "res.currency": server.read("res.currency", ("name", "active"), archived=True),
        **changing(server),
    }


def changing(server: Server) -> Json:
    """Return the tables that an installation changes."""
    fields = set(server.call("res.company", "fields_get", [], ["type"]))
    optional = {"fiscalyear_last_day", "fiscalyear_last_month", "chart_template"}
    company = ("name", "country_id", "currency_id", *sorted(optional & fields))
    return {
        "res.company": server.read("res.company", company),
        "res.users": server.read(
            "res.users", ("name", "login", "active", "share", "all_group_ids"), archived=True
        ),
        "references": {name: found for name in GROUPS if (found := reference(server, name))},
    }


def reference(server: Server, xml_id: str) -> int | None:
    module, name = xml_id.split(".")
    rows = server.read("ir.model.data", ("res_id",), [["module", "=", module], ["name", "=", name]])
    return rows[0]["res_id"] if rows else None


def states(server: Server) -> Json:
    """Return name → installed version of everything that is installed."""
    rows = server.read("ir.module.module", ("name", "latest_version"), [["state", "=", "installed"]])
    return {row["name"]: row["latest_version"] for row in sorted(rows, key=lambda row: row["name"])}


def settle_company(server: Server, country: str, currency: str) -> None:
    found = server.read("res.country", ("code",), [["code", "=", country]])[0]["id"]
    money = server.read("res.currency", ("name",), [["name", "=", currency]], archived=True)[0]["id"]
    server.call("res.company", "write", [1], {"country_id": found, "currency_id": money})


def save(name: str, value: Json) -> None:
    """Write tables with one row to a line, so that a difference can be read."""
    lines = []
    for table, rows in value.items():
        if isinstance(rows, list) and len(rows) > 3:
            body = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
            lines.append(f"{json.dumps(table)}: [\n{body}\n]")
        else:
            lines.append(f"{json.dumps(table)}: {json.dumps(rows, ensure_ascii=False)}")
    (ROWS / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main(url: str, *company: str) -> None:
    """Record the database of base, then each module of the order installed upon it."""
    server, prefix = Server(url), "-".join(["after", *company[:1]]).lower()
    if company:
        settle_company(server, *company)
        save("base-de", {"installed": states(server), **changing(server)})
    else:
        save("base", database(server))
    for place, module in enumerate(ORDER, 1):
        row = server.read("ir.module.module", ("name",), [["name", "=", module]])[0]
        server.call("ir.module.module", "button_immediate_install", [row["id"]])
        save(f"{prefix}-{place}-{module}", {"installed": states(server), **changing(server)})


if __name__ == "__main__":
    main(*sys.argv[1:])
