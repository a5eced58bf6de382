"""What a briefing asks for that this release cannot do, by name: listed in the plan, never dropped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.domain.briefing import Briefing, Scope
from bot.domain.faults import Refused
from executors.protocol.card import ExecutorCard
from executors.protocol.plan import Plan, Unavailable

NOT_YET = "not available in this release"


def unavailable(briefing: Briefing, cards: Mapping[str, ExecutorCard]) -> tuple[Unavailable, ...]:
    """Every part that no executor here can do; `in_scope` says whether the briefing's scope asks for it.

    Names hold no mail addresses: a plan may stand in a public repository (T52).
    """
    wishes: tuple[tuple[str, Scope, Iterator[tuple[str, str]]], ...] = (
        ("odoo", "erp", _erp(briefing)),
        ("integration", "integrations", _integrations(briefing)),
        ("dns", "dns", _dns(briefing)),
        ("", "website", _website(briefing)),
    )
    return tuple(
        Unavailable(name=name, why=why, in_scope=briefing.in_scope(scope))
        for executor, scope, names in wishes
        if executor not in cards
        for name, why in names
    )


def _erp(briefing: Briefing) -> Iterator[tuple[str, str]]:
    erp = briefing.erp_config
    if erp is None:
        return
    for module in erp.modules:
        yield f"Odoo module {module}", NOT_YET
    for user in erp.users:
        yield f"Odoo user {_without_address(user.name)}", NOT_YET
    yield f"Odoo fiscal settings ({erp.currency}, year from {erp.fiscal_year_start})", NOT_YET
    for field in erp.custom_fields:
        yield f"Odoo field {field}", NOT_YET


def _without_address(name: str) -> str:
    """The name; where somebody wrote a mail address for a name, what stands before the @."""
    return name.split("@")[0].strip() or "without a name"


def _integrations(briefing: Briefing) -> Iterator[tuple[str, str]]:
    for integration in briefing.integrations:
        if integration.enabled:
            yield f"Integration {integration.name}", NOT_YET


def _dns(briefing: Briefing) -> Iterator[tuple[str, str]]:
    if not briefing.is_dry_run:
        yield f"DNS records for {briefing.website_config.domain}", NOT_YET


def _website(briefing: Briefing) -> Iterator[tuple[str, str]]:
    if briefing.website_config.logo_url is not None:
        advice = "put the file into the repository and name it in `website_config.logo`"
        yield "Logo from another host", f"a website of ours asks no other host for anything: {advice}"


def open_choices(plan: Plan) -> tuple[Refused, ...]:
    """What must be decided in the briefing before the plan can be approved; empty when nothing must.

    One refusal per thing to do, with code `choice_missing` (narrow the scope), `dry_run` or `nothing_to_do`.
    """
    asked = [one for one in plan.unavailable if one.in_scope]
    later = [one.name for one in asked if one.why == NOT_YET]
    refusals = [Refused("choice_missing", one.name, one.why, _advice(one)) for one in asked if one.why != NOT_YET]
    if later and plan.steps:
        line = "add `scope: [website]` to the briefing"
        refusals.insert(0, Refused("choice_missing", ", ".join(later), NOT_YET, line))
    if plan.dry_run:
        refusals.append(Refused("dry_run", plan.title, "a dry run is not carried out", "remove `dry_run`"))
    elif not plan.legs:
        why = "of what the scope names, this release can do nothing"
        refusals.append(Refused("nothing_to_do", plan.title, why, "add `website` to the scope"))
    return tuple(refusals)


def _advice(one: Unavailable) -> str:
    """What to do: the part of the reason after its colon."""
    return one.why.partition(": ")[2] or "take it out of the briefing"
