"""A trade's blueprint: what a business of that kind needs, what it usually risks, how its success is measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from bot.domain.briefing import BusinessType
from bot.domain.faults import Fault, Refused
from bot.domain.fields import Colour, Country, Currency, Moment, TemplateId, Timezone, Word, Words, unlike, wrong
from bot.domain.reading import read_model
from bot.domain.strict_yaml import read_yaml
from bot.domain.wanted import wanted
from executors.protocol.content.offers import Tier
from executors.protocol.content.place import Hours
from executors.protocol.plan import Reason, RiskLevel
from executors.protocol.text import Line, Name, Summary
from executors.protocol.wire import Json

Version = Annotated[
    str, StringConstraints(pattern=r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$", max_length=20)
]
Focus = Literal[
    "service_keywords", "local_seo", "professional_credentials", "feature_keywords", "comparison_keywords",
    "solution_keywords", "google_my_business", "location_keywords", "service_area_keywords", "product_keywords",
    "category_keywords", "product_results",
]  # fmt: skip
"""What a trade wants to be found by; a website makes of it what it honestly can."""
Probability = Literal["LOW", "MEDIUM", "HIGH"]
WordList = Annotated[list[Word], Field(max_length=60), AfterValidator(unlike)]


class _Part(BaseModel):
    """A closed part of a blueprint."""

    # The docstrings below the fields are what an editor shows: they go into the JSON Schema.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class WebsiteBlueprint(_Part):
    """The website of the trade."""

    template: TemplateId
    """the website template that is taken where the briefing names none"""
    required_pages: Words
    """pages that are added where the briefing omits them"""
    optional_pages: Words = []
    """pages that firms of the trade often have"""
    features: Words = []
    """features that the template offers the trade"""
    seo_focus: Annotated[list[Focus], Field(max_length=20), AfterValidator(unlike)] = []
    """what firms of the trade want to be found by"""


class ErpBlueprint(_Part):
    """The ERP of the trade."""

    required_modules: WordList
    """modules that firms of the trade usually have, by Odoo's names; none is installed unasked"""
    optional_modules: WordList = []
    """modules that some of them have beside"""
    workflows: WordList = []
    """what they do with them"""


class IntegrationBlueprint(_Part):
    """A connection that the trade usually wants."""

    type: Word
    source: Word
    target: Word
    priority: Literal["low", "medium", "high", "critical"]
    config: dict[Word, Any] = {}


class LocationData(_Part):
    """What is told of a place, by the names that directories use for it."""

    required: WordList
    optional: WordList = []


class TemplateConfig(_Part):
    """What is set up, and what is usual where the trade has prices, opening hours or a place."""

    website: WebsiteBlueprint
    erp: ErpBlueprint
    integrations: Annotated[list[IntegrationBlueprint], Field(max_length=20)] = []
    pricing_tiers: Annotated[list[Tier], Field(max_length=5)] = []
    """usual prices: an example for those who have none yet, never put on a website unasked"""
    location_data: LocationData | None = None
    """what has to be known of the place"""
    hours: Hours | None = None
    """usual opening hours: an example, never put on a website unasked"""


class CommonRisk(_Part):
    """A risk of the trade, for the reader; it raises no plan's level."""

    code: Word
    severity: RiskLevel
    probability: Probability
    text: Summary
    mitigation: Summary


class RiskProfile(_Part):
    """How hard a set-up of this trade is."""

    overall_complexity: Literal["low", "medium", "high"]
    rollback_complexity: Literal["low", "medium", "high"]
    estimated_setup_time_minutes: Annotated[int, Field(ge=1, le=600)]
    common_risks: Annotated[list[CommonRisk], Field(max_length=20)] = []


class Defaults(_Part):
    """Values for what a briefing leaves open."""

    primary_color: Colour
    secondary_color: Colour
    currency: Currency
    language: Name
    timezone: Timezone


def _known(name: str) -> str:
    """The name of a field; raises `wrong` for one that no briefing has."""
    if wanted(name) is None:
        raise wrong("is no field of a briefing", "write a path like `website_config.content.team`")
    return name


FieldNames = Annotated[
    list[Annotated[str, StringConstraints(pattern=r"^[a-z_.]+$", max_length=120), AfterValidator(_known)]],
    Field(max_length=40),
    AfterValidator(unlike),
]


class ValidationRules(_Part):
    """Which fields a briefing of this trade must and should have."""

    required_fields: FieldNames
    """without one of these there is no plan"""
    recommended_fields: FieldNames = []
    """without one of these the plan says what is missing"""
    required_in: Annotated[dict[Country, FieldNames], Field(max_length=60)] = {}
    """what the law of a country requires beside"""


class SuccessMetrics(_Part):
    """How the trade measures itself."""

    kpis: WordList
    dashboards: WordList


class Example(_Part):
    """A business of this kind."""

    name: Name
    description: Line
    briefing: Name | None = None
    """file name below templates/examples/"""


class Vertical(_Part):
    """One trade: `verticals/<vertical_id>.yaml`."""

    vertical_id: TemplateId
    name: Name
    description: Summary
    version: Version
    created_at: Moment
    business_types: Annotated[list[BusinessType], Field(min_length=1), AfterValidator(unlike)]
    template_config: TemplateConfig
    risk_profile: RiskProfile
    default_parameters: Defaults
    validation_rules: ValidationRules
    success_metrics: SuccessMetrics
    examples: Annotated[list[Example], Field(max_length=10)] = []

    @property
    def general_risks(self) -> tuple[Reason, ...]:
        """The trade's common risks as the plan lists them."""
        return tuple(
            Reason(
                code=risk.code,
                severity=risk.severity,
                probability=risk.probability,
                text=risk.text,
                mitigation=risk.mitigation,
            )
            for risk in self.risk_profile.common_risks
        )


def schema() -> Json:
    """The JSON Schema of a vertical's file, for editors (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Vertical.model_json_schema(),
        "title": "Millwright vertical (verticals/<vertical_id>.yaml)",
    }


def read_vertical(text: str) -> Vertical | tuple[Fault, ...]:
    """The vertical in a YAML text, or every fault in it with its line."""
    document = read_yaml(text)
    return (document,) if isinstance(document, Fault) else read_model(Vertical, document)


def choose(business_type: str, verticals: Sequence[Vertical]) -> Vertical | Refused:
    """The vertical that serves a business type, the first by id of several; refused by name if none does."""
    serving = [one for one in verticals if business_type in one.business_types]
    if serving:
        return min(serving, key=lambda one: one.vertical_id)
    served = sorted({kind for one in verticals for kind in one.business_types})
    return Refused(
        code="no_vertical",
        who=business_type,
        why=f"no vertical of this release serves the business type `{business_type}`",
        next=f"choose one of: {', '.join(served)}" if served else "install a vertical",
    )


def parse_vertical(text: str) -> Vertical:
    """The vertical in a shipped YAML text; ValueError names every mistake, for a shipped one is our own."""
    read = read_vertical(text)
    if isinstance(read, Vertical):
        return read
    raise ValueError("; ".join(f"line {fault.line}: {fault.path} {fault.message}" for fault in read))
