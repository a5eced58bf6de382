"""The page for administrators: each worked example is a policy that is taken, and asks what the page says."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot import commands
from bot.domain.gates import asks
from bot.domain.policy import Policy, parse
from tests.bot.domain.test_gates import case

PAGE = (Path(__file__).parents[2] / ".github" / "GATES.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
BASE, EXAMPLES = BLOCKS[1], BLOCKS[2:]


def read(more: str) -> Policy:
    found = parse(BASE.replace("https://www.acme.example", "http://127.0.0.1:8080") + more)
    assert isinstance(found, Policy), found
    return found


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_worked_example_is_a_policy_that_is_taken(example: str) -> None:
    read(example)


def example(word: str) -> Policy:
    return read(next(one for one in EXAMPLES if word in one))


def asked(word: str, level: str) -> list[tuple[str, int, bool, int]]:
    found = case(level)  # type: ignore[arg-type]
    assert found.plan is not None
    plan = found.plan.model_copy(update={"legs": found.plan.legs[1:]})
    of = replace(found, plan=plan, digest=plan.digest)
    return [(one.name, one.count, one.author, one.hours) for one in asks(of, example(word))]


def test_the_examples_ask_what_the_page_says() -> None:
    assert asked("solo", "HIGH") == [("plan", 1, True, 72)]
    assert asked("expiry_hours: 24", "MEDIUM") == [("plan", 2, False, 24)]
    assert asked("compliance", "MEDIUM") == [("plan", 1, False, 72), ("compliance", 1, False, 72)]
    assert asked("acceptance", "LOW") == [("plan", 1, True, 72), ("acceptance", 2, True, 72)]
    assert asked("release", "HIGH") == [("plan", 2, False, 72), ("release", 1, False, 8)]
    assert asked("release", "MEDIUM") == [("plan", 1, False, 72)]
    assert asked("mode: auto", "CRITICAL") == [("plan", 2, False, 72), ("production", 1, False, 72)]


def test_every_command_stands_with_the_role_that_it_takes() -> None:
    named = set(re.findall(r"`/([a-z]+)", PAGE))
    assert {one.name for one in commands.commands()} <= named
