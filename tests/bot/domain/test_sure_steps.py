"""Every plan of a website begins with a preflight and ends with a validation that waits for everything else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.policy import Policy, parse
from bot.domain.website_steps import undo_text
from executors import catalog
from executors.protocol.plan import Plan
from tests.bot.domain.acme import POLICY, acme, erp_policy, plan_inputs, planned, raw
from tests.bot.domain.test_dns_plan import inputs as with_names


def policy_at(url: str) -> Policy:
    read = parse(POLICY.replace("http://127.0.0.1:8080", url))
    assert isinstance(read, Policy), read
    return read


def waited_for(plan: Plan, step: str) -> set[str]:
    """Every step that must be complete before this one, directly or not."""
    before = set(plan.step(step).depends_on)
    return before.union(*(waited_for(plan, one) for one in before))


def test_the_validation_waits_for_every_other_step() -> None:
    for plan in (planned(), planned(with_names()), planned(plan_inputs(rules=erp_policy()))):
        assert plan.steps[-1].id == "validate"
        assert waited_for(plan, "validate") == {step.id for step in plan.steps} - {"validate"}


def test_the_validation_knows_the_built_pages_where_it_runs_beside_them() -> None:
    assert planned().step("validate").inputs == {"url": "http://127.0.0.1:8080", "source": "website"}


def test_with_names_the_validation_ends_their_leg_and_asks_for_the_records_too() -> None:
    plan = planned(with_names())
    asked = plan.step("validate").inputs
    assert plan.legs[-1].steps[-1] == "validate"
    assert {name: asked[name] for name in ("at", "records")} == plan.step("dns").inputs
    assert "source" not in asked  # another job built the site
    catalog.executor("validate").inputs.model_validate(asked)


@pytest.mark.parametrize(
    ("url", "domain"),
    [("http://127.0.0.1:8080", None), ("https://acme-consulting.example", "acme-consulting.example")],
)
def test_a_registry_is_asked_about_the_domain_only_where_the_site_is_public_and_the_plan_says_so(
    url: str, domain: str | None
) -> None:
    step = planned(plan_inputs(rules=policy_at(url))).step("preflight")
    assert step.inputs.get("domain") == domain
    assert ("RDAP" in step.summary) == (domain is not None)


def test_the_preflight_looks_at_each_picture_of_the_briefing_once() -> None:
    image = {"path": "images/a.png", "sha256": "a" * 64, "alt": "A"}
    config = raw()["website_config"]
    content = config["content"] | {"hero_image": image}
    plan = planned(briefing=acme(website_config=config | {"content": content, "logo": image}))
    assert plan.step("preflight").inputs["pictures"] == [{"path": "images/a.png", "sha256": "a" * 64}]


def test_a_plan_without_a_website_has_neither() -> None:
    plan = planned(replace(plan_inputs(rules=erp_policy()), briefing=acme(scope=["erp"])))
    assert plan.steps
    assert not {"preflight", "validate"} & {step.id for step in plan.steps}


def test_what_only_looks_has_nothing_to_take_back() -> None:
    plan = planned()
    for step in ("preflight", "validate"):
        assert plan.step(step).undo == "reversible"
        assert undo_text(plan.step(step)) == "Nothing: it only looks."
