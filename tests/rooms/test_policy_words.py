"""What the check run of a proposed policy says, as it is read; and nothing in it gets out of its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import say
from bot.domain.faults import Fault
from bot.domain.policy_words import GateChange, PolicyChecked, RuleChange
from bot.domain.proposed import OpenPlan
from bot.say.budget import CHECK_TEXT
from tests.rooms.test_messages import HOSTILE
from tests.samples_policy import BROKEN, CHECKED, SAMPLES

GOLDEN = Path(__file__).parent / "golden"


def text_of(checked: PolicyChecked) -> str:
    output = say.policy(checked)
    return f"# {output.title}\n\n{output.summary}\n\n{output.text}\n"


@pytest.mark.parametrize("name", SAMPLES)
def test_it_reads_as_its_golden_file(name: str) -> None:
    path = GOLDEN / f"check_{name}.md"
    assert text_of(SAMPLES[name]) == path.read_text("utf-8"), f"look at it, then write it to {path.name}"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_a_stranger_wrote_stays_text(hostile: str) -> None:
    gate = GateChange((hostile,), ("LOW",), hostile, hostile, hostile, (hostile,))
    plan = OpenPlan(hostile, 1, hostile, "LOW", "")
    text = text_of(replace(CHECKED, gates=(gate,), rules=(RuleChange(hostile, hostile, hostile),), stale=(plan,)))
    text += text_of(replace(BROKEN, faults=(Fault(hostile, hostile, hostile, 1, hostile),)))
    for line in text.splitlines():
        bare = "".join(part for n, part in enumerate(line.split("`")) if n % 2 == 0) if "```" not in line else ""
        assert "@octocat" not in bare
        assert "<img" not in bare
        assert "](" not in bare
    cells = {line.count("|") for line in text.splitlines() if line.startswith("| ")}
    assert cells <= {4, 5, 6}, "no cell more or less than the heads have"


def test_hundreds_of_each_are_counted_not_shown() -> None:
    gates = tuple(GateChange(("WEB",), ("LOW",), f"g{n}", "x" * 400, "y" * 400) for n in range(900))
    plans = tuple(OpenPlan("acme/website", n, f"WEB-{n}", "LOW", "") for n in range(900))
    output = say.policy(replace(CHECKED, gates=gates, stale=plans, is_whole=False))
    assert len(output.summary) <= CHECK_TEXT
    assert len(output.text) <= CHECK_TEXT
    assert "and 860 more" in output.text
    assert "900 or more open plans" in output.summary
