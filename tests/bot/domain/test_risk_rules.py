"""The seven triggers and the level they add up to; a trade's general risks raise nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.risk import TRIGGERS, assess, overall
from executors.protocol.plan import Reason, Risk, RiskLevel, Step
from tests.bot.domain.acme import acme, plan_inputs, planned, vertical

STEP = Step(id="s", executor="website", title="S", summary="", inputs={})
IRREVERSIBLE = STEP.model_copy(update={"undo": "irreversible"})
COMPENSATED = STEP.model_copy(update={"undo": "compensate"})
SNAPSHOT = STEP.model_copy(update={"undo": "snapshot"})
INTEGRATIONS = [
    {"name": f"I{n}", "source": "website", "target": "odoo", "type": "contact_form", "enabled": n < 4}
    for n in range(5)
]
NARROW = {"scope": ["website"]}
WIDE = {"scope": None}

TABLE: list[tuple[str, dict[str, Any], list[Step], list[str], RiskLevel]] = [
    ("website", NARROW, [STEP], ["domain"], "MEDIUM"),
    ("everything", WIDE, [STEP], ["domain", "erp_dependency"], "HIGH"),
    ("no ERP wanted", WIDE | {"erp_config": None}, [STEP], ["domain"], "MEDIUM"),
    ("ERP only", {"scope": ["erp"]}, [STEP], ["erp_dependency"], "MEDIUM"),
    ("integrations out of scope", NARROW | {"integrations": INTEGRATIONS}, [STEP], ["domain"], "MEDIUM"),
    ("integrations", {"scope": ["integrations"], "integrations": INTEGRATIONS}, [], ["many_integrations"], "LOW"),
    ("two integrations", {"scope": ["integrations"], "integrations": INTEGRATIONS[:2]}, [], [], "LOW"),
    ("disabled integrations", {"scope": ["integrations"], "integrations": INTEGRATIONS[2:]}, [], [], "LOW"),
    ("not reversible", NARROW, [IRREVERSIBLE], ["domain", "not_reversible"], "HIGH"),
    ("not without traces", NARROW, [COMPENSATED], ["domain", "not_reversible"], "HIGH"),
    ("from a snapshot", NARROW, [SNAPSHOT], ["domain"], "MEDIUM"),
    ("ten steps", NARROW, [STEP] * 10, ["domain"], "MEDIUM"),
    ("eleven steps", NARROW, [STEP] * 11, ["domain", "many_steps"], "MEDIUM"),
    ("dry run", NARROW | {"dry_run": True}, [STEP], ["dry_run"], "LOW"),
    ("by itself", NARROW | {"auto_execute": True}, [STEP], ["domain", "auto_execute"], "HIGH"),
    ("dns", {"scope": ["dns"]}, [], ["domain"], "MEDIUM"),
]


@pytest.mark.parametrize(("name", "changes", "steps", "codes", "level"), TABLE, ids=[row[0] for row in TABLE])
def test_the_rules_that_fire_give_the_level(
    name: str, changes: dict[str, Any], steps: list[Step], codes: list[str], level: RiskLevel
) -> None:
    risk = assess(acme(**changes), steps, ())
    assert [reason.code for reason in risk.reasons] == codes
    assert risk.level == level


@pytest.mark.parametrize(
    ("severities", "level"),
    [
        ([], "LOW"), (["LOW"] * 9, "LOW"), (["MEDIUM"] * 2, "LOW"), (["MEDIUM"] * 3, "MEDIUM"),
        (["HIGH"], "MEDIUM"),
        (["HIGH", "MEDIUM", "MEDIUM", "MEDIUM"], "MEDIUM"), (["HIGH"] * 2, "HIGH"), (["CRITICAL"], "CRITICAL"),
        (["CRITICAL", "HIGH", "HIGH"], "CRITICAL"),
    ],
)  # fmt: skip
def test_severities_add_up_by_the_table(severities: list[RiskLevel], level: RiskLevel) -> None:
    assert overall(severities) == level


def test_there_are_seven_triggers_and_every_one_is_in_the_table() -> None:
    fired = {code for _, _, _, codes, _ in TABLE for code in codes}
    assert fired == {trigger.code for trigger in TRIGGERS}
    assert len(TRIGGERS) == 7


def test_auto_execution_is_high_and_probable() -> None:
    (reason,) = [one for one in assess(acme(auto_execute=True), [], ()).reasons if one.code == "auto_execute"]
    assert (reason.severity, reason.probability) == ("HIGH", "HIGH")


def test_the_trades_general_risks_are_listed_and_raise_nothing() -> None:
    general = vertical().general_risks
    assert [reason.severity for reason in general] == ["HIGH", "MEDIUM", "MEDIUM"]
    assert assess(acme(dry_run=True), [STEP], general * 5).level == "LOW"
    assert planned().risk.general == general


def test_reasons_name_the_steps_they_are_about() -> None:
    (reason,) = planned().risk.reasons
    assert (reason.code, reason.steps) == ("domain", ("deploy",))


def test_an_undo_that_is_not_possible_raises_the_plan() -> None:
    inputs = plan_inputs()
    card = inputs.cards["deploy"].model_copy(update={"undo": "irreversible"})
    plan = planned(replace(inputs, cards={**inputs.cards, "deploy": card}))
    assert plan.risk.level == "HIGH"
    assert plan.step("deploy").undo == "irreversible"


def test_points_are_severity_times_probability_and_their_sum_is_shown() -> None:
    risk = assess(acme(auto_execute=True, **NARROW), [IRREVERSIBLE] * 11, ())
    assert {reason.code: reason.points for reason in risk.reasons} == {
        "domain": 3,  # HIGH, LOW
        "not_reversible": 6,  # HIGH, MEDIUM
        "many_steps": 2,  # MEDIUM, LOW
        "auto_execute": 9,  # HIGH, HIGH
    }
    assert risk.points == 20


def test_what_is_recommended_is_the_weightiest_first_and_nothing_of_little_weight() -> None:
    risk = assess(acme(auto_execute=True, **NARROW), [IRREVERSIBLE] * 11, ())
    by_code = {reason.code: reason.mitigation for reason in risk.reasons}
    assert risk.recommendations == tuple(by_code[code] for code in ("auto_execute", "not_reversible", "domain"))
    assert assess(acme(dry_run=True), [STEP], ()).recommendations == ()


def test_each_step_that_leaves_something_behind_is_warned_of_by_name() -> None:
    steps = [
        STEP,
        COMPENSATED.model_copy(update={"id": "c"}),
        IRREVERSIBLE.model_copy(update={"id": "i"}),
        SNAPSHOT,
    ]
    assert assess(acme(**NARROW), steps, ()).warnings == (
        "c is taken back by another change; traces remain.",
        "i cannot be taken back.",
    )
    assert planned().risk.warnings == ()


def test_every_rule_says_what_it_comes_to() -> None:
    assert all(trigger.impact and trigger.mitigation for trigger in TRIGGERS)


def test_the_names_are_a_part_of_what_is_public() -> None:
    dns = STEP.model_copy(update={"id": "dns", "executor": "dns"})
    (reason,) = assess(acme(scope=["dns"]), [dns], ()).reasons
    assert (reason.code, reason.steps) == ("domain", ("dns",))


def test_a_risk_from_before_there_were_more_words_is_written_as_it_was() -> None:
    value = Risk(
        level="LOW", reasons=(Reason(code="a", severity="LOW", probability="LOW", text="", mitigation=""),)
    )
    assert set(value.to_json()) == {"level", "reasons", "general"}
    assert "impact" not in value.to_json()["reasons"][0]
