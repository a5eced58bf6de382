"""What a trade requires is refused by name; what it recommends and what it lends is said, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.planner import plan_for
from bot.domain.trade import currency_of, lacking, lent, remarks
from bot.domain.vertical import Vertical
from bot.domain.wanted import wanted
from bot.load.blueprints import all_of_them
from executors.protocol.plan import Plan
from tests.bot.domain.acme import briefing_of, plan_inputs, policy

BARE: dict[str, Any] = {
    "business_name": "Bare",
    "business_type": "service",
    "industry": "Any",
    "country": "FR",
    "contact_email": "a@bare.example",
    "website_config": {"domain": "bare.example", "pages": ["home"]},
}
TERMS = ("withdrawal", "conditions", "price_note", "shipping")
PRICES = {"pricing": {"tiers": [{"name": "One", "price": "29"}]}}


def vertical(name: str) -> Vertical:
    found: Vertical = next(one for one in all_of_them()["verticals"] if one.vertical_id == name)
    return found


def bare(**changes: Any) -> Any:
    return briefing_of(BARE | changes)


def sited(**changes: Any) -> dict[str, Any]:
    config: dict[str, Any] = BARE["website_config"]
    return config | changes


@pytest.mark.parametrize(
    ("name", "country", "paths"),
    [
        ("service_business_v1", "FR", []),
        ("subscription_saas_v1", "FR", ["pricing_model"]),
        ("local_business_v1", "FR", ["legal.address", "contact_phone"]),
        ("ecommerce_v1", "FR", ["website_config.content.products"]),
        ("ecommerce_v1", "AT", ["products", *(f"terms.{name}" for name in TERMS)]),
    ],
)
def test_what_a_trade_requires_is_refused_by_name_with_what_to_write(
    name: str, country: str, paths: list[str]
) -> None:
    known = vertical(name)
    inputs = replace(plan_inputs(bare(country=country)), vertical=known, templates=all_of_them()["templates"])
    plan = plan_for(inputs)
    faults = () if isinstance(plan, Plan) else plan
    assert [fault.path.removeprefix("website_config.content." * (country == "AT")) for fault in faults] == paths
    assert all(fault.message == "is missing" and f"add `{fault.path}: " in fault.next for fault in faults)


def test_a_place_may_be_told_by_its_address_or_by_where_it_lies() -> None:
    local = vertical("local_business_v1")
    legal = {"represented_by": "B", "address": {"street": "S 1", "postal_code": "75001", "city": "Paris"}}
    where = sited(content={"location": {"directions": "By the river."}})
    for changes in ({"legal": legal}, {"website_config": where}):
        assert [fault.path for fault in lacking(bare(**changes), local)] == ["contact_phone"]


def test_what_is_recommended_is_said_with_what_is_usual() -> None:
    words = remarks(bare(), vertical("local_business_v1"))
    hours = next(line for line in words if "hours of operation" in line)
    assert "(usual: mon–fri 09:00-18:00, sat 10:00-14:00, sun closed)" in hours
    assert "add `website_config.content.hours: " in hours
    tiers = next(line for line in remarks(bare(), vertical("subscription_saas_v1")) if "tiers" in line)
    assert "(usual: Starter 29, Professional 99, Enterprise 299)" in tiers


def test_a_trade_lends_colours_language_and_currency_and_says_so() -> None:
    saas = vertical("subscription_saas_v1")
    briefing = bare(website_config=sited(content=PRICES))
    site = lent(briefing, saas).website_config
    assert (site.primary_color, site.secondary_color, site.language) == ("#0ea5e9", "#64748b", "en")
    assert currency_of(briefing, saas) == "USD"
    assert remarks(briefing, saas)[0] == (
        "The briefing names none, so these are taken: colours #0ea5e9 and #64748b, currency USD, language `en`."
    )
    assert site.content == briefing.website_config.content


def test_what_a_briefing_names_itself_is_kept() -> None:
    own = sited(primary_color="#111111", secondary_color="#222222", language="de", content=PRICES)
    briefing = bare(website_config=own, erp_config={"modules": ["crm"], "currency": "CHF"})
    saas = vertical("subscription_saas_v1")
    assert lent(briefing, saas).website_config == briefing.website_config
    assert lent(briefing, saas).erp_config == briefing.erp_config
    assert currency_of(briefing, saas) == "CHF"
    assert not any("these are taken" in line for line in remarks(briefing, saas))


@pytest.mark.parametrize(("country", "language"), [("DE", "de"), ("US", "en"), ("FR", "de")])
def test_the_language_is_the_countrys_where_it_leaves_no_doubt_else_the_trades(
    country: str, language: str
) -> None:
    legal = {
        "represented_by": "B",
        "privacy_contact": "a@bare.example",
        "address": {"street": "S 1", "postal_code": "10115", "city": "X"},
    }
    assert (
        lent(bare(country=country, legal=legal), vertical("local_business_v1")).website_config.language == language
    )


def test_the_digest_of_the_plan_is_the_briefings_own() -> None:
    briefing = bare()
    inputs = replace(plan_inputs(briefing), templates=all_of_them()["templates"])
    plan = plan_for(inputs)
    assert isinstance(plan, Plan)
    assert plan.briefing == briefing.digest
    assert plan.step("website").inputs["primary_color"] == "#1e40af"


def test_a_place_with_an_address_for_forms_gives_it_to_the_website() -> None:
    text = "https://forms.bare.example/in"
    place = policy().environments[0].model_copy(update={"form": text})
    rules = policy().model_copy(update={"environments": [place]})
    inputs = replace(plan_inputs(bare(), rules), templates=all_of_them()["templates"])
    plan = plan_for(inputs)
    assert isinstance(plan, Plan)
    step = plan.step("website").inputs
    assert (step["form"], step["trade"], step["currency"]) == (text, "service", "EUR")
    assert step["focus"] == ["service_keywords", "local_seo", "professional_credentials"]


def test_a_field_that_no_briefing_has_is_nobodys_wish() -> None:
    assert wanted("website_config.motto") is None
    assert wanted("business_name.first") is None
    assert wanted("legal.vat_id") is not None
