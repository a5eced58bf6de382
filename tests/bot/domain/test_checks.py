"""The policy's checks: what may stand there, and the leg of foreign code that a plan makes of them (T57)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.faults import Fault
from bot.domain.planner import plan_for
from bot.domain.policy import Policy, parse
from executors.protocol.plan import Plan
from tests.bot.domain.acme import POLICY, acme, erp_text, plan_inputs, planned, policy

LINKS = """
checks:
  - name: links
    run: [python3, checks/links.py, site]
    files: [checks/links.py]
    timeout_seconds: 60
  - name: words
    run: [sh, -c, "grep -r Acme site"]
"""
FILES = {"checks/links.py": "5" * 64}


def with_checks(**changes: Any) -> Plan:
    return planned(plan_inputs(rules=policy(LINKS)), check_files=FILES, **changes)


def test_the_checks_are_a_leg_of_their_own_before_every_other() -> None:
    plan = with_checks()
    assert [(leg.id, leg.foreign) for leg in plan.legs] == [("checks", True), ("website", False)]
    checks = plan.legs[0]
    assert checks.steps == ("check-links", "check-words")
    assert (checks.environment, checks.secrets, checks.hosts) == (None, (), ())
    assert set(plan.step("deploy").depends_on) == {"website", "check-links", "check-words"}


def test_they_come_before_an_erp_is_touched() -> None:
    rules = parse(erp_text() + LINKS)
    assert isinstance(rules, Policy)
    plan = planned(plan_inputs(acme(scope=["website", "erp"]), rules), check_files=FILES)
    assert [leg.id for leg in plan.legs] == ["checks", "erp", "website"]


def test_the_plan_holds_the_command_word_by_word_and_its_files_by_digest() -> None:
    inputs = with_checks().step("check-links").inputs
    assert inputs["command"] == ["python3", "checks/links.py", "site"]
    assert inputs["files"] == [{"path": "checks/links.py", "sha256": "5" * 64}]
    assert (inputs["site"], inputs["timeout_seconds"]) == ("website", 60)
    assert with_checks().step("check-links").limits.retries == 0


def test_another_file_or_another_word_is_another_plan() -> None:
    first = with_checks().digest
    other = planned(plan_inputs(rules=policy(LINKS)), check_files={"checks/links.py": "6" * 64})
    words = policy(LINKS.replace("grep -r", "grep -R"))
    assert first != other.digest
    assert first != planned(plan_inputs(rules=words), check_files=FILES).digest
    product = words.products[0]
    assert policy(LINKS).slice_digest(product, "LOW") != words.slice_digest(product, "LOW")


def test_a_file_that_is_not_there_is_a_fault_that_names_it() -> None:
    found = plan_for(replace(plan_inputs(rules=policy(LINKS)), check_files={}))
    assert isinstance(found, tuple)
    assert [fault.message for fault in found if isinstance(fault, Fault)] == [
        "links: checks/links.py is not on the default branch of the product repository"
    ]


def test_where_nobody_can_look_the_checks_are_left_out_and_that_is_said() -> None:
    plan = planned(plan_inputs(rules=policy(LINKS)))
    assert [leg.id for leg in plan.legs] == ["website"]
    assert any("links, words" in note and "Left out" in note for note in plan.notes)


def test_without_a_website_there_is_nothing_to_check() -> None:
    rules = parse(erp_text() + LINKS)
    assert isinstance(rules, Policy)
    plan = planned(plan_inputs(acme(scope=["erp"]), rules), check_files={})
    assert "checks" not in [leg.id for leg in plan.legs]


def test_the_estimate_counts_the_three_jobs_of_the_leg() -> None:
    without, with_them = planned(), with_checks()
    assert with_them.estimate.minutes_low >= without.estimate.minutes_low
    assert with_them.estimate.cost_low != without.estimate.cost_low


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("files: [../x.py]", "is no path of a file"),
        ("files: [/etc/passwd]", "is no path of a file"),
        ("files: [site/x.py]", "is no path of a file"),
        ("files: [.git/config]", "is no path of a file"),
        ("files: [a.py, a.py]", "twice"),
        ('run: [sh, "a\\x00b"]', "control character"),
        ("run: []", ""),
        ("timeout_seconds: 3601", ""),
        ("environment: production", ""),
        ("secrets: [SITE_KEY]", ""),
    ],
)
def test_what_a_check_may_not_say_is_refused_with_its_line(line: str, words: str) -> None:
    run = "" if line.startswith("run") else "    run: [python3]\n"
    found = parse(f"{POLICY}checks:\n  - name: links\n{run}    {line}\n")
    assert isinstance(found, tuple), found
    assert any(words in fault.message for fault in found)
    assert all(fault.line for fault in found)


def test_two_checks_of_one_name_are_refused() -> None:
    found = parse(POLICY + LINKS + "  - name: links\n    run: [true]\n".replace("[true]", '["true"]'))
    assert isinstance(found, tuple)
    assert "occurs twice" in found[0].message
