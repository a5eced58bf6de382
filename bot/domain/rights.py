"""Rights: what an account may do at this moment, and on what ground it may approve (T2, T3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.case import Case
from bot.domain.knowledge import Knowledge, Need, Permission, TeamsOf
from bot.domain.people import Role
from bot.domain.rules import Approvers


@dataclass(frozen=True)
class Standing:
    """An account's rights at this moment."""

    user: int
    login: str
    role: Role
    teams: tuple[str, ...] = ()
    owns: tuple[str, ...] = ()
    """of the plan's files in the product repository those that CODEOWNERS gives to the account"""


def standing(known: Knowledge, user: int, login: str) -> Standing:
    """The account's live role and teams, as they were asked for with Permission and TeamsOf."""
    role, teams = known.roles.get(user, Role.NONE), tuple(known.teams.get(user, ()))
    case, owners = known.case, known.owners
    owned = owners.owned(concerned(case), login, teams) if case is not None and owners is not None else ()
    return Standing(user, login, role, teams, owned)


def concerned(case: Case) -> tuple[str, ...]:
    """The paths in the product repository that the case's plan puts there or reads: whose owners are asked."""
    plan = case.plan
    if plan is None:
        return ()
    folder = f".millwright/{plan.display_id}"
    return (f"{folder}/plan.json", f"{folder}/briefing.json")


def basis(approvers: Approvers, who: Standing) -> str | None:
    """On what ground the account may approve (`role:maintain`, `team:ops`, `user:1001`); None for none (T3)."""
    if who.role < Role.READ:
        return None
    if approvers.roles and who.role >= min(Role[name.upper()] for name in approvers.roles):
        return f"role:{who.role.word}"
    if any(person.id == who.user for person in approvers.users):
        return f"user:{who.user}"
    team = next((slug for slug in approvers.teams if slug in who.teams), None)
    if team:
        return f"team:{team}"
    owner = approvers.codeowners and who.owns and who.role >= Role.WRITE
    return f"codeowner:{who.owns[0]}" if owner else None


def in_words(approvers: Approvers) -> str:
    """Who may approve, for readers."""
    parts = []
    if approvers.roles:
        parts.append(f"{min(Role[name.upper()] for name in approvers.roles).word} role or more")
    parts += [f"@{person.login}" if person.login else f"account {person.id}" for person in approvers.users]
    parts += [f"team {slug}" for slug in approvers.teams]
    if approvers.codeowners:
        parts.append("the code owners of the plan's files")
    return ", ".join(parts)


def rights_of(people: Mapping[int, str]) -> tuple[Need, ...]:
    """What it takes to know the present rights of these accounts, by id and login (T3)."""
    return tuple(
        need for user, login in people.items() for need in (Permission(user, login), TeamsOf(user, login))
    )
