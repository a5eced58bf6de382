"""What an Odoo can answer instead of a result, in words of ours: never its traceback, its paths, or a secret.

::

    WorldError
    ├── Silent             a look got no answer: nothing happened, so it may be asked again
    │   └── Down           nobody is there to be asked
    ├── NotOdoo            something answers that is no Odoo, or not as one should
    ├── Unsafe             the address is one to which no key is sent: not named by the plan, or without TLS
    ├── TooOld             older than what is supported
    ├── WrongKey           the key, or the login that it belongs to
    ├── WrongDatabase      no such database, or it cannot be opened
    ├── WrongMaster        the database manager's password
    ├── ManagerOff         the database manager is switched off, or gone (Odoo 20)
    ├── NoRights           the key's owner may not do that; says which right is wanted
    ├── NoModel            the database has no such model: its module is not installed
    ├── Busy               another operation on modules is under way, or left its marks: this one did nothing
    │   └── Locked         it ran into the locks of another operation: what was done is to be looked at
    ├── Refused            Odoo's own sentence to the user
    ├── Broken             an error inside Odoo, by the name of its class only
    └── OperationTimeout
        └── Lost           a change was asked for and no answer came: Odoo may be at it, or done with it
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from executors.errors import OperationTimeout, WorldError

MODULES = "ir.module.module"
_BUSY = re.compile(r"currently processing (another module operation|a scheduled action)")
_LOCKED = frozenset({"LockNotAvailable", "InFailedSqlTransaction", "SerializationFailure", "DeadlockDetected"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,99}")
_ADDRESS = re.compile(r"[^\s@<>\"'(),:;]+@[^\s@<>\"'(),:;]+")
_LONGEST = 300


class Silent(WorldError):
    """A look got no answer: nothing happened."""


class Down(Silent):
    """Nobody is there to be asked."""


class NotOdoo(WorldError):
    """What answers is no Odoo, or does not answer as one."""


class Unsafe(WorldError):
    """No key is sent to this address."""


class TooOld(WorldError):
    """The server is older than what is supported."""


class WrongKey(WorldError):
    """Odoo does not accept the key, or not for this login."""


class WrongDatabase(WorldError):
    """There is no such database, or it cannot be opened."""


class WrongMaster(WorldError):
    """Odoo does not accept the database manager's password."""


class ManagerOff(WorldError):
    """The database manager is switched off on this server, or this Odoo has none."""


class NoRights(WorldError):
    """The key's owner may not do that."""


class NoModel(WorldError):
    """The database has no such model."""


class Busy(WorldError):
    """Another operation on modules is under way, or a dead one left its marks; this one did nothing."""


class Locked(Busy):
    """It ran into the locks of another operation; what was done is to be looked at."""


class Refused(WorldError):
    """Odoo said no, in a sentence that is meant for users."""


class Broken(WorldError):
    """An error inside Odoo; only the name of its class is told: `kind`, without its package."""

    def __init__(self, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind


class Lost(OperationTimeout):
    """A change was asked for and no answer came; Odoo may be at it, or done with it, or never have begun."""


@dataclass(frozen=True)
class Asked:
    """What was being done, for the message of an error."""

    host: str
    database: str
    model: str
    method: str

    def __str__(self) -> str:
        what = f"{self.model}.{self.method}" if self.model else self.method
        return f"Odoo {self.host}, {what}" + (f" in {self.database}" if self.database else "")


def class_name(name: object) -> str:
    """Return the name of an exception's class as Odoo tells it, `error` where it is no such name."""
    return str(name) if _NAME.fullmatch(str(name)) else "error"


def first_line(message: object) -> str:
    """Return the first line of what Odoo says, at most 300 characters of it, without anybody's address (T52)."""
    lines = str(message).strip().splitlines()
    return _ADDRESS.sub("…@…", lines[0].strip()[:_LONGEST]) if lines else ""


def problem(asked: Asked, name: object, message: object) -> WorldError:
    """Return the error for an exception inside Odoo: `name` is its class, `message` what it says.

    The same classes come over both wires: `error.data.name` of JSON-RPC, `name` of JSON-2.
    """
    full = class_name(name)
    kind, said = full.rpartition(".")[2], first_line(message)
    if kind in _LOCKED or _BUSY.search(said):
        busy = Locked if kind in _LOCKED else Busy
        return busy(f"{asked}: Odoo is busy with another operation; wait until it is done, then start again")
    if kind in ("AccessDenied", "AccessError", "Forbidden"):
        return _no_rights(asked)
    if kind == "Unauthorized":
        return wrong_key(asked)
    if kind == "OperationalError" or "No database is selected" in said:
        return wrong_database(asked)
    if asked.model and re.search(r"^Object \S+ doesn't exist|^the model \S+ does not exist", said):
        return NoModel(f"{asked}: this database does not know {asked.model}; is its module installed?")
    if kind in ("UserError", "ValidationError", "MissingError", "RedirectWarning"):
        return Refused(f"{asked}: {said or 'Odoo refuses, and does not say why'}")
    return Broken(f"{asked}: an error inside Odoo ({full}); its administrator finds the details in its log", kind)


def wrong_key(asked: Asked) -> WrongKey:
    """Return the error for a key that is not accepted."""
    return WrongKey(
        f"{asked}: Odoo does not accept the key; check the environment's secret, the login, and the key's expiry"
    )


def wrong_database(asked: Asked) -> WrongDatabase:
    """Return the error for a database that is not there."""
    return WrongDatabase(
        f"{asked}: Odoo cannot open the database {asked.database}; check its name in the policy, and the server"
    )


def _no_rights(asked: Asked) -> NoRights:
    if asked.method.startswith("button_") or asked.method == "module_uninstall":
        wanted = "the group Settings of Administration (base.group_system)"
    elif asked.model == MODULES:
        wanted = f"read access on {MODULES}, which by default only Settings administrators have"
    else:
        wanted = f"the right to {asked.method} on {asked.model or 'this database'}"
    return NoRights(f"{asked}: the key's owner may not do that; it needs {wanted}")
