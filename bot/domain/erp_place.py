"""The environment of kind `odoo`: which database of which server, and the names of the secrets that open it."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from bot.domain.fields import unlike, wrong
from bot.domain.rules import Name, Rule, SecretName
from executors.protocol.odoo import COPY_OF

Edition = Literal["community", "enterprise"]
ModuleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)]

_URL = re.compile(r"(https?)://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[::1\])(:[0-9]{1,5})?")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
_LONGEST_NAME = 63
"""Bytes of a database's name; PostgreSQL cuts what is longer."""


def _server(url: str) -> str:
    """The address of an Odoo server, without a slash at its end; raises `wrong`."""
    found = _URL.fullmatch(url.removesuffix("/"))
    if not found:
        raise wrong("is no address of a server", "write one like `https://erp.example.com`, without a path")
    if found[1] == "http" and found[2] not in _LOOPBACK:
        raise wrong("would send the key in the clear", "write `https://`; `http://` is for loopback only")
    return url.removesuffix("/")


class OdooEnvironment(Rule):
    """One database of an Odoo server; `key` and `master` name secrets, their values never stand in a policy."""

    name: Name
    """what products and gates call it, and the GitHub environment with its secrets; previews use `<name>-read`"""
    kind: Literal["odoo"]
    """one database of an Odoo server"""
    url: Annotated[str, StringConstraints(max_length=300), AfterValidator(_server)]
    """the server's address, without a path"""
    database: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=_LONGEST_NAME)]
    """the name of the database"""
    login: Annotated[str, StringConstraints(pattern=r"^[!-~]+$", max_length=200)]
    """the login of the user whose key it is"""
    key: SecretName
    """the name of the secret that holds the user's API key"""
    master: SecretName | None = None
    """the name of the secret that holds the database manager's password"""
    snapshot: Annotated[bool, Field(json_schema_extra=lambda schema: schema.pop("default"))] = False
    """whether the database is duplicated before a change; it is where `master` is given, unless told"""
    edition: Edition = "community"
    """the edition that the server runs"""
    modules: Annotated[list[ModuleName], Field(default_factory=list, max_length=100), AfterValidator(unlike)]
    """modules that may be installed beside those that we know"""
    runner: Literal["self-hosted", "hosted"] = "self-hosted"
    """who runs its jobs; a server on loopback needs `self-hosted`"""

    @model_validator(mode="before")
    @classmethod
    def _snapshot_where_possible(cls, value: Any) -> Any:
        """With the database manager's password a snapshot is taken, unless the policy says otherwise."""
        if isinstance(value, dict) and "snapshot" not in value:
            return {**value, "snapshot": value.get("master") is not None}
        return value

    @property
    def secrets(self) -> list[str]:
        """The names of the secrets that the GitHub environment must hold."""
        return list(dict.fromkeys(name for name in (self.key, self.master) if name))

    @property
    def read_name(self) -> str:
        """The GitHub environment of previews: its key is of somebody who may only look, and it has no master."""
        return f"{self.name}-read"

    @property
    def host(self) -> str:
        """Host, and port where it is written."""
        return self.url.split("//", 1)[1]

    @property
    def hosts(self) -> list[str]:
        """The hosts that a run may speak to."""
        return [self.host]

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on the machine that runs the jobs."""
        return self.host.partition(":")[0] in _LOOPBACK or self.host.startswith("[")

    def copy_name(self, display_id: str, version: int, node_id: str) -> str | None:
        """The name of the duplicate that a plan makes first, at most 63 bytes; None without a snapshot.

        Where it is too long the database's name gives way: the end is what tells one plan's copy from another's,
        the issue's own digits among it, for two issues may bear one display id.
        """
        if not self.snapshot:
            return None
        issue = hashlib.sha256(node_id.encode()).hexdigest()[:6]
        end = f"{COPY_OF}{display_id.lower()}-v{version}-{issue}"
        return self.database[: _LONGEST_NAME - len(end)] + end
