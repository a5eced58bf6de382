"""Every shipped vertical is complete, plans its own example, and serves each business type once."""

from __future__ import annotations

from importlib.resources import files

import pytest

from bot.domain.briefing import read_briefing
from bot.domain.document import Document
from bot.domain.faults import Refused
from bot.domain.strict_yaml import read_yaml
from bot.domain.vertical import Vertical, choose, parse_vertical, read_vertical
from bot.load.blueprints import all_of_them
from tests.bot.domain.acme import briefing_of, planned

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


@pytest.mark.parametrize("kind", ["consulting", "agency", "legal", "accounting", "advisory", "service"])
def test_the_service_business_serves_its_trades(kind: str) -> None:
    chosen = choose(kind, [shipped(name) for name in SHIPPED])
    assert isinstance(chosen, Vertical)
    assert chosen.vertical_id == "service_business_v1"


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
