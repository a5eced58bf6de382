"""The policy an organisation runs on: `.github/millwright.yml` of its operations repository, read strictly.

A file of ten lines is enough: operations repository, one product, one environment. What is left out has a
cautious default. What is wrong is named with its line, all at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from bot.domain.document import Path
from bot.domain.erp_place import Environment, OdooEnvironment
from bot.domain.faults import Fault
from bot.domain.prices import Prices
from bot.domain.reading import read_model, spelled
from bot.domain.rules import (
    Approval,
    Approvers,
    Budgets,
    LocalEnvironment,
    Product,
    Quorum,
    Repository,
    Rule,
    Workflow,
)
from bot.domain.strict_yaml import read_yaml
from executors.protocol.canonical import digest
from executors.protocol.plan import RiskLevel
from executors.protocol.wire import Json

PATH = ".github/millwright.yml"
"""Where the policy stands in the operations repository."""


class Policy(Rule):
    """Everything an organisation decides about its capabilities."""

    version: Literal[1] = 1
    operations: Repository
    products: Annotated[list[Product], Field(min_length=1, max_length=200)]
    environments: Annotated[list[Environment], Field(min_length=1, max_length=100)]
    approvers: Approvers = Approvers(roles=["maintain", "admin"])
    approval: Approval = Approval()
    mode: Literal["auto", "checkpoints", "final"] = "checkpoints"
    solo: bool = False
    auto_rollback: bool = True
    prices: Prices = Prices()
    workflow: Workflow = Workflow()
    budgets: Budgets = Budgets()

    def product_of(self, repository: str) -> Product | None:
        """The product of a repository `owner/name`, which GitHub compares without case; None if it is none."""
        wanted = repository.lower()
        return next((one for one in self.products if one.repository.lower() == wanted), None)

    def environment(self, name: str) -> Environment | None:
        """The environment of that name."""
        return next((one for one in self.environments if one.name == name), None)

    def site_of(self, product: Product) -> LocalEnvironment | None:
        """Where the product's website is put."""
        place = self.environment(product.environment)
        return place if isinstance(place, LocalEnvironment) else None

    def erp_of(self, product: Product) -> OdooEnvironment | None:
        """The product's Odoo; None where it has none."""
        place = self.environment(product.erp) if product.erp else None
        return place if isinstance(place, OdooEnvironment) else None

    def approvers_of(self, product: Product) -> Approvers:
        """Who may approve for a product: its own approvers, else everybody's."""
        return product.approvers or self.approvers

    def team_slugs(self) -> tuple[str, ...]:
        """Every team that may approve something, sorted: the memberships that are worth asking for."""
        everybody = [self.approvers, *(one.approvers for one in self.products if one.approvers)]
        return tuple(sorted({team for approvers in everybody for team in approvers.teams}))

    def quorum(self, level: RiskLevel) -> Quorum:
        """What a plan of that risk needs; with `solo` one person, who may be the author, is enough."""
        rule: Quorum = getattr(self.approval, level)
        return Quorum(count=1, author=True) if self.solo else rule

    def slice(self, product: Product, level: RiskLevel) -> Json:
        """The part of the policy that decides about one plan, as plain JSON: it enters the plan's digest (T7)."""
        chosen = [one for one in self.environments if one.name in product.places]
        return {
            "operations": self.operations,
            "product": product.model_dump(mode="json", exclude={"approvers"}, exclude_none=True),
            "approvers": self.approvers_of(product).model_dump(mode="json"),
            "quorum": self.quorum(level).model_dump(mode="json"),
            "expiry_hours": self.approval.expiry_hours,
            "environments": [one.model_dump(mode="json") for one in chosen],
            "mode": self.mode,
            "solo": self.solo,
            "auto_rollback": self.auto_rollback,
            "workflow": self.workflow.model_dump(mode="json"),
            "budgets": self.budgets.model_dump(mode="json"),
        }

    def slice_digest(self, product: Product, level: RiskLevel) -> str:
        """SHA-256 of the slice: what `Plan.policy` holds."""
        return digest(self.slice(product, level))


def parse(text: str) -> Policy | tuple[Fault, ...]:
    """The policy in the text of `.github/millwright.yml`, or every fault with its line, sorted by line."""
    document = read_yaml(text)
    if isinstance(document, Fault):
        return (document,)
    policy = read_model(Policy, document)
    if not isinstance(policy, Policy):
        return policy
    faults = [
        Fault(spelled(path), message, advice, document.line_of(path))
        for path, message, advice in _disputes(policy)
    ]
    return tuple(sorted(faults, key=lambda fault: fault.line or 0)) or policy


def schema() -> Json:
    """The JSON Schema of the policy file, for editors (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Policy.model_json_schema(),
        "title": "Millwright policy (.github/millwright.yml)",
    }


_Dispute = tuple[Path, str, str]


def _disputes(policy: Policy) -> Iterator[_Dispute]:
    """What no field says by itself: names that must exist or differ, targets and runners that clash."""
    yield from _twice("environments", "name", [one.name for one in policy.environments])
    yield from _twice("products", "repository", [one.repository.lower() for one in policy.products])
    yield from _twice("products", "key", [one.key for one in policy.products])
    for index, product in enumerate(policy.products):
        yield from _place(policy, ("products", index, "environment"), product.environment, "local")
        if product.erp is not None:
            yield from _place(policy, ("products", index, "erp"), product.erp, "odoo")
        if product.approvers is not None and product.approvers.is_empty:
            yield ("products", index, "approvers"), "lets nobody approve", "add `roles:`, `users:` or `teams:`"
    if policy.approvers.is_empty:
        yield ("approvers",), "lets nobody approve", "add `roles:`, `users:` or `teams:`"
    yield from _targets(policy)


def _place(policy: Policy, path: Path, name: str, kind: str) -> Iterator[_Dispute]:
    """The environment that a product names must be there, and be of the kind that is put there."""
    fitting = ", ".join(one.name for one in policy.environments if one.kind == kind)
    advice = f"write one of: {fitting}" if fitting else f"add an environment of kind `{kind}` and name it"
    place = policy.environment(name)
    if place is None:
        yield path, f"names `{name}`, which is no environment", advice
    elif place.kind != kind:
        yield path, f"names `{name}`, an environment of kind `{place.kind}` and not `{kind}`", advice


def _targets(policy: Policy) -> Iterator[_Dispute]:
    """What is on a machine of one's own is out of reach for a hosted runner; a snapshot needs its password."""
    for index, place in enumerate(policy.environments):
        own = place.kind == "local" or place.is_loopback
        if own and place.runner == "hosted":
            message = f"is `hosted`, but {_OWN[place.kind]} your own machine"
            yield ("environments", index, "runner"), message, "write `runner: self-hosted`"
        if place.kind == "odoo" and policy.environment(place.read_name) is not None:
            yield (
                ("environments", index, "name"),
                f"`{place.read_name}` is taken",
                "previews run there: rename one",
            )
        if place.kind == "odoo" and place.snapshot and place.master is None:
            message = "is wanted, but no `master` names the database manager's password, which duplicating needs"
            advice = "add `master: ODOO_MASTER`, or write `snapshot: false`: the undo then leaves traces"
            yield ("environments", index, "snapshot"), message, advice
    local = any(place.kind == "local" for place in policy.environments)
    if local and "self-hosted" not in policy.workflow.runs_on:
        message = "names no self-hosted runner, but an environment is local"
        yield ("workflow", "runs_on"), message, "add `self-hosted`"


_OWN = {"local": "a local target lives on", "odoo": "this Odoo is reached only from"}


def _twice(field: str, name: str, values: list[str]) -> Iterator[_Dispute]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield (field, index, name), f"`{value}` occurs twice in `{field}`", "keep one of them"
