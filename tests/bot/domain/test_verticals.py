"""Every shipped vertical is complete, plans its own example, and serves each business type once."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import get_args

import jsonschema
import pytest

from bot.domain.briefing import BusinessType, read_briefing
from bot.domain.document import Document
from bot.domain.faults import Fault, Refused
from bot.domain.planner import plan_for
from bot.domain.strict_yaml import read_yaml
from bot.domain.vertical import Vertical, choose, parse_vertical, read_vertical, schema
from bot.load.blueprints import all_of_them, verticals
from executors.render.shipped import shipped as shipped_template
from tests.bot.domain.acme import acme, briefing_of, plan_inputs, planned, raw

SHIPPED = sorted(entry.name for entry in files("verticals").iterdir() if entry.name.endswith(".yaml"))


def shipped(name: str) -> Vertical:
    return parse_vertical((files("verticals") / name).read_text("utf-8"))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_vertical_is_named_as_its_file(name: str) -> None:
    assert f"{shipped(name).vertical_id}.yaml" == name


@pytest.mark.parametrize("name", SHIPPED)
def test_a_vertical_plans_its_own_examples(name: str) -> None:
    vertical = shipped(name)
    examples = [example.briefing for example in vertical.examples if example.briefing]
    assert examples
    for example in examples:
        document = read_yaml((files("templates") / "examples" / example).read_text("utf-8"))
        assert isinstance(document, Document)
        assert isinstance(read_briefing(document), type(briefing_of(document.value)))
        plan = planned(
            briefing=briefing_of(document.value), vertical=vertical, templates=all_of_them()["templates"]
        )
        assert plan.vertical == vertical.vertical_id


def test_no_business_type_is_served_twice() -> None:
    kinds = [kind for name in SHIPPED for kind in shipped(name).business_types]
    assert len(kinds) == len(set(kinds))


TRADES = {
    "service_business_v1": "consulting agency legal accounting advisory service",
    "subscription_saas_v1": "saas subscription membership digital_products",
    "local_business_v1": "retail restaurant healthcare salon trades local_services",
    "ecommerce_v1": "ecommerce",
}


@pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for name, kinds in TRADES.items() for kind in kinds.split()]
)
def test_each_trade_is_served_by_its_vertical(name: str, kind: str) -> None:
    chosen = choose(kind, [shipped(one) for one in SHIPPED])
    assert isinstance(chosen, Vertical)
    assert chosen.vertical_id == name


def test_every_business_type_but_manufacturing_is_served() -> None:
    served = {kind for kinds in TRADES.values() for kind in kinds.split()}
    assert set(get_args(BusinessType)) - served == {"manufacturing"}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_vertical_names_modules_that_an_odoo_can_be_asked_for(name: str) -> None:
    erp, catalogue = shipped(name).template_config.erp, all_of_them()["catalogue"]
    for module in (*erp.required_modules, *erp.optional_modules):
        known = catalogue.module(module)
        assert known is not None, module
        assert known.edition == "community" or known.instead, module


@pytest.mark.parametrize("name", SHIPPED)
def test_a_vertical_offers_what_its_template_has(name: str) -> None:
    site = shipped(name).template_config.website
    template = shipped_template(site.template).manifest
    pages = {page.replace("-", "_") for page in (*site.required_pages, *site.optional_pages)}
    assert pages <= set(template.pages)
    assert set(site.features) <= set(template.features)


def test_the_published_schema_is_the_models_and_takes_every_vertical() -> None:
    text = (files("templates") / "forms" / "vertical.schema.json").read_text("utf-8")
    assert text == json.dumps(schema(), indent=2, ensure_ascii=False) + "\n", (
        "millwright validate --schema vertical"
    )
    jsonschema.Draft202012Validator.check_schema(json.loads(text))
    for name in SHIPPED:
        document = read_yaml((files("verticals") / name).read_text("utf-8"))
        assert isinstance(document, Document)
        jsonschema.validate(document.value, json.loads(text))


def test_a_new_vertical_is_one_file(tmp_path: Path) -> None:
    text = (files("verticals") / "service_business_v1.yaml").read_text("utf-8")
    mine = text.replace("service_business_v1", "guild_v1").replace("name: Service business", "name: Guild")
    mine = mine.replace("required_fields: [", "required_fields: [website_config.tagline, ")
    (tmp_path / "guild_v1.yaml").write_text(mine, "utf-8")
    (guild,) = verticals(tmp_path)
    assert planned(vertical=guild).vertical == "guild_v1"
    config = raw()["website_config"]
    del config["tagline"]
    faults = plan_for(replace(plan_inputs(acme(website_config=config)), vertical=guild))
    assert faults == (
        Fault("website_config.tagline", "is missing", "Guild needs it: add `website_config.tagline: …`"),
    )
    (tmp_path / "guild_v1.yaml").write_text(
        mine.replace("website_config.tagline, ", "website_config.motto, "), "utf-8"
    )
    with pytest.raises(ValueError, match="is no field of a briefing"):
        verticals(tmp_path)


def test_manufacturing_is_refused_by_name_with_what_is_served() -> None:
    refused = choose("manufacturing", [shipped(name) for name in SHIPPED])
    assert isinstance(refused, Refused)
    assert refused.code == "no_vertical"
    assert "manufacturing" in refused.why
    assert "consulting" in refused.next
    assert isinstance(choose("consulting", []), Refused)


def test_a_broken_vertical_is_refused_with_its_lines() -> None:
    text = (files("verticals") / "service_business_v1.yaml").read_text("utf-8")
    faults = read_vertical(
        text.replace("version: 1.0.0", "version: 1.0").replace("severity: HIGH", "severity: BAD")
    )
    assert isinstance(faults, tuple)
    assert [fault.path for fault in faults] == ["version", "risk_profile.common_risks.0.severity"]
    assert all(fault.line for fault in faults)
    with pytest.raises(ValueError, match="line 6: version"):
        parse_vertical(text.replace("version: 1.0.0", "version: 1.0"))
