"""Eyes on one Odoo database: what an executor may look at, and nothing that changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from executors.protocol.wire import Json
from executors.world.odoo.client import Client
from executors.world.odoo.problems import Asked, Broken, ManagerOff, NoModel, NoRights, NotOdoo

_ARCHIVED_TOO: Json = {"active_test": False}


@dataclass(frozen=True)
class ClientReader:
    """The OdooReader of executors/executor.py over a client."""

    client: Client

    def version(self) -> tuple[int, int]:
        """Return the server's version, asked without logging in: `(19, 0)`."""
        return self.client.version()

    def search_read(
        self, model: str, domain: Sequence[Any], fields: Sequence[str], *, archived: bool = False
    ) -> list[Json]:
        """Return the records that match, by id; a many2one is `[id, name]` or False. `archived`: those too."""
        found = self.client.call(
            model,
            "search_read",
            context=_ARCHIVED_TOO if archived else None,
            domain=list(domain),
            fields=list(fields),
            order="id",
        )
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise self._strange(model, "search_read")
        return found

    def search_count(self, model: str, domain: Sequence[Any], *, archived: bool = False) -> int:
        """Return how many records match."""
        context = _ARCHIVED_TOO if archived else None
        count = self.client.call(model, "search_count", context=context, domain=list(domain))
        if not isinstance(count, int):
            raise self._strange(model, "search_count")
        return count

    def fields_get(self, model: str) -> frozenset[str]:
        """Return the names of a model's fields; empty where the database has no such model."""
        try:
            found = self.client.call(model, "fields_get", attributes=["type"])
        except NoModel:
            return frozenset()
        if not isinstance(found, dict):
            raise self._strange(model, "fields_get")
        return frozenset(found)

    def reference(self, xml_id: str) -> int | None:
        """Return the id of a record by its external id, archived ones too; None where there is none."""
        module, _, name = xml_id.partition(".")
        try:
            found = self.client.call("ir.model.data", "check_object_reference", module=module, xml_id=name)
        except Broken as error:
            if error.kind == "ValueError":  # no such external id, or its module is not installed
                return None
            raise
        if not isinstance(found, list) or len(found) != 2:
            raise self._strange("ir.model.data", "check_object_reference")
        return int(found[1]) if found[1] else self._archived(module, name)

    def databases(self, names: Sequence[str]) -> frozenset[str] | None:
        """Return which of these databases the server has; None where its manager is switched off or gone."""
        try:
            self.client.db("list")  # db_exist answers even where the manager is off
            return frozenset(name for name in names if self.client.db("db_exist", name))
        except ManagerOff:
            return None

    def _archived(self, module: str, name: str) -> int | None:
        """Return the id of a record that Odoo knows and does not show: it is archived, or not ours to see."""
        domain = [["module", "=", module], ["name", "=", name]]
        try:
            rows = self.search_read("ir.model.data", domain, ["model", "res_id"])
        except NoRights:
            return None
        row = rows[0] if rows else {}
        if not row or not self.search_count(row["model"], [["id", "=", row["res_id"]]], archived=True):
            return None
        return int(row["res_id"])

    def _strange(self, model: str, method: str) -> NotOdoo:
        at = self.client.at
        return NotOdoo(f"{Asked(at.target, '', model, method)}: an answer of a shape that Odoo does not give")
