"""The policy an organisation runs on: `.github/millwright.yml` of its operations repository, read strictly.

A file of ten lines is enough: operations repository, one product, one environment. What is left out comes from
the organisation's defaults (defaults.py), else it is as cautious as can be. What is wrong is named with its line,
all at once.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from bot.domain.checks import Check
from bot.domain.defaults import PolicyText, in_file, merged, read_rules
from bot.domain.disputes import END, disputes
from bot.domain.dns_place import DnsEnvironment
from bot.domain.erp_place import OdooEnvironment
from bot.domain.faults import Fault
from bot.domain.fields import number
from bot.domain.notifications import ENDPOINTS, Notification
from bot.domain.own_templates import OwnTemplateRule
from bot.domain.places import Environment
from bot.domain.prices import Prices
from bot.domain.rules import (
    Approval,
    Approvers,
    Budgets,
    GateRule,
    Product,
    Quorum,
    Repository,
    Rule,
    Workflow,
)
from bot.domain.site_place import SiteEnvironment
from executors.protocol.canonical import digest
from executors.protocol.plan import RiskLevel
from executors.protocol.wire import Json

PATH = ".github/millwright.yml"
"""Where the policy stands in the operations repository."""


LEVELS: tuple[RiskLevel, ...] = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
"""The levels of risk, lowest first."""


class Defaults(Rule):
    """What may stand in the organisation's defaults too: how people decide, not where anything is."""

    version: Annotated[Literal[1], BeforeValidator(number)] = 1
    """of this format"""
    approvers: Approvers = Approvers(roles=["maintain", "admin"])
    """who may approve plans; maintainers and admins of the product repository unless told"""
    approval: Approval = Approval()
    """how many must approve, by the plan's risk, and for how long"""
    mode: Literal["auto", "checkpoints", "final"] = "checkpoints"
    """auto: LOW risk is approved by the policy itself; checkpoints: every gate; final: before the last run only"""
    solo: bool = False
    """for a firm of one: a single approval is enough everywhere, and the author may give it"""
    auto_rollback: bool = True
    """whether what a failed run did is taken back by itself, as far as it can be taken back exactly"""
    prices: Prices = Prices()
    """what runners cost: estimates, cost reports and budgets are counted with it"""
    workflow: Workflow = Workflow()
    """the generated workflow; `millwright workflow` writes it anew when this changes"""
    budgets: Budgets = Budgets()
    """limits on spending and on runs"""
    gates: Annotated[list[GateRule], Field(default_factory=list, max_length=20)]
    """further points where people decide; those of the organisation's defaults come first"""
    checks: Annotated[list[Check], Field(default_factory=list, max_length=10)]
    """commands of your own that look at the built website before it is published"""
    templates: Annotated[list[OwnTemplateRule], Field(default_factory=list, max_length=10)]
    """website templates of your own, in folders of the product repository, that a briefing may name"""
    notifications: Annotated[list[Notification], Field(default_factory=list, max_length=ENDPOINTS)]
    """who is told of a capability's end, and that a gate waits for people, by mail or by a signed webhook"""


class Policy(Defaults):
    """Everything an organisation decides about its capabilities."""

    operations: Repository
    """the repository that this file stands in, `owner/name`"""
    products: Annotated[list[Product], Field(min_length=1, max_length=200)]
    """the repositories whose issues become capabilities"""
    environments: Annotated[list[Environment], Field(min_length=1, max_length=100)]
    """the places that things are put in: web roots and databases"""

    def product_of(self, repository: str) -> Product | None:
        """The product of a repository `owner/name`, which GitHub compares without case; None if it is none."""
        wanted = repository.lower()
        return next((one for one in self.products if one.repository.lower() == wanted), None)

    def environment(self, name: str) -> Environment | None:
        """The environment of that name."""
        return next((one for one in self.environments if one.name == name), None)

    def site_of(self, product: Product) -> SiteEnvironment | None:
        """Where the product's website is put."""
        place = self.environment(product.environment)
        return place if isinstance(place, SiteEnvironment) else None

    def erp_of(self, product: Product) -> OdooEnvironment | None:
        """The product's Odoo; None where it has none."""
        place = self.environment(product.erp) if product.erp else None
        return place if isinstance(place, OdooEnvironment) else None

    def zone_of(self, product: Product) -> DnsEnvironment | None:
        """The zone that the product's domains are in; None where it has none."""
        place = self.environment(product.dns) if product.dns else None
        return place if isinstance(place, DnsEnvironment) else None

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
        own = [one.model_dump(mode="json") for one in self.templates]
        return {
            **({"templates": own} if own else {}),
            "operations": self.operations,
            "product": product.model_dump(mode="json", exclude={"approvers"}, exclude_none=True),
            "approvers": self.approvers_of(product).model_dump(mode="json"),
            "quorum": self.quorum(level).model_dump(mode="json"),
            "expiry_hours": self.approval.expiry_hours,
            "environments": [one.model_dump(mode="json") for one in chosen],
            "mode": self.mode,
            "solo": self.solo,
            "auto_rollback": self.auto_rollback,
            # Without attestations it is as it was before there were any: an upgrade voids no approval.
            "workflow": self.workflow.model_dump(
                mode="json", exclude=None if self.workflow.attest else {"attest"}
            ),
            # The limits that all capabilities share are read afresh before each leg; they are no plan's own.
            "budgets": {"per_case": self.budgets.per_case},
            "checks": [one.model_dump(mode="json") for one in self.checks],
            "gates": [one.model_dump(mode="json") for one in self.gates_for(product, level)],
        }

    def slice_digest(self, product: Product, level: RiskLevel) -> str:
        """SHA-256 of the slice: what `Plan.policy` holds."""
        return digest(self.slice(product, level))


def parse(text: str, default: PolicyText | None = None) -> Policy | tuple[Fault, ...]:
    """The policy in the text of `.github/millwright.yml`, or every fault with its line, sorted by line.

    What it leaves out comes from `default`, the organisation's; a fault in there bears that file's name.
    """
    own, given = read_rules(Policy, text), read_rules(Defaults, default.text) if default is not None else None
    if isinstance(own, tuple) or isinstance(given, tuple):
        theirs = in_file(given, default.file) if default is not None and isinstance(given, tuple) else ()
        return (*(own if isinstance(own, tuple) else ()), *theirs)
    policy, whence = merged(own, given, default.file if default is not None else "")
    return tuple(whence.faults(disputes(policy))) or policy


def parse_defaults(text: str) -> Defaults | tuple[Fault, ...]:
    """An organisation's defaults by themselves, or every fault: names of environments are not looked up."""
    read = read_rules(Defaults, text)
    return read if isinstance(read, tuple) else read.rules


def schema(of: Literal["policy", "defaults"] = "policy") -> Json:
    """The JSON Schema of the policy file, or of an organisation's defaults, for editors (draft 2020-12)."""
    model, what = (Policy, "policy") if of == "policy" else (Defaults, "defaults of an organisation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **model.model_json_schema(),
        "title": f"Millwright {what} (.github/millwright.yml)",
    }
