"""The digest that people approve changes with everything that a plan holds or is made of (T7, T10)."""

from __future__ import annotations

import copy
import warnings
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.policy import Policy
from bot.domain.prices import Prices
from executors.protocol.canonical import canonical
from executors.protocol.plan import Envelope, Plan
from tests.bot.domain.acme import SUBJECT, acme, erp_policy, plan_inputs, planned, policy, raw


def changed(value: Any) -> Any:
    """Another value of the same shape."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return ("0" if value[-1:] != "0" else "1").join([value[:-1], ""])
        case list():
            return [*value, *(value[-1:] or ["more"])]
        case dict():
            return value | {"more": 1}
        case _:
            return "something"


@pytest.mark.parametrize("field", sorted(Plan.model_fields))
def test_the_digest_changes_with_every_field_of_the_plan(field: str) -> None:
    plan = planned()
    shown = plan.to_json()["schema" if field == "schema_" else field]
    other = plan.model_construct(**(plan.__dict__ | {field: changed(shown)}))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydantic says that the value has not the field's type
        assert other.digest != plan.digest


def deep(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all leaves."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    return [at] if items is None else [path for key, item in items for path in deep(item, (*at, key))]


@pytest.mark.parametrize("rules", [policy(), erp_policy()], ids=["website", "website and ERP"])
def test_one_changed_leaf_anywhere_in_a_plan_is_another_digest(rules: Policy) -> None:
    plain = planned(plan_inputs(rules=rules), briefing=acme(scope=["website", "erp"])).to_json()
    paths = deep(plain)
    seen = {canonical(plain)}
    for path in paths:
        value = copy.deepcopy(plain)
        around = value
        for part in path[:-1]:
            around = around[part]
        around[path[-1]] = changed(around[path[-1]])
        seen.add(canonical(value))
    assert len(seen) == len(paths) + 1


INPUT_CHANGES: dict[str, dict[str, Any]] = {
    "issue": {"subject": replace(SUBJECT, issue_node_id="I_other")},
    "repository": {"subject": replace(SUBJECT, repository_id=1)},
    "version": {"subject": replace(SUBJECT, version=2)},
    "briefing": {"briefing": acme(notes="x")},
    "template": {"templates": {"corporate_site_v1": "d" * 64}},
    "workflow": {"workflow": None},
    "policy": {"policy": policy("approval: {MEDIUM: {count: 2}}\n")},
    "prices": {"policy": policy().model_copy(update={"prices": Prices()})},
    "content": {"briefing": acme(website_config=raw()["website_config"] | {"tagline": "Other."})},
}  # fmt: skip


@pytest.mark.parametrize("name", INPUT_CHANGES)
def test_the_digest_changes_with_everything_that_a_plan_is_made_of(name: str) -> None:
    assert planned(**INPUT_CHANGES[name]).digest != planned().digest


def test_the_envelope_of_the_preview_is_part_of_what_is_approved() -> None:
    plan = planned()
    assert plan.model_copy(update={"envelopes": (Envelope(leg="website", planned=()),)}).digest != plan.digest
