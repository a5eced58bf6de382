"""Creates people's accounts in an Odoo, or adds what is missing to those that are there; nobody gets a mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from executors.errors import WorldError
from executors.executor import Executor, Facts, OdooReader, Reader
from executors.parts.odoo.groups import Groups, look_at_groups
from executors.parts.odoo.people import OUTSIDERS, Account, accounts, lacking, of_login
from executors.parts.odoo.records import user_record
from executors.parts.odoo.server import Server, after_copy, look_at_server, seen_copy, seen_server
from executors.parts.odoo.words import listed
from executors.protocol.finding import Finding
from executors.protocol.odoo import ChangeGroups, CreateUser, ModuleName, OdooDatabase, XmlId
from executors.protocol.operation import Operation
from executors.protocol.plan import Limits, Seen
from executors.protocol.wire import Json

INTERNAL = "base.group_user"


class Person(BaseModel):
    """One person, with the groups by external id; none means an internal user."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    login: Annotated[str, Field(min_length=3, max_length=254, pattern=r"^[^\s\x00-\x1f\\%]+$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    groups: tuple[XmlId, ...] = ()

    @property
    def wanted(self) -> tuple[str, ...]:
        """The groups, sorted and each once."""
        return tuple(sorted(set(self.groups))) or (INTERNAL,)


class Inputs(BaseModel):
    """Who, where, and which modules earlier steps install, so that their groups may still be missing."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    at: OdooDatabase
    users: Annotated[tuple[Person, ...], Field(min_length=1, max_length=200)]
    after: Annotated[tuple[ModuleName, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _each_once_and_on_one_side(self) -> Inputs:
        """Refuse one login twice, whatever its case, and a person who is both inside and outside."""
        times = Counter(person.login.casefold() for person in self.users)
        if twice := sorted({person.name for person in self.users if times[person.login.casefold()] > 1}):
            raise ValueError(f"users: {', '.join(twice)} share a login; upper and lower case are one")
        for person in self.users:
            outside = set(person.groups) & set(OUTSIDERS)
            if outside and len(set(person.groups)) > 1:
                raise ValueError(f"users: {person.name} cannot be in {min(outside)} and in other groups")
        return self


@dataclass(frozen=True)
class _Sight:
    """What was looked at: accounts by person, and the groups."""

    server: Server
    found: tuple[tuple[Account, ...], ...]
    groups: Groups


def look(inputs: Inputs, step: str, reader: Reader) -> Facts:
    """Look for the people's accounts and for the groups that they are to have. Raises WorldError."""
    del step
    sight = _sight(inputs, reader.odoo(inputs.at))
    return Facts(sight, tuple(_seen(inputs, sight)), user_record(_records(inputs, sight)))


def propose(inputs: Inputs, step: str, facts: Facts) -> Sequence[Operation]:
    """Propose to create who is missing and to add the groups that others lack.

    Raises WorldError for an account that is archived, from outside or doubtful, and for a group that nobody has.
    """
    sight: _Sight = facts.data
    if refused := [*sight.groups.refusals(), *_no_account(inputs, sight)]:
        raise WorldError(f"{step}: {'; '.join(refused)}")
    changes: list[Operation] = []
    for person, found in zip(inputs.users, sight.found, strict=True):
        if not found:
            changes.append(CreateUser(at=inputs.at, login=person.login, name=person.name, groups=person.wanted))
        elif add := _lacking(person, found[0], sight):
            one = found[0]
            changes.append(ChangeGroups(at=inputs.at, login=one.login, name=person.name, user=one.id, add=add))
    return after_copy(inputs.at, sight.server, changes)


def verify(inputs: Inputs, step: str, reader: Reader) -> list[Finding]:
    """Look again: each person has one active account in all the groups, else that is a failure."""
    sight = _sight(inputs, reader.odoo(inputs.at))
    findings: list[Finding] = []
    for person, found in zip(inputs.users, sight.found, strict=True):
        wrong = "has no active account" if len(found) != 1 or not found[0].active else ""
        if not wrong and (missing := _lacking(person, found[0], sight)):
            wrong = f"is not in {listed(missing)}"
        if wrong:
            findings.append(Finding(level="failure", code="user", message=f"{person.name} {wrong}", step=step))
    return findings


def _sight(inputs: Inputs, odoo: OdooReader) -> _Sight:
    server = look_at_server(inputs.at, odoo)
    there = accounts(odoo, server, [person.login for person in inputs.users])
    groups = look_at_groups(
        odoo, server, [name for person in inputs.users for name in person.wanted], inputs.after
    )
    return _Sight(server, tuple(of_login(person.login, there) for person in inputs.users), groups)


def _no_account(inputs: Inputs, sight: _Sight) -> Iterator[str]:
    """Yield whose account cannot be worked with, and what to do."""
    for person, found in zip(inputs.users, sight.found, strict=True):
        if len(found) > 1:
            yield f"{person.name} has {len(found)} accounts that differ by case only: write the login as in one"
        elif found and not found[0].active:
            yield f"{person.name}'s account is archived: unarchive it in Odoo, or use another login"
        elif found and found[0].outside and not set(person.wanted) <= set(OUTSIDERS):
            yield f"{person.name} has a portal account: grant internal access in Odoo, or use another login"


def _lacking(person: Person, account: Account, sight: _Sight) -> tuple[str, ...]:
    return lacking(account, sight.groups.of(person.wanted))


def _labels(inputs: Inputs) -> Iterator[tuple[Person, str]]:
    """Yield each person with a label that no other has: the name, numbered from the second on (T52: no login)."""
    times: Counter[str] = Counter()
    for person in inputs.users:
        times[person.name] += 1
        number = times[person.name]
        yield person, person.name if number == 1 else f"{person.name} ({number})"


def _seen(inputs: Inputs, sight: _Sight) -> Iterator[Seen]:
    """Yield who is there; what modules that come first may change need not hold."""
    at = inputs.at
    yield seen_server(at, sight.server)
    changes = False
    for (person, label), found in zip(_labels(inputs), sight.found, strict=True):
        target = f"{at.target}#{label}"
        yield Seen(target=target, fact="account", value="there already" if found else "will be created")
        missing = person.wanted if not found else _lacking(person, found[0], sight)
        changes = changes or bool(missing)
        if missing:
            yield Seen(target=target, fact="groups", value=f"will be in {listed(missing)}", holds=False)
    for group, module in sorted(sight.groups.coming.items()):
        value = f"is not there yet; its module comes with {module}"
        yield Seen(target=f"{at.target}#{group}", fact="group", value=value, holds=False)
    yield from seen_copy(at) or _by_removing(at, changes=changes)


def _by_removing(at: OdooDatabase, *, changes: bool) -> Iterator[Seen]:
    if changes:
        text = (
            "by removing the accounts that were made, each with its contact, or archiving those that records "
            "refer to; what these people did stays, without their name; groups that were added are taken away"
        )
        yield Seen(target=at.target, fact="users-taken-back", value=text, holds=False)


def _records(inputs: Inputs, sight: _Sight) -> Iterator[tuple[str, Json | None]]:
    for (person, label), found in zip(_labels(inputs), sight.found, strict=True):
        if not found:
            yield label, None
            continue
        lacks = set(_lacking(person, found[0], sight))
        groups = [group for group in person.wanted if group not in lacks]
        yield label, {"active": found[0].active, "groups": groups}


EXECUTOR = Executor(
    name="odoo_create_users",
    summary="Create people's accounts in an Odoo with their groups, or add the groups that are missing",
    inputs=Inputs,
    look=look,
    propose=propose,
    verify=verify,
    operations=("copy_database", "create_user", "change_groups"),
    sample={
        "at": {"url": "https://odoo.example", "database": "firm", "login": "millwright", "key": "ODOO_KEY"},
        "users": [{"login": "anna@firm.example", "name": "Anna Muster", "groups": ["base.group_user"]}],
        "after": [],
    },
    limits=Limits(timeout_seconds=3600, retries=3),
)
