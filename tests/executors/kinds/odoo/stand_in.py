"""A database to look at, made of rows that a real Odoo 19 gave (`record.py`): what `OdooReader` says and no more.

It refuses what the real one refuses: models and fields that are not there, and operators of a domain that nobody
tried. Nothing can be changed here: what an installation leads to is another recording.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from executors.errors import WorldError
from executors.executor import ZoneLook
from executors.protocol.dns import DnsZone
from executors.protocol.odoo import OdooDatabase
from executors.protocol.wire import Json

ROWS = Path(__file__).parent / "rows"
FIELDS = {
    "ir.module.module": {
        "name",
        "shortdesc",
        "state",
        "latest_version",
        "auto_install",
        "application",
        "license",
        "to_buy",
        "country_ids",
        "exclusion_ids",
    },
    "ir.module.module.dependency": {"name", "module_id", "auto_install_required"},
    "ir.module.module.exclusion": {"name", "module_id"},
    "res.country": {"code"},
    "res.currency": {"name", "active"},
    "res.company": {"name", "country_id", "currency_id"},
    "res.users": {"name", "login", "active", "share", "all_group_ids"},
}
OF_ACCOUNT = {"chart_template", "fiscalyear_last_day", "fiscalyear_last_month"}
MANY = {"country_ids", "exclusion_ids", "all_group_ids", "groups_id"}
AT = OdooDatabase(url="https://odoo.example", database="firm", login="millwright", key="ODOO_KEY")
WITH_COPY = AT.model_copy(update={"snapshot": "firm-before", "master": "ODOO_MASTER"})


@dataclass
class Recorded:
    """One database as it was recorded; `calls` are the questions so far, by model."""

    tables: dict[str, list[Json]]
    fields: dict[str, set[str]]
    references: Mapping[str, int]
    release: tuple[int, int] = (19, 0)
    copies: frozenset[str] | None = frozenset()
    entries: int = 0
    calls: list[str] = field(default_factory=list)
    after: Callable[[Recorded], None] = lambda _database: None
    """what others do to the database after each question"""

    def version(self) -> tuple[int, int]:
        return self.release

    def search_read(
        self, model: str, domain: Sequence[Any], fields: Sequence[str], *, archived: bool = False
    ) -> list[Json]:
        self._asked(model, fields)
        found = [{name: row[name] for name in ("id", *fields)} for row in self._matching(model, domain, archived)]
        self.after(self)
        return found

    def search_count(self, model: str, domain: Sequence[Any], *, archived: bool = False) -> int:
        self._asked(model, ())
        return self.entries if model == "account.move" else len(list(self._matching(model, domain, archived)))

    def fields_get(self, model: str) -> frozenset[str]:
        self.calls.append(f"fields of {model}")
        return frozenset(self.fields.get(model, ()))

    def reference(self, xml_id: str) -> int | None:
        self.calls.append(f"reference {xml_id}")
        return self.references.get(xml_id)

    def databases(self, names: Sequence[str]) -> frozenset[str] | None:
        self.calls.append("databases")
        return None if self.copies is None else self.copies & set(names)

    def row(self, model: str, **values: object) -> Json:
        """Return the one row with these values, to be changed by a test."""
        (found,) = [row for row in self.tables[model] if all(row[name] == value for name, value in values.items())]
        return found

    def mark(self, **states: str) -> None:
        """Put modules into these states."""
        for name, state in states.items():
            self.row("ir.module.module", name=name)["state"] = state

    def _asked(self, model: str, fields: Sequence[str]) -> None:
        self.calls.append(model)
        if model not in self.fields:
            raise WorldError(f"the model {model} does not exist")
        if unknown := set(fields) - self.fields[model] - {"id"}:
            raise WorldError(f"Invalid field {min(unknown)!r} in {model!r}")

    def _matching(self, model: str, domain: Sequence[Any], archived: bool) -> Iterator[Json]:
        known = {"id", *self.fields[model]}
        for row in self.tables[model]:
            if (archived or row.get("active", True)) and holds(domain, row, known):
                yield row


@dataclass(frozen=True)
class Eyes:
    """A Reader that can look at one database, and at a zone that has nothing of what is asked for."""

    database: Recorded

    def odoo(self, at: OdooDatabase) -> Recorded:
        assert at.database == "firm"
        return self.database

    def records(self, at: DnsZone, names: Sequence[str], *, asked: bool = False) -> ZoneLook:
        del at, names, asked
        return ZoneLook("transfer", {})


def recorded(name: str = "base", **changes: Any) -> Recorded:
    """Return the database of that recording, a copy of its own."""
    tables = {**_read("base"), **_read(name)}
    installed, references = tables.pop("installed", None), tables.pop("references")
    fields = {model: set(names) for model, names in FIELDS.items()}
    if installed and "account" in installed:
        fields["res.company"] |= OF_ACCOUNT
        fields["account.move"] = set()
    filled = {model: [_filled(row, fields[model]) for row in tables.get(model, ())] for model in fields}
    database = replace(Recorded(filled, fields, references), **changes)
    for row in database.tables["ir.module.module"] if installed else ():
        if row["state"] != "uninstallable":
            there = row["name"] in installed
            row["state"] = "installed" if there else "uninstalled"
            row["latest_version"] = installed.get(row["name"], False)
    return database


def installed_in(name: str) -> set[str]:
    """Return what was really installed when that recording was made."""
    found = _read(name).get("installed")
    if found is not None:
        return set(found)
    return {row["name"] for row in _read(name)["ir.module.module"] if row["state"] == "installed"}


def as_sixteen(database: Recorded) -> Recorded:
    """Return the database as version 16 would show it: without the fields that came later."""
    later = {"ir.module.module": {"country_ids"}, "res.users": {"all_group_ids"}}
    for model, names in later.items():
        database.fields[model] -= names
    database.fields["res.users"].add("groups_id")
    for row in database.tables["res.users"]:
        row["groups_id"] = row.pop("all_group_ids")
    for row in database.tables["ir.module.module"]:
        del row["country_ids"]
    return replace(database, release=(16, 0))


def holds(domain: Sequence[Any], row: Json, known: set[str]) -> bool:
    """Return whether the row matches a domain in prefix notation; AssertionError for operators nobody tried."""
    stack: list[bool] = []
    for term in reversed(domain):
        if term in ("|", "&"):
            one, other = stack.pop(), stack.pop()
            stack.append(one or other if term == "|" else one and other)
        else:
            stack.append(_term(*term, row=row, known=known))
    return all(stack)


def _term(name: str, operator: str, value: Any, *, row: Json, known: set[str]) -> bool:
    assert name in known, f"Invalid field {name!r}"
    match operator:
        case "=":
            return bool(row[name] == value)
        case "in":
            assert isinstance(value, list)
            return row[name] in value
        case "=ilike":
            return re.fullmatch(_like(value), row[name], re.IGNORECASE) is not None
    raise AssertionError(f"the operator {operator!r} was never tried on a real server")


def _like(pattern: str) -> str:
    """Return PostgreSQL's LIKE pattern as a regular expression."""
    parts = re.findall(r"\\.|%|_|[^\\%_]+", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    return "".join(wild.get(part) or re.escape(part.removeprefix("\\")) for part in parts)


def _filled(row: Json, fields: set[str]) -> Json:
    empty = {name: [] if name in MANY else False for name in fields}
    return {**empty, **row}


@cache
def _read(name: str) -> Json:
    found: Json = json.loads((ROWS / f"{name}.json").read_text(encoding="utf-8"))
    return found
