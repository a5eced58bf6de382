"""What a shop sells and on what terms; it is ordered where `order` leads, else by a prepared e-mail."""

from typing import Literal

from pydantic import Field

from executors.protocol.content.part import Amount, Image, Link, Part
from executors.protocol.text import Line, LongText, Name, Slug, Summary, Text


class Product(Part):
    """One thing to buy, with a page of its own."""

    slug: Slug
    name: Name
    summary: Summary
    description: Text | None = None
    price: Amount
    unit: Line | None = None
    """what the law wants beside the price of a measured good: `250 g, 39,60 € je kg`"""
    category: Name | None = None
    points: list[Line] = Field(default=[], max_length=12)
    images: list[Image] = Field(default=[], max_length=6)
    sku: Name | None = None
    brand: Name | None = None
    availability: Literal["in_stock", "limited", "preorder", "made_to_order", "sold_out"] = "in_stock"
    order: Link | None = None
    featured: bool = False


class Terms(Part):
    """The texts that a shop's visitors must find: shipping, withdrawal, general terms, payment."""

    shipping: LongText | None = None
    withdrawal: LongText | None = None
    conditions: LongText | None = None
    payment: list[Name] = Field(default=[], max_length=12)
    price_note: Line | None = None
    """what stands beside every price: `inkl. MwSt., zzgl. Versand`"""
