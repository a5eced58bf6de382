"""What one page says above its content: title, description, canonical address, structured data, headline."""

from collections.abc import Mapping, Sequence
from typing import Any

from executors.kinds.website import found as found_by
from executors.kinds.website.identity import origin
from executors.kinds.website.inputs import Website
from executors.kinds.website.pages import Sheet
from executors.kinds.website.structured import structured
from executors.parts.mosaic import mosaic
from executors.parts.seo import json_ld
from executors.render.sandbox import safe_html

_LONG_WORD = 15
"""Characters of a word that needs a smaller headline to fit on a phone."""
_SHORT_QUOTE = 160
"""Characters of what is said beside the headline; longer words have their own place further down."""


def hero(inputs: Website, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the home page's opening: the tagline is the headline where there is one.

    `voices` are the testimonials that are not said beside it.
    """
    title = inputs.tagline or inputs.business_name
    size = "short" if len(title) <= 42 else "medium" if len(title) <= 90 else "long"
    if max(map(len, title.split())) > _LONG_WORD:
        size += " hero-dense"
    city = data["address"] and data["address"]["city"]
    eyebrow = " · ".join(part for part in (inputs.business_name if inputs.tagline else None, city) if part)
    faces = [member["photo"] for member in data["team"] if member["photo"]]
    portrait = data["hero_image"] or next(iter(faces), None)
    quote = next((said for said in data["testimonials"] if len(said["quote"]) <= _SHORT_QUOTE), None)
    return {
        "hero": {
            "title": title,
            "size": size,
            "eyebrow": eyebrow,
            "portrait": portrait,
            "quote": quote,
        },
        "voices": [said for said in data["testimonials"] if said is not quote],
        "mosaic": mosaic(inputs.business_name, 5, 5, 100),
    }


def head(inputs: Website, sheet: Sheet, found: Sequence[Sheet], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the `page` of the templates: its head, and the words of its opening section."""
    w, label, element = data["w"], data["w"][sheet.page.title], sheet.element
    structure = structured(inputs, sheet, found, data)
    return {
        "key": sheet.key.replace("_", "-"),
        "label": label,
        "heading": w.get(f"{sheet.key}_heading", element["title"] if element else label),
        "lead": w.get(f"{sheet.key}_lead"),
        "title": found_by.title(inputs, sheet, data),
        "description": found_by.summary(inputs, sheet, data),
        "art": mosaic(f"{inputs.business_name}/{sheet.key}", 5, 2, 100) if sheet.page.menu else [],
        "canonical": f"{origin(inputs)}/{sheet.address}",
        "listed": sheet.page.listed,
        "og_type": "article" if sheet.key in ("post", "case_study") else "website",
        "image": _card(element and element.get("image"), data["hero_image"], data["site"]["logo"]),
        "json_ld": structure and safe_html(json_ld(structure)),
    }


def _card(*images: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What other sites show beside a link to the page: the card of the first picture that has one."""
    return next(({**image["card"], "alt": image["alt"]} for image in images if image and image["card"]), None)
