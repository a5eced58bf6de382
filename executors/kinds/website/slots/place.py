"""Opening hours, location, booking, gallery and menu as plain data for templates, and as schema.org facts."""

from collections.abc import Mapping
from typing import Any

from executors.kinds.website.inputs import Website
from executors.kinds.website.slots import hours
from executors.kinds.website.slots.letter import blanks, mailto
from executors.kinds.website.slots.show import Show, money
from executors.parts.address import quoted
from executors.protocol.content.place import Booking, Dish, Location

_MAP = "https://www.openstreetmap.org"
_FOOD = {"restaurant", "cafe", "bakery", "bar", "bistro"}
_LETTER = {
    "de": {
        "subject": "Terminanfrage",
        "opening": ("Guten Tag,", "", "ich möchte gern einen Termin vereinbaren.", ""),
        "ask_for": ("Wunschtermin",),
        "who": ("Name", "Telefon"),
        "closing": ("", "Mit freundlichen Grüßen"),
    },
    "en": {
        "subject": "Appointment request",
        "opening": ("Hello,", "", "I would like to make an appointment.", ""),
        "ask_for": ("Preferred date and time",),
        "who": ("Name", "Phone"),
        "closing": ("", "Kind regards"),
    },
}


def slots(inputs: Website, show: Show) -> dict[str, Any]:
    """Return `hours`, `location` and `booking` (each may be None), `gallery`, and the menu under two names.

    On a page `menu` is the navigation; `menu` here is what a page that needs one asks for.
    """
    given, menu = inputs.content, _menu(inputs)
    gallery = [{"image": show(one.image), "caption": one.caption} for one in given.gallery]
    return {
        "hours": given.hours and hours.shown(given.hours, inputs.language, inputs.date),
        "location": _location(inputs),
        "booking": given.booking and _booking(given.booking, inputs),
        "gallery": gallery,
        "gallery_preview": gallery[:5],
        "menu": menu,
        "menu_parts": menu,
        "menu_preview": [{**part, "dishes": part["dishes"][:4]} for part in menu[:3]],
    }


def worded(texts: Mapping[str, str], inputs: Website) -> Mapping[str, str]:
    """Return the template's words; where food is served, `prices_food` takes the place of `prices`."""
    if inputs.trade not in _FOOD:
        return texts
    return {name: texts.get(f"{name}_food", text) for name, text in texts.items()}


def map_link(inputs: Website) -> str | None:
    """Return where a map shows the place: the briefing's own link, by coordinates, else by address."""
    place = inputs.content.location
    if place and place.map:
        return place.map.url
    if place and place.latitude and place.longitude:
        at = f"{place.latitude}/{place.longitude}"
        return f"{_MAP}/?mlat={place.latitude}&mlon={place.longitude}#map=17/{at}"
    if inputs.legal is None:
        return None
    address = inputs.legal.address
    words = f"{address.street}, {address.postal_code} {address.city}"
    return f"{_MAP}/search?query={quoted(words)}"


def facts(inputs: Website) -> dict[str, Any]:
    """Return what schema.org's LocalBusiness says of a place (https://schema.org/LocalBusiness), to be merged."""
    given, place = inputs.content, inputs.content.location
    found: dict[str, Any] = hours.specification(given.hours) if given.hours else {}
    if given.menu:
        found |= {"hasMenu": _food(inputs)} if inputs.trade in _FOOD else {"hasOfferCatalog": _catalog(inputs)}
    if place is None:
        return found
    has_point = place.latitude and place.longitude
    point = {"@type": "GeoCoordinates", "latitude": place.latitude, "longitude": place.longitude}
    return found | {
        "geo": point if has_point else None,
        "hasMap": map_link(inputs),
        "areaServed": _areas(place, point if has_point else None),
    }


def _areas(place: Location, point: dict[str, Any] | None) -> list[Any]:
    """Where the firm works: named places, and a circle around its own where a radius is known."""
    radius = place.service_area_radius_km
    circle = {"@type": "GeoCircle", "geoMidpoint": point, "geoRadius": str((radius or 0) * 1000)}
    return [*place.service_area, *([circle] if radius and point else [])]


def _location(inputs: Website) -> dict[str, Any] | None:
    """The way to the place; an address alone makes one."""
    place = inputs.content.location
    if place is None and inputs.legal is None:
        return None
    place = place or Location()
    return {
        **place.model_dump(exclude={"map"}),
        "map": {"href": map_link(inputs), "label": place.map and place.map.label},
        "is_described": bool(place.directions or place.parking or place.access),
    }


def _booking(booking: Booking, inputs: Website) -> dict[str, Any]:
    """The ways to an appointment, the best one first: a page elsewhere, by phone, by a prepared e-mail."""
    phone = booking.phone or inputs.contact.phone
    tel = phone and f"tel:+{''.join(filter(str.isdigit, phone))}"
    link = booking.link and {"kind": "link", "href": booking.link.url, "label": booking.link.label}
    call = phone and {"kind": "phone", "href": tel, "label": phone}
    write = {"kind": "mail", "href": _letter(booking, inputs), "label": None}
    # A number that stands in the booking itself is meant for it; the firm's general one comes after the e-mail.
    ways = [link, call, write] if booking.phone or booking.link else [write, call]
    first, *others = [way for way in ways if way]
    return {"text": booking.text, "ask_for": booking.ask_for, "first": first, "others": others}


def _letter(booking: Booking, inputs: Website) -> str:
    """The prepared e-mail that asks for an appointment."""
    words = _LETTER[inputs.language]
    asked = blanks([*(booking.ask_for or words["ask_for"]), *words["who"]])
    subject = f"{words['subject']} – {inputs.business_name}"
    return mailto(inputs.contact.email, subject, [*words["opening"], *asked, *words["closing"]])


def _menu(inputs: Website) -> list[dict[str, Any]]:
    """The menu's parts with their anchors; where one price has cents, all have them."""
    exact = any(dish.price and "." in dish.price for part in inputs.content.menu for dish in part.items)

    def dish_of(dish: Dish) -> dict[str, Any]:
        price = dish.price and money(dish.price, inputs.currency, inputs.language, exact=exact)
        is_free = dish.price is not None and not dish.price.strip("0.")
        return {**dish.model_dump(), "amount": price, "is_free": is_free}

    return [
        {
            "name": part.name,
            "note": part.note,
            "anchor": f"part-{number}",
            "dishes": [dish_of(dish) for dish in part.items],
        }
        for number, part in enumerate(inputs.content.menu, start=1)
    ]


def _offer(dish: Dish, currency: str) -> dict[str, Any] | None:
    """A price as schema.org offer; `upwards` makes it the least one."""
    if dish.price is None:
        return None
    if not dish.upwards:
        return {"@type": "Offer", "price": dish.price, "priceCurrency": currency}
    least = {"@type": "PriceSpecification", "minPrice": dish.price, "priceCurrency": currency}
    return {"@type": "Offer", "priceSpecification": least}


def _food(inputs: Website) -> dict[str, Any]:
    """The menu of a restaurant (https://schema.org/Menu)."""
    sections = [
        {
            "@type": "MenuSection",
            "name": part.name,
            "hasMenuItem": [
                {
                    "@type": "MenuItem",
                    "name": dish.name,
                    "description": dish.text,
                    "offers": _offer(dish, inputs.currency),
                }
                for dish in part.items
            ],
        }
        for part in inputs.content.menu
    ]
    return {"@type": "Menu", "hasMenuSection": sections}


def _catalog(inputs: Website) -> dict[str, Any]:
    """The price list of any other trade (https://schema.org/OfferCatalog)."""
    parts = []
    for part in inputs.content.menu:
        offers = [
            {
                **(_offer(dish, inputs.currency) or {"@type": "Offer"}),
                "itemOffered": {"@type": "Service", "name": dish.name, "description": dish.text},
            }
            for dish in part.items
        ]
        parts.append({"@type": "OfferCatalog", "name": part.name, "itemListElement": offers})
    return {"@type": "OfferCatalog", "itemListElement": parts}
