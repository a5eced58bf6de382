"""What the website step is given: identity, content and legal facts, all typed; nothing is looked up elsewhere."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from executors.protocol.content import Contact, Content, Image, Legal
from executors.protocol.content.part import HttpsUrl
from executors.protocol.text import Color, Country, Line, Name, Sha256, Summary

Domain = Annotated[
    str,
    StringConstraints(
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{2,59})$", max_length=253
    ),
]
PageName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


class OwnFile(BaseModel):
    """A file of an own template, by its path in the template's folder."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    path: Annotated[str, Field(min_length=1, max_length=200)]
    sha256: Sha256


class OwnTemplate(BaseModel):
    """A template of the organisation's own: a folder of the product repository, pinned file by file."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    folder: Annotated[str, Field(min_length=1, max_length=200)]
    files: Annotated[list[OwnFile], Field(min_length=1, max_length=60)]


class Website(BaseModel):
    """Inputs of `website`. `date` is the day of the plan: for the sitemap and the copyright line, no clock."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    domain: Annotated[Domain, Field(description="ASCII form; an international name as xn--…")]
    template: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z0-9_]{1,64}(@[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6})?$"),
        Field(description="its id: the version with the digest; or `<id>@<version>`"),
    ]
    template_version: Annotated[
        str | None, Field(max_length=20, description="for readers; the digest decides")
    ] = None
    template_digest: Annotated[Sha256 | None, Field(description="the approved bytes of the template")] = None
    own_template: Annotated[OwnTemplate | None, Field(description="where it is none of ours")] = None
    business_name: Name
    tagline: Line | None = None
    description: Summary | None = None
    language: Literal["de", "en"] = "en"
    country: Country
    date: date
    pages: Annotated[list[PageName], Field(max_length=20)] = ["home", "services", "about", "contact"]
    features: Annotated[list[PageName], Field(max_length=20)] = []
    primary_color: Color = "#1e40af"
    secondary_color: Color = "#64748b"
    logo: Image | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "EUR"
    trade: Annotated[PageName | None, Field(description="the kind of business, for search engines")] = None
    form: Annotated[
        HttpsUrl | None, Field(description="takes what visitors send; without it they write mails")
    ] = None
    focus: Annotated[
        list[PageName], Field(max_length=20, description="what firms of this trade want to be found by")
    ] = []
    audience: Annotated[Line | None, Field(description="whom the firm works for, for search engines")] = None
    employees: Annotated[int | None, Field(ge=1, le=100_000, description="people who work there")] = None
    contact: Contact
    content: Content = Field(default_factory=Content)
    legal: Legal | None = None

    @model_validator(mode="after")
    def _an_own_template_is_pinned(self) -> Self:
        """Files that we did not ship are used as approved or not at all."""
        if self.own_template is not None and self.template_digest is None:
            raise ValueError("template_digest is required for an own template")
        return self

    @model_validator(mode="after")
    def _germany_needs_an_imprint(self) -> Self:
        """A German firm's site without an imprint is unlawful (§ 5 DDG), so it is not made."""
        if self.country == "DE" and self.legal is None:
            raise ValueError("legal is required for country DE: address and represented_by at least")
        return self
