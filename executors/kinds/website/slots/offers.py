"""Prices and their comparison as plain data for templates, amounts as the language writes them."""

from typing import Any

from executors.kinds.website.inputs import Website
from executors.kinds.website.slots.show import money


def slots(inputs: Website) -> dict[str, Any]:
    """Return `pricing` (None where there are no prices), `signup` and `demo`."""
    given = inputs.content
    pricing = given.pricing and given.pricing.model_dump()
    if pricing:
        for tier in pricing["tiers"]:
            tier["amount"] = tier["price"] and money(tier["price"], inputs.currency, inputs.language)
    return {
        "pricing": pricing,
        "signup": given.signup and given.signup.model_dump(),
        "demo": given.demo and given.demo.model_dump(),
    }
