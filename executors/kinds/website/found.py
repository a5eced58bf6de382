"""What a page is to be found by: its title and description, with the words that the trade wants to be found under.

`Website.focus` names them: the place for firms that people go to, the names of what is offered for the others.
"""

from collections.abc import Mapping
from typing import Any

from executors.kinds.website.inputs import Website
from executors.kinds.website.pages import Sheet
from executors.parts.seo import description

_LOCAL = {"local_seo", "location_keywords"}
_PLACED = {"services", "menu", "booking", "location"}
"""Pages whose title names the place: what people look for near them."""
_NAMED = {
    "services": ("service_keywords", "services"),
    "features": ("feature_keywords", "features"),
    "products": ("product_keywords", "products"),
}
"""Pages whose description names what stands on them, and the focus that wants it."""


def title(inputs: Website, sheet: Sheet, data: Mapping[str, Any]) -> str:
    """Return the page's title, the firm's name in each; where the place counts, the city too."""
    city = data["address"] and data["address"]["city"] if _LOCAL & set(inputs.focus) else None
    if sheet.key == "home":
        line = inputs.tagline or ""
        is_named = city is None or city in f"{inputs.business_name} {line}"
        return " – ".join(part for part in (inputs.business_name, line, "" if is_named else city) if part)
    own = sheet.element["title"] if sheet.element else data["w"][sheet.page.title]
    near = f" {data['w']['in_place']} {city}" if city and sheet.key in _PLACED else ""
    return f"{own}{near} – {inputs.business_name}"


def summary(inputs: Website, sheet: Sheet, data: Mapping[str, Any]) -> str:
    """Return the page's description for search engines: its own words where it has some, else the template's."""
    lead = data["w"].get(f"{sheet.key}_lead")
    if sheet.key == "home":
        return description(inputs.description, inputs.tagline)
    if sheet.element:
        return description(sheet.element["summary"])
    if sheet.key == "about" and data["about"]:
        return description(data["about"]["opening"])
    focus, slot = _NAMED.get(sheet.key, ("", ""))
    if focus in inputs.focus and data[slot]:
        names = ", ".join(one["name"] for one in data[slot][:6])
        return description(f"{names}. {lead or ''}")
    return description(lead)
