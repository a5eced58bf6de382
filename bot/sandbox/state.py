"""What exists in the sandbox GitHub: accounts, teams, repositories, Apps, installations and tokens, in memory."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from bot.sandbox.reports import CheckRun, CheckSuite, Deployment, Release
from bot.sandbox.teams import Team
from bot.sandbox.threads import Issue

ROLES = ("none", "read", "triage", "write", "maintain", "admin")
ACTIONS_APP_ID = 15368
ACTIONS_BOT_ID = 41898282
GHOST_ID = 10137


@dataclass(slots=True)
class Account:
    """A person, an organisation or an App's bot.

    Organisations alone have `members` (user id → admin|member) and `invited`, who have not accepted yet.
    """

    id: int
    login: str
    type: str
    created_at: str
    name: str | None = None
    email: str | None = None
    members: dict[int, str] = field(default_factory=dict)
    invited: dict[int, str] = field(default_factory=dict)
    default_repository_permission: str = "read"

    @property
    def node_id(self) -> str:
        """GitHub's opaque global id."""
        return node_id({"User": "U", "Organization": "O", "Bot": "BOT"}[self.type], self.id)


@dataclass(slots=True)
class Label:
    """A label of a repository."""

    id: int
    name: str
    color: str = "ededed"
    description: str | None = None


@dataclass(slots=True)
class Environment:
    """A deployment environment; `branch_policy` is None (any branch), `protected`, or a list of name patterns."""

    id: int
    name: str
    created_at: str
    secrets: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    branch_policy: str | list[str] | None = None
    reviewer_ids: list[int] = field(default_factory=list)
    prevent_self_review: bool = False
    wait_timer: int = 0


@dataclass(slots=True)
class Repository:
    """A repository; its files live in a bare git repository named by `id`, so that renames cost nothing.

    `invited` is user id → invitation and role; `gone` are the numbers of deleted issues, `moved` those of
    transferred ones → repository id and number there.
    """

    id: int
    owner_id: int
    name: str
    private: bool
    created_at: str
    updated_at: str
    pushed_at: str
    default_branch: str = "main"
    description: str | None = None
    is_archived: bool = False
    is_deleted: bool = False
    parent_id: int | None = None
    roles: dict[int, str] = field(default_factory=dict)
    invited: dict[int, tuple[int, str]] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    moved: dict[int, tuple[int, int]] = field(default_factory=dict)
    former_branches: dict[str, str] = field(default_factory=dict)
    environments: dict[str, Environment] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    check_suites: dict[int, CheckSuite] = field(default_factory=dict)
    check_runs: dict[int, CheckRun] = field(default_factory=dict)
    deployments: dict[int, Deployment] = field(default_factory=dict)
    releases: dict[int, Release] = field(default_factory=dict)
    pages_branch: str | None = None
    """the branch that GitHub Pages serves; None: it is off"""

    @property
    def node_id(self) -> str:
        """GitHub's opaque global id."""
        return node_id("R", self.id)

    def next_number(self) -> int:
        """The number of the next issue or pull request; none is given twice."""
        return max([0, *self.issues, *self.gone, *self.moved]) + 1


@dataclass(slots=True)
class App:
    """A GitHub App with its keys; `bot_id` is its account `<slug>[bot]`."""

    id: int
    slug: str
    name: str
    client_id: str
    owner_id: int
    bot_id: int
    private_key: str
    public_key: str
    permissions: dict[str, str]
    events: list[str]
    created_at: str
    webhook_url: str = ""
    webhook_secret: str = ""


@dataclass(slots=True)
class Installation:
    """An App on an account; `repository_ids` None means all of the account's repositories."""

    id: int
    app_id: int
    account_id: int
    permissions: dict[str, str]
    events: list[str]
    created_at: str
    repository_ids: set[int] | None = None
    suspended_at: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token of a `user`, an `installation` or a `job`; `repository_ids` None means all it could reach."""

    value: str
    kind: str
    account_id: int
    expires_at: float | None = None
    app_id: int | None = None
    installation_id: int | None = None
    permissions: tuple[tuple[str, str], ...] = ()
    repository_ids: frozenset[int] | None = None


@dataclass(slots=True)
class World:
    """Everything there is; `clock` gives Unix seconds and `url` is where the server listens."""

    clock: Callable[[], float]
    url: str = ""
    accounts: dict[int, Account] = field(default_factory=dict)
    teams: dict[int, Team] = field(default_factory=dict)
    repositories: dict[int, Repository] = field(default_factory=dict)
    apps: dict[int, App] = field(default_factory=dict)
    installations: dict[int, Installation] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    former_names: dict[str, int] = field(default_factory=dict)
    _ids: count[int] = field(default_factory=lambda: count(700_000_001))

    def next_id(self) -> int:
        """A number never given before, above those that are fixed on the real GitHub."""
        return next(self._ids)

    def now(self) -> str:
        """The present as GitHub writes it: `2026-01-31T23:59:59Z`."""
        return stamp(self.clock())

    def account(self, login: str) -> Account | None:
        """The account of that login, whatever its case."""
        return next((a for a in self.accounts.values() if a.login.lower() == login.lower()), None)

    def repository(self, full_name: str) -> Repository | None:
        """The repository `owner/name`, whatever its case."""
        wanted = full_name.lower()
        there = (r for r in self.repositories.values() if not r.is_deleted)
        return next((r for r in there if self.full_name(r).lower() == wanted), None)

    def full_name(self, repository: Repository) -> str:
        """`owner/name`."""
        return f"{self.accounts[repository.owner_id].login}/{repository.name}"

    def installation_for(self, repository: Repository, app_id: int) -> Installation | None:
        """The live installation of that App which reaches the repository."""
        for found in self.installations.values():
            if found.app_id == app_id and found.suspended_at is None and reaches(found, repository):
                return found
        return None

    def role(self, repository: Repository, account_id: int) -> str:
        """The highest role an account has by grant, team, organisation or ownership: one of `ROLES`."""
        owner = self.accounts[repository.owner_id]
        if account_id == owner.id or owner.members.get(account_id) == "admin":
            return "admin"
        roles = [repository.roles.get(account_id, "none"), "none" if repository.private else "read"]
        if account_id in owner.members:
            roles.append(owner.default_repository_permission)
        roles += [t.repositories.get(repository.id, "none") for t in self.teams_of(account_id)]
        return highest(roles)

    def teams_of(self, account_id: int) -> list[Team]:
        """The teams an account is in, those above them included."""
        return [team for team in self.teams.values() if account_id in self.members_of(team)]

    def members_of(self, team: Team) -> dict[int, str]:
        """Everybody in a team (user id → maintainer|member), the members of the teams below it included."""
        below = [self.members_of(child) for child in self.teams.values() if child.parent_id == team.id]
        inherited = {number: "member" for members in below for number in members}
        return inherited | team.members


def highest(roles: Iterable[str]) -> str:
    """The strongest of some roles."""
    return max(roles, key=ROLES.index)


def reaches(installation: Installation, repository: Repository) -> bool:
    """Whether an installation covers a repository."""
    if installation.account_id != repository.owner_id or repository.is_deleted:
        return False
    return installation.repository_ids is None or repository.id in installation.repository_ids


def stamp(seconds: float) -> str:
    """Unix seconds in GitHub's form, whole seconds in UTC."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def node_id(prefix: str, number: int) -> str:
    """An opaque global id in GitHub's present form, such as `I_kwDOKw…`."""
    return f"{prefix}_kwDO" + base64.urlsafe_b64encode(number.to_bytes(6, "big")).decode().rstrip("=")
