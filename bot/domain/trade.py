"""What a trade asks of a briefing and what it lends to one: required and recommended fields, usual values.

A value is lent only where the briefing is silent, and the plan says so; content is never lent.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.briefing import Briefing
from bot.domain.faults import Fault
from bot.domain.vertical import Vertical
from bot.domain.wanted import wanted

_SPOKEN_HERE = {"DE": "de", "AT": "de", "LI": "de", "GB": "en", "IE": "en", "US": "en", "AU": "en", "NZ": "en"}
"""Countries whose language leaves no doubt; elsewhere the trade's own is taken."""
_RECORDED = {
    "pricing_model": "pricing model",
    "payment_gateway": "payment gateway",
    "google_my_business_id": "Google business profile",
}
"""Fields that this release keeps for readers; nothing is set up by them."""


def lacking(briefing: Briefing, vertical: Vertical) -> tuple[Fault, ...]:
    """What the trade, or the law of the country for it, requires and the briefing leaves open."""
    rules = vertical.validation_rules
    groups = (
        (rules.required_fields, f"{vertical.name} needs it"),
        (rules.required_in.get(briefing.country, ()), f"the law of {briefing.country} wants it said"),
    )
    return tuple(
        Fault(field.path, "is missing", f"{why}: {field.advice}")
        for names, why in groups
        for name in names
        if (field := wanted(name)) is not None and not field.is_in(briefing)
    )


def lent(briefing: Briefing, vertical: Vertical) -> Briefing:
    """The briefing with the trade's colours, currency and language where it names none itself."""
    usual, site, erp = vertical.default_parameters, briefing.website_config, briefing.erp_config
    values = {"primary_color": usual.primary_color, "secondary_color": usual.secondary_color}
    own = {name: value for name, value in values.items() if name not in site.model_fields_set}
    if site.language is None:
        own["language"] = _language(briefing, vertical)
    changes: dict[str, object] = {"website_config": site.model_copy(update=own)}
    if erp is not None and "currency" not in erp.model_fields_set:
        changes["erp_config"] = erp.model_copy(update={"currency": usual.currency})
    return briefing.model_copy(update=changes)


def currency_of(briefing: Briefing, vertical: Vertical) -> str:
    """The currency of prices on the website: the ERP's, else the trade's."""
    return briefing.erp_config.currency if briefing.erp_config else vertical.default_parameters.currency


def remarks(briefing: Briefing, vertical: Vertical) -> tuple[str, ...]:
    """What a reader of the plan should know of the trade: what was lent, what is recommended, what is kept."""
    return (*_lent_words(briefing, vertical), *_recommended(briefing, vertical), *_kept(briefing))


def _language(briefing: Briefing, vertical: Vertical) -> str:
    spoken = _SPOKEN_HERE.get(briefing.country) or vertical.default_parameters.language[:2]
    return spoken if spoken in ("de", "en") else "en"


def _lent_words(briefing: Briefing, vertical: Vertical) -> Iterator[str]:
    site, erp, full = briefing.website_config, briefing.erp_config, lent(briefing, vertical)
    words = []
    if not {"primary_color", "secondary_color"} <= site.model_fields_set:
        words.append(f"colours {full.website_config.primary_color} and {full.website_config.secondary_color}")
    priced = site.content.pricing or site.content.menu or site.content.products
    if "currency" not in erp.model_fields_set if erp else priced:
        words.append(f"currency {currency_of(full, vertical)}")
    if site.language is None:
        words.append(f"language `{full.language}`")
    if words:
        yield f"The briefing names none, so these are taken: {', '.join(words)}."


def _recommended(briefing: Briefing, vertical: Vertical) -> Iterator[str]:
    """One sentence for each recommended field that is left open, with what is usual where the trade knows it."""
    usual = {
        "hours_of_operation": _hours(vertical),
        "subscription_tiers": ", ".join(
            f"{tier.name} {tier.price}" for tier in vertical.template_config.pricing_tiers
        ),
    }
    for name in vertical.validation_rules.recommended_fields:
        field = wanted(name)
        if field is not None and not field.is_in(briefing):
            often = f" (usual: {usual[name]})" if usual.get(name) else ""
            yield f"{vertical.name}: {name.replace('_', ' ')} is recommended{often}; {field.advice}."


def _hours(vertical: Vertical) -> str:
    """The trade's usual hours in a line, days of the same hours together."""
    hours = vertical.template_config.hours
    if hours is None:
        return ""
    runs: list[tuple[list[str], str]] = []
    for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"):
        spans = " and ".join(getattr(hours, day)) or "closed"
        if runs and runs[-1][1] == spans:
            runs[-1][0].append(day)
        else:
            runs.append(([day], spans))
    return ", ".join(f"{'–'.join(dict.fromkeys((days[0], days[-1])))} {spans}" for days, spans in runs)


def _kept(briefing: Briefing) -> Iterator[str]:
    named = [f"{words} `{value}`" for name, words in _RECORDED.items() if (value := getattr(briefing, name))]
    if briefing.shipping_countries:
        named.append(f"sent to {', '.join(briefing.shipping_countries)}")
    if named:
        yield f"Noted, and not set up by this release: {', '.join(named)}."
