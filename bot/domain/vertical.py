"""A trade's blueprint: what a business of that kind needs, what it usually risks, how its success is measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from bot.domain.briefing import BusinessType
from bot.domain.faults import Fault, Refused
from bot.domain.fields import Colour, Currency, Moment, TemplateId, Timezone, Word, Words, unlike
from bot.domain.reading import read_model
from bot.domain.strict_yaml import read_yaml
from executors.protocol.plan import Reason, RiskLevel
from executors.protocol.text import Line, Name, Summary

Version = Annotated[
    str, StringConstraints(pattern=r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$", max_length=20)
]
Probability = Literal["LOW", "MEDIUM", "HIGH"]
WordList = Annotated[list[Word], Field(max_length=60), AfterValidator(unlike)]


class _Part(BaseModel):
    """A closed part of a blueprint."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class WebsiteBlueprint(_Part):
    """The website of the trade."""

    template: TemplateId
    required_pages: Words
    optional_pages: Words = []
    features: Words = []
    seo_focus: Words = []


class ErpBlueprint(_Part):
    """The ERP of the trade."""

    required_modules: WordList
    optional_modules: WordList = []
    workflows: WordList = []


class IntegrationBlueprint(_Part):
    """A connection that the trade usually wants."""

    type: Word
    source: Word
    target: Word
    priority: Literal["low", "medium", "high", "critical"]
    config: dict[Word, Any] = {}


class TemplateConfig(_Part):
    """What is set up."""

    website: WebsiteBlueprint
    erp: ErpBlueprint
    integrations: Annotated[list[IntegrationBlueprint], Field(max_length=20)] = []


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


class ValidationRules(_Part):
    """Which fields a briefing of this trade must and should have."""

    required_fields: WordList
    recommended_fields: WordList = []


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
