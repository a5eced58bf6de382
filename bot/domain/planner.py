"""Turns a briefing into a plan: pure, deterministic, no language model, no clock (T46).

The same inputs give the same bytes. What this release cannot do stands in the plan by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.domain.briefing import Briefing
from bot.domain.faults import Fault
from bot.domain.policy import Policy
from bot.domain.prices import Workload, estimate
from bot.domain.risk import assess
from bot.domain.rules import LocalEnvironment, Product
from bot.domain.vertical import Vertical
from bot.domain.website_steps import Site, choose_site, website_steps
from bot.domain.wishes import unavailable
from executors.protocol.card import ExecutorCard
from executors.protocol.plan import Leg, Plan, Risk, Step, WorkflowPin

Mode = Literal["auto", "checkpoints", "final"]
JOBS = 2
"""Jobs of a leg: `admit` and `execute`; each bills at least a minute."""


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
    """Everything a plan depends on. `templates` maps a website template's id to its digest."""

    subject: Subject
    briefing: Briefing
    vertical: Vertical
    policy: Policy
    product: Product
    cards: Mapping[str, ExecutorCard]
    templates: Mapping[str, str]
    workflow: WorkflowPin | None = None


def plan_for(inputs: PlanInputs) -> Plan | tuple[Fault, ...]:
    """The plan of a business, or why there can be none, fault by fault."""
    briefing, policy = inputs.briefing, inputs.policy
    place = policy.site_of(inputs.product)
    if place is None:
        return (Fault("environment", "is not in the policy", "correct `products` in the policy"),)
    site = choose_site(briefing, inputs.vertical, inputs.templates)
    if isinstance(site, Fault):
        return (site,)
    if missing := _missing(briefing, inputs.vertical):
        return missing
    steps = _steps(inputs, site, place)
    risk = assess(briefing, steps, inputs.vertical.general_risks)
    return _plan(inputs, site, place, steps, risk)


def _missing(briefing: Briefing, vertical: Vertical) -> tuple[Fault, ...]:
    """What the trade requires and the briefing leaves open."""
    return tuple(
        Fault(name, "is missing", f"{vertical.name} needs it: add `{name}: …`")
        for name in vertical.validation_rules.required_fields
        if not getattr(briefing, name, None)
    )


def _steps(inputs: PlanInputs, site: Site, place: LocalEnvironment) -> tuple[Step, ...]:
    if not inputs.briefing.in_scope("website"):
        return ()
    return website_steps(inputs.briefing, site, place, inputs.cards, inputs.subject.opened_on)


def _plan(inputs: PlanInputs, site: Site, place: LocalEnvironment, steps: tuple[Step, ...], risk: Risk) -> Plan:
    subject, briefing, policy = inputs.subject, inputs.briefing, inputs.policy
    legs = () if briefing.is_dry_run else _legs(steps, place)
    minutes = sum(step.estimate_seconds for step in steps) // 60
    work = Workload(minutes * 12 // 10, JOBS * len(legs)) if legs else Workload(0, 0)
    mode, mode_note = _mode(briefing, policy, risk)
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
        unavailable=unavailable(briefing, inputs.cards),
        notes=(*(site.notes if steps else ()), *_notes(briefing), *mode_note),
        risk=risk,
        estimate=estimate(work, policy.prices, policy.workflow.runs_on),
        templates={site.template: site.digest} if steps else {},
        workflow=inputs.workflow,
        prices=policy.prices.digest,
        policy=policy.slice_digest(inputs.product, risk.level),
        mode=mode,
        auto_rollback=policy.auto_rollback and briefing.auto_rollback,
        dry_run=briefing.is_dry_run,
    )


def _legs(steps: tuple[Step, ...], place: LocalEnvironment) -> tuple[Leg, ...]:
    """One leg for the website; a GitHub environment is entered only where there are secrets to be had."""
    if not steps:
        return ()
    return (
        Leg(
            id="website",
            steps=tuple(step.id for step in steps),
            environment=place.name if place.secrets else None,
            secrets=tuple(place.secrets),
            hosts=tuple(dict.fromkeys((place.host, *place.hosts))),
        ),
    )


def _mode(briefing: Briefing, policy: Policy, risk: Risk) -> tuple[Mode, tuple[str, ...]]:
    """`auto` needs LOW risk, whoever asks for it."""
    wanted: Mode = "auto" if briefing.auto_execute else policy.mode
    if wanted != "auto" or risk.level == "LOW":
        return wanted, ()
    return "checkpoints", (f"Mode `auto` is for LOW risk only; this plan is {risk.level}, so people approve it.",)


def _notes(briefing: Briefing) -> tuple[str, ...]:
    if briefing.execution_mode != "force":
        return ()
    return ("Execution mode `force` changes nothing: every run looks at the world first and does what is left.",)
