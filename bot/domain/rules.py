"""The parts of a policy: products, places, who approves and how many, each with its cautious default."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from bot.domain.fields import unlike, wrong
from bot.domain.prices import Money, RunnerLabel
from executors.protocol.plan import RiskLevel

Repository = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$", max_length=140)
]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]+$", max_length=12)]


def _free_secret(name: str) -> str:
    if name.startswith("GITHUB_"):
        raise wrong("begins with `GITHUB_`, which GitHub keeps for itself", "choose another name")
    return name


SecretName = Annotated[
    str, StringConstraints(pattern=r"^[A-Z_][A-Z0-9_]*$", max_length=100), AfterValidator(_free_secret)
]
Host = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$", max_length=260)]
Url = Annotated[
    str, StringConstraints(pattern=r"^https?://[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?(/[!-~]*)?$", max_length=300)
]
TeamSlug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=100)]


def _web_root(path: str) -> str:
    if not re.fullmatch(r"(/[A-Za-z0-9._~+@-]+)+", path) or {".", ".."} & set(path.split("/")):
        raise wrong("is no absolute path of a folder", "write one like `/srv/www/acme`, without `..`")
    return path


class Rule(BaseModel):
    """A closed, immutable part of the policy: what is not known is refused by name and line."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _by_id(value: Any) -> Any:
    """Let `- 1001` stand for `- id: 1001`; a login alone is refused, for names change hands (T2)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return {"id": value}
    if isinstance(value, str):
        raise wrong(
            "names an account that may change hands", "write `id: …, login: …`; `gh api users/LOGIN` tells the id"
        )
    return value


class Person(Rule):
    """An account by its numeric id; the login is for readers."""

    id: Annotated[int, Field(ge=1)]
    login: Annotated[str, StringConstraints(max_length=60)] = ""


ById = Person | Annotated[int, Field(ge=1)]
"""How an account may be written."""


class Approvers(Rule):
    """Who may approve: by role, by team (slug), by id, or as an owner of the plan's files in CODEOWNERS."""

    roles: Annotated[list[Literal["write", "maintain", "admin"]], Field(max_length=3), AfterValidator(unlike)] = []
    users: Annotated[
        list[Annotated[Person, BeforeValidator(_by_id, json_schema_input_type=ById)]], Field(max_length=50)
    ] = []
    teams: Annotated[list[TeamSlug], Field(max_length=20), AfterValidator(unlike)] = []
    codeowners: Annotated[
        bool, Field(description="owners, by the product's CODEOWNERS, of what the plan puts into the repository")
    ] = False

    @property
    def is_empty(self) -> bool:
        """Whether nobody could approve."""
        return not (self.roles or self.users or self.teams or self.codeowners)


class Quorum(Rule):
    """How many people must approve, and whether the author may be one of them."""

    count: Annotated[int, Field(ge=1, le=6)]
    author: bool = False


class Approval(Rule):
    """Approval by risk, and how long one lasts until its leg is dispatched."""

    LOW: Quorum = Quorum(count=1, author=True)
    MEDIUM: Quorum = Quorum(count=1)
    HIGH: Quorum = Quorum(count=2)
    CRITICAL: Quorum = Quorum(count=2)
    expiry_hours: Annotated[int, Field(ge=1, le=720)] = 72


class GateRule(Rule):
    """A point where people decide: before the first leg in an environment, or before the end.

    A rule named `plan` or `rollback` adds to the built-in gate of that name and stands before nothing.
    """

    name: Name
    before: Annotated[Name | None, Field(description="an environment's name, or `end`")] = None
    risk: Annotated[RiskLevel, Field(description="plans of this risk and above meet it")] = "LOW"
    approvers: Annotated[Approvers | None, Field(description="the product's, unless told")] = None
    count: Annotated[int, Field(ge=1, le=6)] = 1
    author: Annotated[bool, Field(description="whether the briefing's author may decide here")] = False
    expiry_hours: Annotated[int | None, Field(ge=1, le=720)] = None
    always: Annotated[bool, Field(description="whether it opens in mode `final` too")] = False


class LocalEnvironment(Rule):
    """A place for a website: where it is, which secrets (by name) and hosts it needs, who runs its jobs."""

    name: Name
    kind: Literal["local"] = "local"
    path: Annotated[str, Field(max_length=400), AfterValidator(_web_root)]
    url: Url
    secrets: Annotated[list[SecretName], Field(max_length=50), AfterValidator(unlike)] = []
    hosts: Annotated[list[Host], Field(max_length=20), AfterValidator(unlike)] = []
    runner: Literal["self-hosted", "hosted"] = "self-hosted"

    @property
    def host(self) -> str:
        """Host, and port where it is written, of the URL that is checked after a deployment."""
        return self.url.split("/", 3)[2]


class Product(Rule):
    """A repository whose issues become capabilities."""

    repository: Repository
    key: Key
    environment: Name
    erp: Annotated[Name | None, Field(description="the environment of kind `odoo`, where there is one")] = None
    approvers: Approvers | None = None

    @property
    def places(self) -> tuple[str, ...]:
        """The names of the environments that the product's plans are carried out in."""
        return (self.environment, self.erp) if self.erp else (self.environment,)


class Workflow(Rule):
    """The generated workflow: where it stands and which runner its jobs ask for."""

    path: Annotated[
        str, StringConstraints(pattern=r"^\.github/workflows/[A-Za-z0-9._-]+\.ya?ml$", max_length=120)
    ] = ".github/workflows/millwright.yml"
    runs_on: Annotated[list[RunnerLabel], Field(min_length=1, max_length=8), AfterValidator(unlike)] = [
        "self-hosted"
    ]
    foreign_on: Annotated[
        list[RunnerLabel],
        Field(min_length=1, max_length=8, description="runners, thrown away after a job, for code of others"),
        AfterValidator(unlike),
    ] = ["ubuntu-latest"]


class Budgets(Rule):
    """Limits on spending in the price table's currency, None is no limit; and on runs within a day (T47)."""

    per_case: Money | None = None
    per_month: Money | None = None
    warn_percent: Annotated[int, Field(ge=1, le=100)] = 80
    runs_per_day: Annotated[int, Field(ge=1, le=10_000, description="runs for one repository in 24 hours")] = 200
    runs_per_person: Annotated[
        int, Field(ge=1, le=10_000, description="runs that one account sets off in 24 hours")
    ] = 50
