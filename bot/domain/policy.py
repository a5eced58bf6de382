"""The policy an organisation runs on: `.github/millwright.yml` of its operations repository, read strictly.

A file of ten lines is enough: operations repository, one product, one environment. What is left out has a
cautious default. What is wrong is named with its line, all at once.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.domain.checks import Check
from bot.domain.disputes import END, disputes
from bot.domain.erp_place import Environment, OdooEnvironment
from bot.domain.faults import Fault
from bot.domain.prices import Prices
from bot.domain.reading import read_model, spelled
from bot.domain.rules import (
    Approval,
    Approvers,
    Budgets,
    GateRule,
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


LEVELS: tuple[RiskLevel, ...] = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
"""The levels of risk, lowest first."""


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
    gates: Annotated[list[GateRule], Field(default_factory=list, max_length=20)]
    checks: Annotated[list[Check], Field(default_factory=list, max_length=10)]

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
        own = [one.approvers for one in self.products] + [one.approvers for one in self.gates]
        everybody = [self.approvers, *(one for one in own if one is not None)]
        return tuple(sorted({team for approvers in everybody for team in approvers.teams}))

    def quorum(self, level: RiskLevel) -> Quorum:
        """What a plan of that risk needs; with `solo` one person, who may be the author, is enough."""
        rule: Quorum = getattr(self.approval, level)
        return Quorum(count=1, author=True) if self.solo else rule

    def gates_for(self, product: Product, level: RiskLevel) -> tuple[GateRule, ...]:
        """The rules of gates that a plan of the product at that risk meets, in the policy's order."""
        places = {None, END, *product.places}
        return tuple(
            rule for rule in self.gates if rule.before in places and LEVELS.index(rule.risk) <= LEVELS.index(level)
        )

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
            "checks": [one.model_dump(mode="json") for one in self.checks],
            "gates": [one.model_dump(mode="json") for one in self.gates_for(product, level)],
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
        Fault(spelled(path), message, advice, document.line_of(path)) for path, message, advice in disputes(policy)
    ]
    return tuple(sorted(faults, key=lambda fault: fault.line or 0)) or policy


def schema() -> Json:
    """The JSON Schema of the policy file, for editors (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Policy.model_json_schema(),
        "title": "Millwright policy (.github/millwright.yml)",
    }
