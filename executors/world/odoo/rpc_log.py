"""What the log says of a call: names and sizes, and of the values only what is neither secret nor personal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from executors.protocol.wire import Json
from executors.world.odoo.problems import Asked

HIDDEN = "…"
_PLAIN = frozenset({"ids", "fields", "limit", "offset", "order", "attributes", "allfields", "module", "xml_id"})
_PERSONAL = frozenset({"res.users", "res.partner", "hr.employee", "crm.lead", "mail.mail"})
_TECHNICAL = re.compile(r"[A-Za-z0-9_.:%-]{0,100}")
_WITHOUT_MASTER = frozenset({"db_exist", "list", "list_lang", "server_version"})


def entry(number: int, wire: str, asked: Asked, shown: Json) -> Json:
    """Return the beginning of an entry; how it ended comes after."""
    return {
        "n": number,
        "wire": wire,
        "database": asked.database,
        "model": asked.model,
        "method": asked.method,
        "arguments": shown,
    }


def arguments(model: str, named: Mapping[str, Any]) -> Json:
    """Return the named arguments as they may be read: names, ids, fields and domains; the rest by size."""
    shown: Json = {}
    for name, value in named.items():
        if name == "domain":
            shown[name] = [_condition(model, part) for part in value]
        elif name in _PLAIN:
            shown[name] = value
        elif name != "context":
            shown[name] = _size(value)
    return shown


def databases(method: str, args: Sequence[Any]) -> list[str]:
    """Return the names of databases among the manager's arguments; the master password comes first in most."""
    return [one for one in args[0 if method in _WITHOUT_MASTER else 1 :] if isinstance(one, str)]


def _condition(model: str, part: Any) -> Any:
    """Return one part of a domain; its value only where it can name nobody."""
    if not isinstance(part, list | tuple) or len(part) != 3:
        return part
    field, operator, value = part
    many = value if isinstance(value, list | tuple) else [value]
    return [field, operator, value if all(_tells_nobody(model, one) for one in many) else HIDDEN]


def _tells_nobody(model: str, value: object) -> bool:
    if isinstance(value, str):
        return model not in _PERSONAL and _TECHNICAL.fullmatch(value) is not None
    return value is None or isinstance(value, bool | int)


def _size(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"object of {', '.join(sorted(map(str, value)))}"
    if isinstance(value, list | tuple):
        inside = sorted({str(name) for one in value if isinstance(one, Mapping) for name in one})
        return f"list of {len(value)}" + (f" with {', '.join(inside)}" if inside else "")
    return f"{type(value).__name__} of {len(str(value))}"
