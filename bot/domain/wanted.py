"""The fields that a trade may ask for, by the names that people use: where each stands, and how it is written.

A name is one of the table or a path of the briefing. Where a wish may be met in two places, either is enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from bot.domain.briefing import Briefing

CONTENT = "website_config.content"


@dataclass(frozen=True)
class Wanted:
    """One field: the paths in which it may stand, the first being where to write it, and what to write there."""

    paths: tuple[str, ...]
    example: str

    @property
    def path(self) -> str:
        """Where it is written."""
        return self.paths[0]

    @property
    def advice(self) -> str:
        """What to write, in one line of YAML."""
        return f"add `{self.path}: {self.example}`"

    def is_in(self, briefing: Briefing) -> bool:
        """Whether the briefing says it, in whichever place."""
        return any(_at(briefing, path) not in (None, [], {}, "") for path in self.paths)


_NAMES: Mapping[str, Wanted] = {
    "location": Wanted(
        ("legal.address", f"{CONTENT}.location"), '{street: Marktplatz 1, postal_code: "99423", city: Weimar}'
    ),
    "phone": Wanted(("contact_phone",), "+49 30 23125 042"),
    "hours_of_operation": Wanted((f"{CONTENT}.hours",), "{mon: [09:00-18:00], …}"),
    "service_area": Wanted(
        (f"{CONTENT}.location.service_area", f"{CONTENT}.location.service_area_radius_km"), "[Weimar, Jena]"
    ),
    "services_offered": Wanted((f"{CONTENT}.services",), "[{name: …, summary: …}]"),
    "target_market": Wanted(("target_market",), "firms with 20 to 200 people"),
    "team_size": Wanted(("team_size",), "12"),
    "pricing_model": Wanted(("pricing_model",), "per_user (or flat, tiered, usage, freemium)"),
    "trial_period_days": Wanted((f"{CONTENT}.pricing.trial_days",), "14"),
    "subscription_tiers": Wanted((f"{CONTENT}.pricing.tiers",), "[{name: Team, price: 29}]"),
    "payment_gateway": Wanted(("payment_gateway",), "stripe"),
    "google_my_business_id": Wanted(("google_my_business_id",), "ChIJ…"),
    "products": Wanted((f"{CONTENT}.products",), "[{slug: …, name: …, summary: …, price: 9.90}]"),
    "shipping_countries": Wanted(("shipping_countries",), "[DE, AT]"),
    "shipping_terms": Wanted((f"{CONTENT}.terms.shipping",), "what it costs and how long it takes"),
    "price_note": Wanted((f"{CONTENT}.terms.price_note",), "inkl. MwSt., zzgl. Versand"),
    "payment_methods": Wanted((f"{CONTENT}.terms.payment",), "[Invoice, PayPal]"),
    "withdrawal_text": Wanted((f"{CONTENT}.terms.withdrawal",), "the notice of the right of withdrawal"),
    "conditions_text": Wanted((f"{CONTENT}.terms.conditions",), "the general terms"),
}


def wanted(name: str) -> Wanted | None:
    """The field of that name or path; None where a briefing has none."""
    if name in _NAMES:
        return _NAMES[name]
    return Wanted((name,), "…") if _is_field(name) else None


def _is_field(path: str) -> bool:
    """Whether a briefing has a field at the path."""
    here: Any = Briefing
    for part in path.split("."):
        model = _model(here)
        if model is None or part not in model.model_fields:
            return False
        here = model.model_fields[part].annotation
    return True


def _model(annotation: Any) -> type[BaseModel] | None:
    """The model in an annotation like `Legal | None`; None for lists, whose entries have no path of their own."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    kinds = [part for part in getattr(annotation, "__args__", ()) if isinstance(part, type)]
    return next((kind for kind in kinds if issubclass(kind, BaseModel)), None)


def _at(value: Any, path: str) -> Any:
    """What stands at the path; None where something on the way is left open."""
    for part in path.split("."):
        value = getattr(value, part, None)
    return value
