"""How the pages write operations, places, times, money and the words of strangers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from executors.evidence.pack import CostLine
from executors.protocol.plan import Estimate
from executors.protocol.wire import Json

# Characters that would let a text look like another one on the page: controls, direction marks, zero width.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")

_OPERATIONS = {
    "copy_database": "duplicate the database",
    "drop_copy": "drop the duplicate",
    "restore_copy": "put the duplicate in the database's place",
    "set_company": "change the company's settings",
    "install_module": "install a module",
    "uninstall_modules": "uninstall modules",
    "reset_modules": "clear the marks of an interrupted installation",
    "create_user": "create an account",
    "remove_user": "remove an account",
    "change_groups": "change an account's groups",
    "set_records": "set the records of a name",
}
"""Operations whose name does not say it all; the others' names are their words."""

_ABOUT = ("path", "release", "module", "modules", "name", "type", "settings")
"""Fields of an operation that say what it is about; a login is none of them (T52)."""

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_DATE = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


def operation_name(op: str) -> str:
    """Return an operation's name in plain language."""
    return _OPERATIONS.get(op, op.replace("_", " "))


def operation_words(operation: Json) -> str:
    """Return what an operation of a journal does, in plain language, without its place."""
    op = str(operation.get("op", "unknown"))
    about = ", ".join(_value(operation[name]) for name in _ABOUT if operation.get(name))
    return f"{_OPERATIONS[op]}: {about}".removesuffix(": ") if op in _OPERATIONS else f"{op} {about}".strip()


def place(operation: Json) -> str:
    """Return where an operation acts, in words; names of secrets and logins are no part of it."""
    at = operation.get("at")
    if not isinstance(at, dict):
        return ""
    match at:
        case {"kind": "scratch"}:
            return f"build folder {at.get('step', '')}"
        case {"kind": "web_root"}:
            return f"web root {at.get('path', '')}"
        case {"kind": "ssh_root"}:
            return f"web root {at.get('path', '')} on {at.get('host', '')}"
        case {"kind": "pages"}:
            return f"branch {at.get('branch', '')} of {at.get('repository', '')}"
        case {"kind": "odoo"}:
            return f"Odoo {str(at.get('url', '')).partition('//')[2]}/{at.get('database', '')}"
        case {"kind": "dns"}:
            return f"zone {at.get('zone', '')} at {at.get('server', '')}"
        case _:
            return str(at.get("kind", "")).replace("_", " ")


def day_of_year(text: str) -> str:
    """Return `12-31` as `31 December`; any other text as it is."""
    found = _DATE.fullmatch(text)
    return f"{int(found[2])} {_MONTHS[int(found[1]) - 1]}" if found else text


def _value(value: object) -> str:
    """Return a value of an operation: text, a list of texts, or settings without those that stay."""
    if isinstance(value, dict):
        return ", ".join(
            f"{name.replace('_', ' ')} {text or 'none'}" for name, text in value.items() if text is not None
        )
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def cost_total(lines: Iterable[CostLine]) -> str:
    """Return the sum per currency, `≥` before it where a line is unknown, `unknown` where every line is."""
    sums: dict[str, Decimal] = {}
    listed = list(lines)
    for line in listed:
        if line.amount is not None:
            sums[line.currency] = sums.get(line.currency, Decimal(0)) + Decimal(line.amount)
    sign = "≥ " if any(line.amount is None for line in listed) else ""
    return " + ".join(f"{sign}{amount} {currency}" for currency, amount in sorted(sums.items())) or "unknown"


def plain(text: str) -> str:
    """Return `text` on one line, with a replacement mark for characters that nobody can see."""
    return _HIDDEN.sub("�", text.replace("\r\n", "\n").replace("\n", " "))


def moment(at: str) -> str:
    """Return an RFC 3339 time in UTC to the second, as people read it."""
    return plain(at[:19].replace("T", " ") + " UTC") if at.endswith("Z") else plain(at)


def cost_estimate(estimate: Estimate) -> str:
    """Return the plan's range of cost, `unknown` where it has none."""
    low, high = estimate.cost_low, estimate.cost_high
    if low is None and high is None:
        return "unknown"
    return f"{low or 'unknown'} to {high or 'unknown'} {estimate.currency}"
