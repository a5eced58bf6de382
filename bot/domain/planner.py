"""Turns a briefing into a plan: pure, deterministic, no language model, no clock (T46).

The same inputs give the same bytes. What this release cannot do stands in the plan by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.domain.briefing import Briefing
from bot.domain.checks import Checks, check_leg, check_steps
from bot.domain.disclosure import disclosures
from bot.domain.dns_steps import EXECUTOR as DNS
from bot.domain.dns_steps import Names, choose_names, dns_steps
from bot.domain.erp import NOTHING_KNOWN, Catalogue
from bot.domain.erp_choice import Erp, ErpHouse, choose_erp
from bot.domain.erp_steps import erp_steps
from bot.domain.faults import Fault
from bot.domain.own_templates import Library, OwnTemplate
from bot.domain.places import Environment
from bot.domain.policy import Policy
from bot.domain.prices import Workload, estimate
from bot.domain.risk import assess
from bot.domain.rules import Product
from bot.domain.site_place import destination
from bot.domain.sure_steps import VALIDATE, made_sure
from bot.domain.took import Took, basis, minutes, timed
from bot.domain.trade import lacking, lent, remarks
from bot.domain.vertical import Vertical
from bot.domain.website_steps import Site, choose_site, website_steps
from bot.domain.wishes import unavailable
from executors.protocol.card import ExecutorCard
from executors.protocol.plan import Leg, Plan, Risk, Step, WorkflowPin

Mode = Literal["auto", "checkpoints", "final"]
JOBS, FOREIGN_JOBS = 2, 3
"""Jobs of a leg: `admit` and `execute`, or `admit`, `build` and `report`; each bills at least a minute."""


@dataclass(frozen=True)
class Subject:
    """The issue that is planned. `opened_on` is the day of its creation, `2026-01-31`."""

    repository_id: int
    repository: str
    issue_node_id: str
    issue_number: int
    display_id: str
    version: int
    opened_on: str


@dataclass(frozen=True)
class PlanInputs:
    """Everything a plan depends on. `templates` maps a website template's id, and `<id>@<version>`, to its digest.

    `check_files` maps the paths that the policy's checks name to SHA-256; None where nobody can look at them.
    `took` is how long steps took before in the installation.
    """

    subject: Subject
    briefing: Briefing
    vertical: Vertical
    policy: Policy
    product: Product
    cards: Mapping[str, ExecutorCard]
    templates: Mapping[str, str]
    workflow: WorkflowPin | None = None
    catalogue: Catalogue = NOTHING_KNOWN
    own_templates: Mapping[str, OwnTemplate] = field(default_factory=dict)
    check_files: Mapping[str, str] | None = None
    took: tuple[Took, ...] = ()


@dataclass(frozen=True)
class _Choice:
    """What was settled before any step."""

    site: Site
    erp: Erp
    checks: Checks
    names: Names


def plan_for(inputs: PlanInputs) -> Plan | tuple[Fault, ...]:
    """The plan of a business, or why there can be none, fault by fault."""
    if inputs.policy.site_of(inputs.product) is None:
        return (Fault("environment", "is not in the policy", "correct `products` in the policy"),)
    settled = replace(inputs, briefing=lent(inputs.briefing, inputs.vertical))
    choice = _chosen(settled)
    if isinstance(choice, tuple):
        return choice
    steps = (*_erp_steps(settled, choice.erp), *_site_steps(settled, choice.site))
    steps += dns_steps(settled.briefing, choice.names, inputs.cards, steps)
    steps = check_steps(choice.checks, steps, inputs.cards)
    steps = made_sure(settled.briefing, steps, inputs.cards)
    return _plan(inputs, choice, timed(steps, inputs.took))


def _chosen(inputs: PlanInputs) -> _Choice | tuple[Fault, ...]:
    """What website, which ERP, which names; or every fault of the first stage that has any."""
    briefing, vertical = inputs.briefing, inputs.vertical
    library = Library(inputs.templates, inputs.own_templates)
    missing, site = lacking(briefing, vertical), choose_site(briefing, vertical, library)
    if isinstance(site, Fault):
        return (*missing, site)
    names = choose_names(briefing, inputs.policy.zone_of(inputs.product))
    if missing or isinstance(names, Fault):
        return (*missing, names) if isinstance(names, Fault) else missing
    place = inputs.policy.erp_of(inputs.product)
    erp = choose_erp(briefing, ErpHouse(place, inputs.catalogue, inputs.cards, vertical))
    if isinstance(erp, tuple):
        return erp
    rules = tuple(inputs.policy.checks) if briefing.in_scope("website") else ()
    checks = Checks(rules, inputs.check_files)
    return checks.faults or _Choice(site, erp, checks, names)


def _erp_steps(inputs: PlanInputs, erp: Erp) -> tuple[Step, ...]:
    subject = inputs.subject
    copy = erp.place.copy_name(subject.display_id, subject.version, subject.issue_node_id) if erp.place else None
    return erp_steps(inputs.briefing, erp, inputs.cards, copy)


def _site_steps(inputs: PlanInputs, site: Site) -> tuple[Step, ...]:
    place = inputs.policy.site_of(inputs.product)
    if place is None or not inputs.briefing.in_scope("website"):
        return ()
    at = destination(place, inputs.subject.repository)
    return website_steps(inputs.briefing, site, at, inputs.cards, inputs.subject.opened_on)


def _plan(inputs: PlanInputs, choice: _Choice, steps: tuple[Step, ...]) -> Plan:
    subject, briefing, policy, site = inputs.subject, inputs.briefing, inputs.policy, choice.site
    risk = assess(briefing, steps, inputs.vertical.general_risks)
    legs = () if briefing.is_dry_run else _legs(inputs, steps)
    jobs = sum(FOREIGN_JOBS if leg.foreign else JOBS for leg in legs)
    low, high = minutes(steps, legs, jobs) if legs else (0, 0)
    work = estimate(Workload(high, low), policy.prices, policy.workflow.runs_on)
    mode, mode_note = _mode(briefing, policy, risk)
    made = any(step.id == "website" for step in steps)
    scope = tuple(briefing.scope) if briefing.scope else ("website", "erp", "integrations", "dns")
    return Plan(
        repository_id=subject.repository_id,
        repository=subject.repository,
        issue_node_id=subject.issue_node_id,
        issue_number=subject.issue_number,
        display_id=subject.display_id,
        version=subject.version,
        lane="business",
        title=f"{briefing.business_name}: {briefing.website_config.domain}",
        vertical=inputs.vertical.vertical_id,
        briefing=briefing.digest,
        scope=scope,
        steps=steps,
        legs=legs,
        unavailable=unavailable(briefing, inputs.cards, choice.erp.unavailable, policy.zone_of(inputs.product)),
        notes=(*_told(choice, made=made), *_remarks(inputs), *_notes(briefing), *mode_note),
        risk=risk,
        estimate=work.model_copy(update={"basis": basis(steps)}),
        templates={site.template.name: site.template.digest} if made else {},
        workflow=inputs.workflow,
        prices=policy.prices.digest,
        policy=policy.slice_digest(inputs.product, risk.level),
        mode=mode,
        auto_rollback=policy.auto_rollback and briefing.auto_rollback,
        dry_run=briefing.is_dry_run,
    )


def _told(choice: _Choice, *, made: bool) -> tuple[str, ...]:
    """What was settled and a reader should know."""
    return (*choice.erp.notes, *(choice.site.notes if made else ()), *choice.checks.notes, *choice.names.notes)


def _legs(inputs: PlanInputs, steps: tuple[Step, ...]) -> tuple[Leg, ...]:
    """`checks`, `erp`, `website`, then `dns`, each where it has steps; the final validation ends the last one.

    A check that fails leaves nothing behind; a site that fails leaves an ERP that stands on its own; names lead to
    a site that is there already.
    """
    policy, product, checks = inputs.policy, inputs.product, check_leg(steps)
    erp = tuple(step.id for step in steps if step.executor.startswith("odoo_"))
    names = tuple(step.id for step in steps if step.executor == DNS)
    if names:
        names = tuple(step.id for step in steps if step.executor in (DNS, VALIDATE))
    apart = (*erp, *names, *(checks.steps if checks else ()))
    rest = tuple(step.id for step in steps if step.id not in apart)
    web, zone = policy.site_of(product), policy.zone_of(product)
    dns = _leg("dns", names, zone, _hosts(web) if VALIDATE in names else ())
    legs = (checks, _leg("erp", erp, policy.erp_of(product)), _leg("website", rest, web), dns)
    return tuple(leg for leg in legs if leg is not None)


def _hosts(place: Environment | None) -> tuple[str, ...]:
    return (place.host, *place.hosts) if place is not None else ()


def _leg(name: str, steps: tuple[str, ...], place: Environment | None, hosts: tuple[str, ...] = ()) -> Leg | None:
    """A leg in a place; its GitHub environment is entered only where there are secrets to be had.

    `hosts` are asked too, beside those of the place.
    """
    if not steps or place is None:
        return None
    return Leg(
        id=name,
        steps=steps,
        environment=place.name if place.secrets else None,
        secrets=tuple(place.secrets),
        hosts=tuple(dict.fromkeys((*_hosts(place), *hosts))),
    )


def _mode(briefing: Briefing, policy: Policy, risk: Risk) -> tuple[Mode, tuple[str, ...]]:
    """`auto` needs LOW risk, whoever asks for it."""
    wanted: Mode = "auto" if briefing.auto_execute else policy.mode
    if wanted != "auto" or risk.level == "LOW":
        return wanted, ()
    return "checkpoints", (f"Mode `auto` is for LOW risk only; this plan is {risk.level}, so people approve it.",)


def _remarks(inputs: PlanInputs) -> tuple[str, ...]:
    """What trade and law leave to the firm."""
    place = inputs.policy.site_of(inputs.product)
    return (*remarks(inputs.briefing, inputs.vertical), *disclosures(inputs.briefing, place))


def _notes(briefing: Briefing) -> tuple[str, ...]:
    if briefing.execution_mode != "force":
        return ()
    return ("Execution mode `force` changes nothing: every run looks at the world first and does what is left.",)
