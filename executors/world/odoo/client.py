"""One way to call a method of an Odoo, with named arguments, over the wire that its version speaks.

JSON-2 for 19 and later, JSON-RPC for 16 to 18. Sources:
https://www.odoo.com/documentation/19.0/developer/reference/external_api.html (JSON-2),
https://www.odoo.com/documentation/18.0/developer/reference/external_api.html (execute_kw).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from executors.errors import WorldError
from executors.protocol.odoo import OdooDatabase
from executors.protocol.wire import Json
from executors.world.odoo import rpc, rpc_log
from executors.world.odoo.line import Line, envelope, error_of, no_odoo
from executors.world.odoo.problems import (
    Asked,
    ManagerOff,
    NotOdoo,
    TooOld,
    WrongMaster,
    problem,
    wrong_database,
    wrong_key,
)
from executors.world.odoo.rpc import Patience, Said
from executors.world.secrets import Secrets

WireName = Literal["json2", "jsonrpc"]
OLDEST, FIRST_JSON2 = 16, 19
READING = frozenset(
    {
        "authenticate", "check_object_reference", "db_exist", "downstream_dependencies", "fields_get",
        "has_access", "has_group", "list", "read", "search", "search_count", "search_read", "server_version",
        "upstream_dependencies",
    }
)  # fmt: skip
"""Methods that change nothing, so that a lost answer loses nothing."""
_WITHOUT_MASTER = frozenset({"db_exist", "list", "list_lang", "server_version"})
_KEY = re.compile(r"[0-9a-f]{40}")
"""What an API key looks like."""
# Names of records come in the server's own language then, and so do Odoo's sentences.
_ENGLISH: Json = {"lang": "en_US"}


@dataclass
class _Memory:
    """What a client learns of its server, for all databases of it."""

    version: tuple[int, int] | None = None
    users: dict[str, int] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))


@dataclass(frozen=True)
class Client:
    """One database of one server, asked as the owner of the place's key; `wire` forces one of the two wires."""

    at: OdooDatabase
    secrets: Secrets
    hosts: Collection[str]
    log: Callable[[str, Json], None]
    patience: Patience = field(default_factory=Patience)
    wire: WireName | None = None
    _memory: _Memory = field(default_factory=_Memory, repr=False)

    def on(self, database: str) -> Client:
        """Return a client for another database of the same server, with the same key."""
        return replace(self, at=self.at.model_copy(update={"database": database}))

    def version(self) -> tuple[int, int]:
        """Return the server's version, asked without logging in: `(19, 0)`. Raises TooOld below 16."""
        if self._memory.version is None:
            said = self._line.send(rpc.Call(self._asked("", "version"), "/web/version"), "http")
            if said.status != 200 or not said.is_json:
                path = "/web/webclient/version_info"
                said = self._line.send(rpc.Call(self._asked("", "version"), path, envelope({})), "http")
            self._memory.version = self._supported(said)
        return self._memory.version

    def call(
        self,
        model: str,
        method: str,
        *,
        ids: Sequence[int] | None = None,
        context: Json | None = None,
        **named: Any,
    ) -> Any:
        """Return what the method answers.

        `ids` for methods of records (an empty list too), None for those of the model. Raises WorldError in one of
        the forms of `problems`; Lost (an OperationTimeout) where a change may or may not have been made.
        """
        version, full = self.version(), {**_ENGLISH, **(context or {})}
        if (self.wire or ("json2" if version[0] >= FIRST_JSON2 else "jsonrpc")) == "json2":
            return self._json2(model, method, {"ids": ids, "context": full, **named})
        return self._execute(self._asked(model, method), ids, {**named, "context": full})

    def db(self, method: str, *args: Any) -> Any:
        """Return what the database manager answers (`db_exist`, `list`; with the master password first: `drop` …).

        Raises WrongMaster, or ManagerOff where there is no manager to be asked.
        """
        asked = self._asked("", f"db.{method}", database="")
        said = self._jsonrpc(asked, ("db", method, args), {"databases": rpc_log.databases(method, args)})
        if said.status == 404:
            raise ManagerOff(f"{asked}: this Odoo has no database manager to be asked from outside")
        name, message = error_of(said)
        if not name:
            return self._result(asked, said)
        kind = name.rpartition(".")[2]
        # What an unknown service is answered with: KeyError up to 19, whatever its successors say.
        if kind in ("KeyError", "NotFound", "NameError", "AttributeError"):
            raise ManagerOff(f"{asked}: this Odoo has no database manager to be asked from outside")
        if kind == "AccessDenied" and method in _WITHOUT_MASTER:
            raise ManagerOff(f"{asked}: the server's database manager is switched off (list_db)")
        if kind == "AccessDenied":
            self.db("list")  # raises ManagerOff where that is the reason
            raise WrongMaster(f"{asked}: Odoo does not accept the master password; check the environment's secret")
        raise problem(asked, name, message)

    @property
    def _line(self) -> Line:
        return Line(self.at.url, self.hosts, self.log, self.patience, self._memory.numbers)

    def _supported(self, said: Said) -> tuple[int, int]:
        value = said.value.get("result", said.value) if said.is_json and isinstance(said.value, dict) else {}
        info = value.get("version_info") or value.get("server_version_info") if isinstance(value, dict) else None
        try:
            # Odoo Online calls itself "saas~18", 2 between releases.
            major, minor = int(str(info[0]).removeprefix("saas~")), int(info[1])  # type: ignore[index]
        except (TypeError, ValueError, IndexError, KeyError):
            raise NotOdoo(f"{self._asked('', 'version')}: does not say which Odoo it is; is it one?") from None
        if major < OLDEST:
            raise TooOld(f"Odoo {self._asked('', '').host}: is {major}.{minor}; {OLDEST} or later is wanted")
        return major, minor

    def _json2(self, model: str, method: str, named: Json) -> Any:
        asked = self._asked(model, method)
        body = {name: value for name, value in named.items() if value is not None}
        headers = {"X-Odoo-Database": self.at.database}
        key, changes = self._owner()[1], method not in READING
        path = f"/json/2/{model}/{method}"
        said = self._line.send(
            rpc.Call(asked, path, body, headers, key, changes), "json2", rpc_log.arguments(model, body)
        )
        if said.status == 200 and said.is_json:
            return said.value
        if said.is_json and isinstance(said.value, dict) and "name" in said.value:
            raise self._safe(problem(asked, said.value["name"], said.value.get("message", "")))
        if said.status == 401:
            raise wrong_key(asked)
        if said.status == 404 and "No database is selected" in str(said.value)[:10_000]:
            raise wrong_database(asked)
        raise no_odoo(asked, said)

    def _execute(self, asked: Asked, ids: Sequence[int] | None, named: Json) -> Any:
        args: list[Any] = [] if ids is None else [list(ids)]
        shown = rpc_log.arguments(asked.model, named if ids is None else {"ids": ids, **named})
        if asked.method == "create" and "vals_list" in named:
            # Odoo reads the first argument of `create` by its place, whatever its signature says.
            args, named = [named["vals_list"]], {name: named[name] for name in named if name != "vals_list"}
        login, key = self._owner()
        full = (self.at.database, self._user(login, key), key, asked.model, asked.method, args, named)
        return self._result(asked, self._jsonrpc(asked, ("object", "execute_kw", full), shown))

    def _owner(self) -> tuple[str, str]:
        """Return whose key it is, and the key: the secret may hold `login:key` where it is not the place's login.

        JSON-RPC wants the login, and who may only look is somebody else than who may change.
        """
        value = self.secrets.value(self.at.key)
        login, colon, key = value.rpartition(":")
        if not colon or not _KEY.fullmatch(key):
            return self.at.login, value
        self.secrets.hide(key)
        return login, key

    def _user(self, login: str, key: str) -> int:
        """Return the id of the key's owner, asked once for each database."""
        database, asked = self.at.database, self._asked("", "authenticate")
        if database not in self._memory.users:
            asks: list[Any] = [database, login, key, {}]
            user = self._result(asked, self._jsonrpc(asked, ("common", "authenticate", asks), {}))
            if not isinstance(user, int) or user is False:
                raise wrong_key(asked)
            self._memory.users[database] = user
        return self._memory.users[database]

    def _jsonrpc(self, asked: Asked, what: tuple[str, str, Sequence[Any]], shown: Json) -> Said:
        service, method, args = what
        body = envelope({"service": service, "method": method, "args": list(args)})
        changes = asked.method.removeprefix("db.") not in READING
        return self._line.send(rpc.Call(asked, "/jsonrpc", body, changes=changes), "jsonrpc", shown)

    def _result(self, asked: Asked, said: Said) -> Any:
        if name := error_of(said)[0]:
            raise self._safe(problem(asked, name, error_of(said)[1]))
        if said.status != 200 or not isinstance(said.value, dict) or "result" not in said.value:
            raise no_odoo(asked, said)
        return said.value["result"]

    def _asked(self, model: str, method: str, *, database: str | None = None) -> Asked:
        return Asked(self._line.host, self.at.database if database is None else database, model, method)

    def _safe(self, error: WorldError) -> WorldError:
        """Return the error without any secret, should the server have sent one back."""
        error.args = (self.secrets.redact(str(error)),)
        return error
