"""What a product costs and can do: price tiers, a comparison of them, and where to sign up."""

from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from executors.protocol.content.part import Amount, Link, Part
from executors.protocol.text import Line, Name, Summary

_MOST_TIERS = 5


class Tier(Part):
    """One price. Without `price` it is on request; `popular` sets it apart."""

    name: Name
    price: Amount | None = None
    period: Literal["month", "year", "once"] = "month"
    per: Name | None = None
    """What the price is for, where it is not the whole: `user`."""
    summary: Summary | None = None
    points: list[Line] = Field(default=[], max_length=12)
    popular: bool = False
    link: Link | None = None


def _is_yes(value: object) -> str:
    """Which kind of value it is; a number is a text, for `1` would else be taken for yes."""
    return "(bool)" if isinstance(value, bool) else "(text)"


Value = Annotated[Annotated[bool, Tag("(bool)")] | Annotated[Name, Tag("(text)")], Discriminator(_is_yes)]
"""Whether a tier has a feature, or in words how much of it."""


class Feature(Part):
    """One row of the comparison: per tier whether it has the feature, or how much of it."""

    name: Name
    note: Line | None = None
    values: list[Value] = Field(min_length=1, max_length=_MOST_TIERS)


class FeatureGroup(Part):
    """Rows of the comparison that belong together."""

    name: Name
    rows: list[Feature] = Field(min_length=1, max_length=24)


class Pricing(Part):
    """The prices of a product, each tier's features side by side, and what else is to be said of them."""

    tiers: list[Tier] = Field(min_length=1, max_length=_MOST_TIERS)
    comparison: list[FeatureGroup] = Field(default=[], max_length=10)
    trial_days: int | None = Field(default=None, ge=1, le=365)
    note: Summary | None = None

    @model_validator(mode="after")
    def _a_value_for_each_tier(self) -> Self:
        """Every row of the comparison says something of every tier; one tier at most is popular."""
        for group in self.comparison:
            for row in group.rows:
                if len(row.values) != len(self.tiers):
                    raise ValueError(
                        f"the feature {row.name!r} has {len(row.values)} values for {len(self.tiers)} tiers; "
                        "give one per tier"
                    )
        if sum(tier.popular for tier in self.tiers) > 1:
            raise ValueError("more than one tier is `popular`; choose one")
        return self
