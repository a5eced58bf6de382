"""What a briefing asks for that this release cannot do, by name: listed in the plan, never dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.domain import dns_steps
from bot.domain.briefing import Briefing, Scope
from bot.domain.dns_place import DnsEnvironment
from bot.domain.erp_wishes import NO_ODOO, NOT_YET
from bot.domain.faults import Refused
from executors.protocol.card import ExecutorCard
from executors.protocol.plan import Plan, Step, Unavailable


def unavailable(
    briefing: Briefing,
    cards: Mapping[str, ExecutorCard],
    erp: tuple[Unavailable, ...] = (),
    zone: DnsEnvironment | None = None,
) -> tuple[Unavailable, ...]:
    """Every part that no executor here can do; `in_scope` says whether the briefing's scope asks for it.

    `erp` is what the ERP lacks, `zone` where the product's names are put. Names hold no mail addresses: a plan may
    stand in a public repository (T52).
    """
    wishes: tuple[tuple[str, Scope, Iterator[tuple[str, str]]], ...] = (
        ("integration", "integrations", _integrations(briefing)),
        ("", "dns", _dns(briefing, cards, zone)),
        ("", "website", _website(briefing)),
    )
    return erp + tuple(
        Unavailable(name=name, why=why, in_scope=briefing.in_scope(scope))
        for executor, scope, names in wishes
        if executor not in cards
        for name, why in names
    )


def _integrations(briefing: Briefing) -> Iterator[tuple[str, str]]:
    for integration in briefing.integrations:
        if integration.enabled:
            yield f"Integration {integration.name}", NOT_YET


def _dns(
    briefing: Briefing, cards: Mapping[str, ExecutorCard], zone: DnsEnvironment | None
) -> Iterator[tuple[str, str]]:
    can = dns_steps.EXECUTOR in cards
    if not briefing.is_dry_run and not (can and zone):
        yield f"DNS records for {briefing.website_config.domain}", dns_steps.NO_ZONE if can else NOT_YET


def _website(briefing: Briefing) -> Iterator[tuple[str, str]]:
    if briefing.website_config.logo_url is not None:
        advice = "put the file into the repository and name it in `website_config.logo`"
        yield "Logo from another host", f"a website of ours asks no other host for anything: {advice}"


def open_choices(plan: Plan) -> tuple[Refused, ...]:
    """What must be decided in the briefing before the plan can be approved; empty when nothing must.

    One refusal per thing to do, with code `choice_missing` (narrow the scope), `dry_run` or `nothing_to_do`.
    """
    refusals = [
        _choice(plan, why, names) for why, names in _by_reason(plan).items() if why != NOT_YET or plan.steps
    ]
    refusals.sort(key=lambda one: one.why != NOT_YET)
    if plan.dry_run:
        refusals.append(Refused("dry_run", plan.title, "a dry run is not carried out", "remove `dry_run`"))
    elif not plan.legs:
        why = "of what the scope names, this release can do nothing"
        refusals.append(Refused("nothing_to_do", plan.title, why, "add `website` to the scope"))
    return tuple(refusals)


def _choice(plan: Plan, why: str, names: Iterable[str]) -> Refused:
    """What cannot be had for one reason, and what to do: narrow the scope, or what the reason advises."""
    narrower = f"add `scope: [{', '.join(_scope(plan.steps))}]` to the briefing"
    because, _, advice = why.partition(": ")
    if why in (NO_ODOO, dns_steps.NO_ZONE) and plan.steps:
        advice = f"{advice}, or {narrower}"
    line = narrower if why == NOT_YET else advice or "take it out of the briefing"
    return Refused("choice_missing", ", ".join(names), because, line)


def _by_reason(plan: Plan) -> dict[str, list[str]]:
    """What the scope asks for and cannot be had, by the reason."""
    found: dict[str, list[str]] = {}
    for one in plan.unavailable:
        if one.in_scope:
            found.setdefault(one.why, []).append(one.name)
    return found


def _scope(steps: Iterable[Step]) -> tuple[Scope, ...]:
    """The parts of a scope that the steps are of."""
    parts: set[Scope] = {_part(step) for step in steps}
    order: tuple[Scope, ...] = ("website", "erp", "dns")
    return tuple(part for part in order if part in parts)


def _part(step: Step) -> Scope:
    if step.executor == dns_steps.EXECUTOR:
        return "dns"
    return "erp" if step.executor.startswith("odoo_") else "website"
