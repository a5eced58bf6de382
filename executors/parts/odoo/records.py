"""What the evidence keeps of a database: plain JSON, sorted, people by name and never by login."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from executors.parts.odoo.modules import Stock
from executors.protocol.odoo import Company
from executors.protocol.wire import Json

ABSENT = frozenset({"uninstalled", "uninstallable"})


def module_record(there: Stock) -> Json:
    """Return name → [state, installed version] of whatever is installed or marked."""
    known = sorted((one.name, one.state, one.version) for one in there.values() if one.state not in ABSENT)
    return {"modules": {name: [state, version] for name, state, version in known}}


def company_record(name: str, settings: Company) -> Json:
    """Return the company's name and the settings that were looked at."""
    looked = {key: value for key, value in settings.to_json().items() if value is not None}
    return {"company": {"name": name, **dict(sorted(looked.items()))}}


def user_record(users: Iterable[tuple[str, Mapping[str, object] | None]]) -> Json:
    """Return label → what there is of the account, None where there is none yet."""
    return {"users": {label: None if found is None else dict(found) for label, found in sorted(users, key=_label)}}


def _label(entry: tuple[str, object]) -> str:
    return entry[0]
