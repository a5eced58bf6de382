"""Who the site is of: name, logo, contact, address and legal facts."""

import re
from typing import Any

from executors.kinds.website.inputs import Website
from executors.kinds.website.slots.firm import initials
from executors.kinds.website.slots.show import Show, day

_COUNTRIES = {
    "de": {"DE": "Deutschland", "AT": "Österreich", "CH": "Schweiz", "LI": "Liechtenstein", "LU": "Luxemburg"},
    "en": {"DE": "Germany", "AT": "Austria", "CH": "Switzerland", "GB": "United Kingdom", "US": "United States"},
}

_LONG_NAME = 32


def origin(inputs: Website) -> str:
    """Return the site's address without a closing slash."""
    return f"https://{inputs.domain}"


def identity(inputs: Website, show: Show) -> dict[str, Any]:
    """Return `site`, `contact`, `address` and `legal` for the templates; the last two may be None."""
    company = (inputs.legal and inputs.legal.company) or inputs.business_name
    site = {
        "name": inputs.business_name,
        "company": company,
        "tagline": inputs.tagline,
        "description": inputs.description,
        "language": inputs.language,
        "locale": f"{inputs.language}_{inputs.country}",
        "country": inputs.country,
        "origin": origin(inputs),
        "has_long_name": len(inputs.business_name) > _LONG_NAME,
        "initials": initials(inputs.business_name),
        "date": inputs.date.isoformat(),
        "day": day(inputs.date, inputs.language),
        "year": inputs.date.year,
        "logo": show(inputs.logo),
    }
    phone = inputs.contact.phone
    contact = {"email": inputs.contact.email, "phone": phone, "tel": phone and "+" + re.sub(r"\D", "", phone)}
    return {"site": site, "contact": contact, "address": _address(inputs), "legal": _legal(inputs)}


def _address(inputs: Website) -> dict[str, Any] | None:
    """The postal address; the country in words only where it is not the one the site is for."""
    if inputs.legal is None:
        return None
    address = inputs.legal.address
    abroad = address.country if address.country not in (None, inputs.country) else None
    name = _COUNTRIES[inputs.language].get(abroad, abroad) if abroad else None
    return {**address.model_dump(), "country": name}


def _legal(inputs: Website) -> dict[str, Any] | None:
    """Legal facts; questions about privacy go to the general address where no other is named."""
    if inputs.legal is None:
        return None
    contact = inputs.legal.privacy_contact or inputs.contact.email
    return {**inputs.legal.model_dump(exclude={"address"}), "privacy_contact": contact}
