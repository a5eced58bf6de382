"""One database of a server, for one test: its keys, what is in it, and its Odoo to be killed and started again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.odoo.server import door
from tests.odoo.server.daemon import MASTER, Daemon


@dataclass(frozen=True)
class Instance:
    """A database; `key` is its administrator's."""

    daemon: Daemon
    database: str
    key: str
    login: str = "admin"
    password: str = "admin"
    master: str = MASTER

    @property
    def url(self) -> str:
        """Where its Odoo listens; restarting does not change it."""
        return self.daemon.url

    def call(self, model: str, method: str, *, key: str | None = None, **arguments: Any) -> Any:
        """One JSON-2 call as the administrator, or with another key; raises door.Refused."""
        return door.call(self.url, self.database, key or self.key, model, method, **arguments)

    def rows(self, model: str, domain: list[Any], *fields: str) -> list[dict[str, Any]]:
        """The records that match, archived ones too, by id."""
        context = {"active_test": False}
        found = self.call(model, "search_read", domain=domain, fields=list(fields), order="id", context=context)
        return list(found)

    def sql(self, statement: str) -> list[list[str]]:
        """What the database itself answers; for what no API shows."""
        return self.daemon.cluster.sql(statement, self.database)

    def modules(self, *states: str) -> list[str]:
        """Names of the modules in these states (`installed` where none is given), from the database itself."""
        wanted = ", ".join(f"'{state}'" for state in states or ("installed",))
        return [
            name for (name,) in self.sql(f"select name from ir_module_module where state in ({wanted}) order by 1")
        ]

    def new_key(self, login: str, password: str) -> str:
        """A key of that user's own."""
        return door.key(self.url, self.database, login, password)

    def user(self, *groups: str, login: str = "somebody") -> str:
        """Make an account with these groups (external ids); returns its key."""
        ids = [self.reference(group) for group in groups]
        values = {"name": login.title(), "login": login, "password": login, "group_ids": [[6, 0, ids]]}
        context = {"no_reset_password": True}
        self.call("res.users", "create", vals_list=[values], context=context)
        return self.new_key(login, login)

    def reference(self, xml_id: str) -> int:
        """The id of a record by its external id; IndexError where there is none."""
        module, name = xml_id.split(".", 1)
        domain = [["module", "=", module], ["name", "=", name]]
        return int(self.rows("ir.model.data", domain, "res_id")[0]["res_id"])

    def kill(self) -> None:
        """SIGKILL to its Odoo, whatever it is doing; every other database of the server is without one too."""
        self.daemon.kill()

    def restart(self, *, workers: int = 0, list_db: bool = True) -> None:
        """Start its Odoo again, with that many worker processes and with or without its database manager."""
        self.daemon.kill()
        self.daemon.workers, self.daemon.list_db = workers, list_db
        self.daemon.start()
