"""Opening hours, location, booking, gallery and menu as plain data for templates."""

from typing import Any

from executors.kinds.website.inputs import Website
from executors.kinds.website.slots.show import Show, money
from executors.protocol.content.place import DAYS


def slots(inputs: Website, show: Show) -> dict[str, Any]:
    """Return `hours`, `location` and `booking` (each may be None), `gallery` and `menu`."""
    given = inputs.content
    menu = [part.model_dump() for part in given.menu]
    for item in (item for part in menu for item in part["items"]):
        item["amount"] = item["price"] and money(item["price"], inputs.currency, inputs.language)
    return {
        "hours": given.hours and {"days": [{"day": day, "spans": getattr(given.hours, day)} for day in DAYS]},
        "location": given.location and given.location.model_dump(),
        "booking": given.booking and given.booking.model_dump(),
        "gallery": [{"image": show(one.image), "caption": one.caption} for one in given.gallery],
        # `items` would be the method of a mapping in a template.
        "menu": [{**part, "dishes": part.pop("items")} for part in menu],
    }
