"""Prices and their comparison as plain data for templates and search engines; where to sign up or look first."""

from collections.abc import Iterator
from typing import Any

from executors.kinds.website.inputs import Website
from executors.kinds.website.slots.letter import blanks, mailto
from executors.kinds.website.slots.show import money
from executors.parts.panel import Kind, Tile, panel
from executors.protocol.content.offers import Feature, FeatureGroup, Pricing, Tier

_SUBJECT = {"de": "Bitte um eine Vorführung", "en": "Request for a demo"}
_ASKED = {
    "de": ("Firma", "Anzahl der Nutzer", "Das möchten wir sehen", "Das passt uns zeitlich"),
    "en": ("Company", "Number of users", "What we would like to see", "Times that suit us"),
}
_KINDS: tuple[Kind, ...] = ("list", "board", "chart")
_SOFTWARE = frozenset({"saas", "software"})
_UNITS = {"month": "MON", "year": "ANN"}
"""Common codes of UN/CEFACT recommendation 20, as https://schema.org/unitCode asks for."""


def slots(inputs: Website) -> dict[str, Any]:
    """Return `pricing` (None where there are no prices), `signup`, `demo`, `demo_letter` and `screens`.

    A tier has its own side of the comparison as `groups`; a cell's `kind` is yes, no or text. `screens` are drawn
    for want of pictures: one for the opening, one for every feature.
    """
    given = inputs.content
    return {
        "pricing": given.pricing and _pricing(given.pricing, inputs),
        "signup": given.signup and given.signup.model_dump(),
        "demo": given.demo and given.demo.model_dump(),
        "demo_letter": mailto(inputs.contact.email, _SUBJECT[inputs.language], blanks(_ASKED[inputs.language])),
        "screens": [panel(inputs.business_name, "wide"), *_drawn(inputs)],
    }


def software(inputs: Website) -> dict[str, Any] | None:
    """Return the product as schema.org SoftwareApplication (https://schema.org/SoftwareApplication), or None.

    It is one where there are prices and the trade is software; without a trade, where there is a place to sign up.
    """
    given = inputs.content
    is_software = inputs.trade in _SOFTWARE if inputs.trade else given.signup is not None
    if given.pricing is None or not is_software:
        return None
    return {
        "@type": "SoftwareApplication",
        "name": inputs.business_name,
        "description": inputs.description or inputs.tagline,
        "url": f"https://{inputs.domain}/",
        "applicationCategory": "BusinessApplication",
        "operatingSystem": "Web",
        "inLanguage": inputs.language,
        "featureList": [feature.name for feature in given.features],
        "publisher": {"@id": f"https://{inputs.domain}/#business"},
        "offers": [_offer(tier, inputs) for tier in given.pricing.tiers if tier.price],
    }


def _drawn(inputs: Website) -> Iterator[list[Tile]]:
    """Yield one drawing for each feature; neighbours are of different kinds."""
    for number in range(len(inputs.content.features)):
        yield panel(f"{inputs.business_name}/{number}", _KINDS[number % len(_KINDS)])


def _pricing(pricing: Pricing, inputs: Website) -> dict[str, Any]:
    """Tiers with what they cost and contain, and the comparison by row."""
    tiers = enumerate(pricing.tiers)
    return {
        "tiers": [_tier(tier, n, pricing.comparison, inputs) for n, tier in tiers],
        "columns": len(pricing.tiers) + 1,
        "comparison": [
            {
                "name": group.name,
                "rows": [{**_row(row), "cells": [_cell(v) for v in row.values]} for row in group.rows],
            }
            for group in pricing.comparison
        ],
        "trial_days": pricing.trial_days,
        "note": pricing.note,
    }


def _tier(tier: Tier, number: int, comparison: list[FeatureGroup], inputs: Website) -> dict[str, Any]:
    """One price with its own side of the comparison."""
    groups = [
        {"name": group.name, "rows": [{**_row(row), **_cell(row.values[number])} for row in group.rows]}
        for group in comparison
    ]
    amount = tier.price and money(tier.price, inputs.currency, inputs.language)
    return {**tier.model_dump(), "amount": amount, "groups": groups}


def _row(row: Feature) -> dict[str, Any]:
    """What a row is about."""
    return {"name": row.name, "note": row.note}


def _cell(value: bool | str) -> dict[str, Any]:
    """What a tier has of a feature."""
    if isinstance(value, bool):
        return {"kind": "yes" if value else "no", "text": None}
    return {"kind": "text", "text": value}


def _offer(tier: Tier, inputs: Website) -> dict[str, Any]:
    """A tier as schema.org Offer; one that is paid again and again says how often."""
    price = {"price": tier.price, "priceCurrency": inputs.currency}
    unit = _UNITS.get(tier.period)
    again = unit and {"@type": "UnitPriceSpecification", **price, "unitCode": unit, "unitText": tier.per}
    return {"@type": "Offer", "name": tier.name, **price, "priceSpecification": again}
