"""What differs between two looks, as rows for people: modules, settings, records, accounts; and what does not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from executors.evidence.looks import Looks
from executors.evidence.words import day_of_year, plain
from executors.protocol.wire import Json

_MODULES, _USERS, _DNS = "modules", "users", "dns_records"
_PRIVATE = frozenset({"login", "email", "password", "name"})
_TITLES = {"fiscal_year_end": "end of the fiscal year"}
_ABSENT = "—"


@dataclass(frozen=True)
class Module:
    """A module that is there or is no more; `asked` where it was asked for by name."""

    name: str
    version: str
    asked: bool


@dataclass(frozen=True)
class Setting:
    """One value that differs."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Account:
    """One account that was added, removed or changed; `details` say what it has now, or what differs."""

    name: str
    what: str
    details: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """The difference of two looks; `same` counts what was looked at and does not differ, in words."""

    added: tuple[Module, ...] = ()
    removed: tuple[Module, ...] = ()
    settings: tuple[Setting, ...] = ()
    records: tuple[Setting, ...] = ()
    accounts: tuple[Account, ...] = ()
    same: str = ""
    notes: tuple[str, ...] = ()
    settled: bool = False
    complete: bool = False
    asked: int = 0


def changes_of(looks: Looks, asked: Collection[str]) -> Changes:
    """Return what differs between the two looks; empty, with its notes, where one of them is missing."""
    if looks.before is None or looks.after is None:
        return Changes(notes=looks.notes)
    before, after = looks.before, looks.after
    old, new = _section(before, _MODULES), _section(after, _MODULES)
    added = tuple(_module(name, new[name], asked) for name in sorted(set(new) - set(old)))
    removed = tuple(_module(name, old[name], asked) for name in sorted(set(old) - set(new)))
    return Changes(
        added=added,
        removed=removed,
        settings=(*_module_changes(old, new), *_settings(before, after)),
        records=_records(_section(before, _DNS), _section(after, _DNS)),
        accounts=_accounts(_section(before, _USERS), _section(after, _USERS)),
        same=_same(before, after),
        notes=looks.notes,
        settled=looks.settled,
        complete=True,
        asked=sum(module.asked for module in added),
    )


def _section(record: Json, name: str) -> Json:
    value = record.get(name)
    return {key: one for key, one in value.items() if one is not None} if isinstance(value, dict) else {}


def _module(name: str, told: Any, asked: Collection[str]) -> Module:
    state, version = _state(told)
    mark = "" if state == "installed" else f" ({state})"
    return Module(plain(name), plain(f"{version}{mark}".strip()), name in asked)


def _state(told: Any) -> tuple[str, str]:
    """Return state and version out of `[state, version]`."""
    parts = told if isinstance(told, list) else [told]
    return str(parts[0] if parts else ""), str(parts[1] or "") if len(parts) > 1 else ""


def _module_changes(old: Json, new: Json) -> tuple[Setting, ...]:
    """Return the modules that were there and are there, with another state or version."""
    return tuple(
        Setting(f"module {plain(name)}", *(plain(" ".join(_state(one))) for one in (old[name], new[name])))
        for name in sorted(set(old) & set(new))
        if old[name] != new[name]
    )


def _settings(before: Json, after: Json) -> tuple[Setting, ...]:
    """Return what differs in every section that holds neither modules nor accounts."""
    return tuple(
        Setting(_title(section, name), _shown(old.get(name)), _shown(new.get(name)))
        for section in sorted({*before, *after} - {_MODULES, _USERS, _DNS})
        for old, new in [(_section(before, section), _section(after, section))]
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    )


def _records(old: Json, new: Json) -> tuple[Setting, ...]:
    """Return the sets of DNS records that differ, by `name TYPE`."""
    return tuple(
        Setting(plain(name), _shown(old.get(name)), _shown(new.get(name)))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    )


def _title(section: str, name: str) -> str:
    title = _TITLES.get(name, name.replace("_", " "))
    return plain(f"{section.replace('_', ' ')}: {title}")


def _shown(value: Any) -> str:
    """Return a value as people read it; a dash where there is none."""
    if value is None or value == "":
        return _ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return plain(", ".join(map(str, value))) or _ABSENT
    return plain(day_of_year(str(value)))


def _accounts(old: Json, new: Json) -> tuple[Account, ...]:
    rows = []
    for label in sorted({*old, *new}):
        was, now = old.get(label), new.get(label)
        if was == now:
            continue
        what = "added" if was is None else "removed" if now is None else "changed"
        details = _details(was if isinstance(was, dict) else {}, now if isinstance(now, dict) else {})
        rows.append(Account(_person(label, now or was), what, details))
    return tuple(rows)


def _person(label: str, account: Any) -> str:
    """Return the name of an account's owner; never the login (T52)."""
    name = account.get("name") if isinstance(account, dict) else None
    return plain(str(name or ("an account" if "@" in label else label)))


def _details(was: Json, now: Json) -> tuple[str, ...]:
    """Return each difference as words; of lists, what came and what went."""
    found = []
    for name in sorted({*was, *now} - _PRIVATE):
        old, new = was.get(name), now.get(name)
        if isinstance(old or [], list) and isinstance(new or [], list):
            came = [f"+ {one}" for one in new or [] if one not in (old or [])]
            went = [f"\u2212 {one}" for one in old or [] if one not in (new or [])]
            found += [plain(f"{name.replace('_', ' ')}: {', '.join([*came, *went])}")] if came or went else []
        elif old != new:
            change = _shown(new) if not was else f"{_shown(old)} → {_shown(new)}"
            found.append(plain(f"{name.replace('_', ' ')}: {change}"))
    return tuple(found)


def _same(before: Json, after: Json) -> str:
    """Return how much was looked at and does not differ: `14 modules and 2 settings are`."""
    counts = {"module": 0, "setting": 0, "DNS set": 0, "account": 0}
    for section in {*before, *after}:
        old, new = _section(before, section), _section(after, section)
        word = {_MODULES: "module", _USERS: "account", _DNS: "DNS set"}.get(section, "setting")
        counts[word] += sum(old[name] == new.get(name) for name in old)
    words = [f"{count} {word}{'s' if count != 1 else ''}" for word, count in counts.items() if count]
    verb = " is" if sum(counts.values()) == 1 else " are" if words else ""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words) + verb
