"""What a person asks for: the whole briefing of a business, every field typed, bounded and refused by name.

The fields are those of the original briefing (business, website, ERP, integrations, execution) with what the
website needs to be complete: `website_config.content`, `legal`, and `scope`, which narrows a plan.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from bot.domain.document import Document
from bot.domain.faults import Fault
from bot.domain.fields import (
    Colour,
    Country,
    Currency,
    Domain,
    Email,
    Language,
    Moment,
    MonthDay,
    Phone,
    TemplateName,
    Timezone,
    Word,
    Words,
    unlike,
    wrong,
)
from bot.domain.imprint import imprint_faults
from bot.domain.reading import read_model
from executors.protocol.canonical import canonical, digest
from executors.protocol.content import Content, Image, Legal
from executors.protocol.text import Line, LongText, Name, Slug, Summary

BusinessType = Literal[
    "ecommerce", "saas", "consulting", "manufacturing", "retail", "service", "agency", "legal", "accounting",
    "advisory", "subscription", "membership", "digital_products", "restaurant", "healthcare", "salon", "trades",
    "local_services",
]  # fmt: skip
PricingModel = Literal["flat", "tiered", "per_user", "usage", "freemium"]
Scope = Literal["website", "erp", "integrations", "dns"]
System = Literal["website", "odoo", "calendar", "email", "payment", "google_my_business", "webhook"]

SETTINGS_LIMIT = 16 * 1024


def _small(value: dict[str, Any]) -> dict[str, Any]:
    """The settings as given; raises `wrong` when they take more than 16 KB."""
    if len(canonical(value)) > SETTINGS_LIMIT:
        raise wrong("is larger than 16 KB", "keep only what is needed")
    return value


Settings = Annotated[dict[Word, Any], Field(max_length=50), AfterValidator(_small)]


class _Part(BaseModel):
    """A closed, immutable record: unknown fields and near misses of type are refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class WebsiteConfig(_Part):
    """The website; every slot of `content` that is absent removes its section."""

    domain: Domain
    template: TemplateName | None = None
    """The trade's own where none is named; `<id>@<version>` keeps a version when a newer one comes."""
    pages: Words = ["home", "about", "contact"]
    features: Words = []
    primary_color: Colour = "#2563eb"
    secondary_color: Colour = "#64748b"
    tagline: Line | None = None
    description: Summary | None = None
    language: Literal["de", "en"] | None = None
    logo_url: Annotated[str, Field(max_length=500, pattern=r"^https://[!-~]+$")] | None = None
    logo: Image | None = None
    content: Content = Content()


class User(_Part):
    """A person who gets an account in the ERP."""

    name: Name
    email: Email
    role: Word = "user"


def _unlike_users(users: list[User]) -> list[User]:
    unlike([user.email.lower() for user in users])
    return users


class ERPConfig(_Part):
    """The ERP: modules by the names that people use (`projects`) or Odoo's own (`project`)."""

    modules: Annotated[list[Word], Field(max_length=40), AfterValidator(unlike)] = ["crm", "sales", "accounting"]
    users: Annotated[list[User], Field(max_length=100), AfterValidator(_unlike_users)] = []
    currency: Currency = "EUR"
    fiscal_year_start: MonthDay = "01-01"
    custom_fields: Settings = {}
    language: Language = "en-US"
    timezone: Timezone = "UTC"
    company_name: Name | None = None


class Integration(_Part):
    """A connection of two systems; `odoo` to `odoo` is one inside the ERP."""

    name: Name
    source: System
    target: System
    type: Word
    config: Settings = {}
    enabled: bool = True

    @model_validator(mode="after")
    def _two_ends(self) -> Self:
        if self.source == self.target != "odoo":
            raise wrong("leads from a system to itself", "choose another target; only `odoo` may talk to itself")
        return self


def _unlike_integrations(integrations: list[Integration]) -> list[Integration]:
    unlike([integration.name for integration in integrations])
    return integrations


class Briefing(_Part):
    """One business, from its name to how its plan is to be carried out."""

    briefing_id: Slug | None = None
    business_name: Name
    business_type: BusinessType
    industry: Name
    country: Country = "DE"
    contact_email: Email
    contact_phone: Phone | None = None
    website_config: WebsiteConfig
    target_market: Line | None = None
    team_size: Annotated[int, Field(ge=1, le=100_000)] | None = None
    pricing_model: PricingModel | None = None
    payment_gateway: Word | None = None
    google_my_business_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{10,100}$")] | None = None
    shipping_countries: Annotated[list[Country], Field(max_length=60), AfterValidator(unlike)] = []
    legal: Legal | None = None
    erp_config: ERPConfig | None = None
    integrations: Annotated[list[Integration], Field(max_length=20), AfterValidator(_unlike_integrations)] = []
    scope: Annotated[list[Scope], Field(min_length=1, max_length=4), AfterValidator(unlike)] | None = None
    execution_mode: Literal["dry_run", "normal", "force"] = "normal"
    auto_execute: bool = False
    auto_rollback: bool = True
    dry_run: bool = False
    created_by: Name = "system"
    created_at: Moment | None = None
    priority: Annotated[int, Field(ge=1, le=100)] = 10
    deadline: Moment | None = None
    notes: Annotated[LongText, Field(max_length=10_000)] | None = None

    @property
    def is_dry_run(self) -> bool:
        """Whether a plan is wanted and no execution."""
        return self.dry_run or self.execution_mode == "dry_run"

    @property
    def language(self) -> Literal["de", "en"]:
        """The language of the website: the one named, else German where German is spoken."""
        return self.website_config.language or ("de" if self.country in ("DE", "AT", "LI") else "en")

    def in_scope(self, part: Scope) -> bool:
        """Whether the briefing wants this part; without a `scope` it wants all it mentions."""
        return self.scope is None or part in self.scope

    @property
    def digest(self) -> str:
        """SHA-256 of the briefing's canonical JSON, defaults included, 64 hex."""
        return digest(self.model_dump(mode="json"))


def read_briefing(document: Document) -> Briefing | tuple[Fault, ...]:
    """The briefing in the document, or every fault at once, by field path, with what to do."""
    read = read_model(Briefing, document)
    missing = imprint_faults(document)
    if isinstance(read, Briefing):
        return missing or read
    return (*read, *missing)
