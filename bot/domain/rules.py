"""The parts of a policy: products, places, who approves and how many, each with its cautious default."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from bot.domain.fields import unlike, wrong
from bot.domain.prices import Money, RunnerLabel
from executors.protocol.content.part import HttpsUrl
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


KEEP = 5
"""Releases that a web root keeps unless told."""


def _web_root(path: str) -> str:
    if not re.fullmatch(r"(/[A-Za-z0-9._~+@-]+)+", path) or {".", ".."} & set(path.split("/")):
        raise wrong("is no absolute path of a folder", "write one like `/srv/www/acme`, without `..`")
    return path


class Rule(BaseModel):
    """A closed, immutable part of the policy: what is not known is refused by name and line."""

    # The docstrings below the fields are what an editor shows: they go into the JSON Schema.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


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
    """the account's number, which stays when it is renamed: `gh api users/LOGIN --jq .id`"""
    login: Annotated[str, StringConstraints(max_length=60)] = ""
    """the account's name, for readers only: nothing is decided by it"""


ById = Person | Annotated[int, Field(ge=1)]
"""How an account may be written."""


class Approvers(Rule):
    """Who may approve: by role, by team (slug), by id, or as an owner of the plan's files in CODEOWNERS."""

    roles: Annotated[list[Literal["write", "maintain", "admin"]], Field(max_length=3), AfterValidator(unlike)] = []
    """the product repository's roles that may approve; who has a higher one may too"""
    users: Annotated[
        list[Annotated[Person, BeforeValidator(_by_id, json_schema_input_type=ById)]], Field(max_length=50)
    ] = []
    """accounts that may approve, as `- id: 1001` or just `- 1001`; they must be able to read the product"""
    teams: Annotated[list[TeamSlug], Field(max_length=20), AfterValidator(unlike)] = []
    """the organisation's teams whose members may approve, by slug: the end of the team's address"""
    codeowners: bool = False
    """whether the owners, by the product's CODEOWNERS, of what the plan puts into the repository may approve"""

    @property
    def is_empty(self) -> bool:
        """Whether nobody could approve."""
        return not (self.roles or self.users or self.teams or self.codeowners)


class Quorum(Rule):
    """How many people must approve, and whether the author may be one of them."""

    count: Annotated[int, Field(ge=1, le=6)]
    """how many different people must approve"""
    author: bool = False
    """whether who wrote the briefing may be one of them"""


class Approval(Rule):
    """Approval by risk, and how long one lasts until its leg is dispatched."""

    LOW: Quorum = Quorum(count=1, author=True)
    """approvals of a plan of LOW risk: one, which may be the author's, unless told"""
    MEDIUM: Quorum = Quorum(count=1)
    """approvals of a plan of MEDIUM risk: one of somebody else than the author, unless told"""
    HIGH: Quorum = Quorum(count=2)
    """approvals of a plan of HIGH risk: two of others than the author, unless told"""
    CRITICAL: Quorum = Quorum(count=2)
    """approvals of a plan of CRITICAL risk: two of others than the author, unless told, and one at each place"""
    expiry_hours: Annotated[int, Field(ge=1, le=720)] = 72
    """hours that an approval counts, until the run that it allows is started"""


class GateRule(Rule):
    """A point where people decide: before the first leg in an environment, or before the end.

    A rule named `plan` or `rollback` adds to the built-in gate of that name and stands before nothing.
    """

    name: Name
    """what people write in `/approve <name> …`; `plan` and `rollback` add to the gates that every plan has"""
    before: Name | None = None
    """what waits at it: the first run in the environment of that name, or `end`, when everything is done"""
    risk: RiskLevel = "LOW"
    """plans of this risk and above meet it"""
    approvers: Approvers | None = None
    """who may decide; the product's approvers unless told"""
    count: Annotated[int, Field(ge=1, le=6)] = 1
    """how many different people must approve"""
    author: bool = False
    """whether who wrote the briefing may decide here"""
    expiry_hours: Annotated[int | None, Field(ge=1, le=720)] = None
    """hours that an approval at this gate counts; `approval.expiry_hours` unless told"""
    always: bool = False
    """whether it opens in mode `final` too"""


class Visited(Rule):
    """A place whose visitors may send something: the address that takes it."""

    form: HttpsUrl | None = None
    """the https address that takes what visitors send in a form; without one they write mails"""


class LocalEnvironment(Visited):
    """A place for a website: where it is, which secrets (by name) and hosts it needs, who runs its jobs."""

    name: Name
    """what products and gates call it; with secrets also the name of the GitHub environment that holds them"""
    kind: Literal["local"] = "local"
    """a folder on the machine that runs the jobs"""
    path: Annotated[str, Field(max_length=400), AfterValidator(_web_root)]
    """the absolute path of the folder that the web server serves `current` of"""
    url: Url
    """the address that is asked for after a deployment"""
    secrets: Annotated[list[SecretName], Field(max_length=50), AfterValidator(unlike)] = []
    """names of the secrets that its jobs may see; their values stand in the GitHub environment, never here"""
    hosts: Annotated[list[Host], Field(max_length=20), AfterValidator(unlike)] = []
    """hosts, with a port where it is not the usual one, that its jobs may speak to"""
    keep: Annotated[int, Field(ge=2, le=100)] = KEEP
    """releases that stay there; older ones are put aside, and go with the deployment after that"""
    runner: Literal["self-hosted", "hosted"] = "self-hosted"
    """who runs its jobs; a folder of your own machine needs `self-hosted`"""

    @property
    def host(self) -> str:
        """Host, and port where it is written, of the URL that is checked after a deployment."""
        return self.url.split("/", 3)[2]


class Product(Rule):
    """A repository whose issues become capabilities."""

    repository: Repository
    """the repository, `owner/name`, whose labelled issues become capabilities"""
    key: Key
    """what its capabilities are called by: `WEB` gives WEB-7 for issue 7"""
    environment: Name
    """the environment of kind `local`, `ssh` or `pages` that its website is put in"""
    erp: Name | None = None
    """the environment of kind `odoo`, where there is one"""
    dns: Name | None = None
    """the environment of kind `dns` in whose zone its websites' domains are, where there is one"""
    approvers: Approvers | None = None
    """who may approve for this product; the policy's `approvers` unless told"""

    @property
    def places(self) -> tuple[str, ...]:
        """The names of the environments that the product's plans are carried out in."""
        return tuple(name for name in (self.environment, self.erp, self.dns) if name)


class Workflow(Rule):
    """The generated workflow: where it stands and which runner its jobs ask for."""

    path: Annotated[
        str, StringConstraints(pattern=r"^\.github/workflows/[A-Za-z0-9._-]+\.ya?ml$", max_length=120)
    ] = ".github/workflows/millwright.yml"
    """where the generated workflow stands in the operations repository"""
    runs_on: Annotated[list[RunnerLabel], Field(min_length=1, max_length=8), AfterValidator(unlike)] = [
        "self-hosted"
    ]
    """labels of the runners that the jobs ask for"""
    foreign_on: Annotated[list[RunnerLabel], Field(min_length=1, max_length=8), AfterValidator(unlike)] = [
        "ubuntu-latest"
    ]
    """labels of the runners for code of others: runners that are thrown away after a job"""
    attest: bool = False
    """whether GitHub attests which workflow made each bundle: one more job per run, on runners of `foreign_on`;
    works for public repositories, and for private ones on Enterprise Cloud only"""


class Budgets(Rule):
    """Limits on spending in the price table's currency, none is no limit; and on runs within a day."""

    per_case: Money | None = None
    """the most that one capability may cost, like `"20.00"`; no limit unless told"""
    per_month: Money | None = None
    """the most that all capabilities of a calendar month may cost; no limit unless told"""
    warn_percent: Annotated[int, Field(ge=1, le=100)] = 80
    """the share of a limit from which on it is warned of"""
    runs_per_day: Annotated[int, Field(ge=1, le=10_000)] = 200
    """the most runs for one repository in 24 hours"""
    runs_per_person: Annotated[int, Field(ge=1, le=10_000)] = 50
    """the most runs that one account sets off in 24 hours"""
