"""The briefing's content as plain data for templates, one module per part of it."""

from collections.abc import Mapping
from typing import Any

from executors.kinds.website.inputs import Website
from executors.kinds.website.slots import firm, guides, offers, place, shop, stories
from executors.kinds.website.slots.show import Show


def content(inputs: Website, show: Show, icons: Mapping[str, Any]) -> dict[str, Any]:
    """Return all slots of the content; lists may be empty, what is one thing may be None."""
    return {
        **firm.slots(inputs, show, icons),
        **stories.slots(inputs, show),
        **guides.slots(inputs),
        **offers.slots(inputs),
        **place.slots(inputs, show),
        **shop.slots(inputs, show),
    }
