"""T41: a job with a good session key tells of its own leg, and of nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.effects import Answer
from executors.protocol.finding import Finding
from executors.protocol.journal import (
    Intent,
    LegFinished,
    LegStarted,
    Looked,
    Noted,
    Result,
    StepFinished,
    StepStarted,
)
from tests.bot.decide.people import of, switch
from tests.bot.decide.scene import Scene


def test_a_job_cannot_make_its_ledger_too_large_to_read() -> None:
    scene = Scene().to_approved()
    scene.claims("admit")
    scene.claims("execute")
    scene.journals(LegStarted(verb="execute"), LegFinished(outcome="failed", residue=("x" * 900,) * 1_000))
    assert max(len(line.raw) for line in scene.lines) < 128 * 1024
    assert len(scene.case.residue) == 201
    assert scene.case.residue[-1] == "and 800 more; the journal lists them"


LIES: list[Any] = [
    StepStarted(step="dns"),
    StepFinished(step="dns", status="completed", changed=1),
    Looked(step="dns", round=1),
    Intent(step="dns", key="dns/1/0", operation=switch()),
    Result(step="dns", key="dns/1/0", ok=True, undo=switch("v1")),
    Noted(finding=Finding(level="notice", code="fine", message="all is well", step="dns")),
    LegStarted(verb="preview"),
    LegStarted(verb="rollback"),
]


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: f"{lie.entry}-{getattr(lie, 'verb', 'step')}")
def test_a_line_about_another_leg_or_verb_is_refused_with_its_whole_post(lie: Any) -> None:
    scene = Scene().to_approved()
    scene.claims("admit")
    scene.claims("execute")
    steps, ledger = dict(scene.case.steps), len(scene.lines)
    effects = scene.journals(StepStarted(step="website"), lie)
    assert [(one.status, one.body["code"]) for one in of(Answer, effects)] == [(409, "journal_foreign")]
    assert (scene.case.steps, len(scene.lines)) == (steps, ledger)
    effects = scene.journals(LegStarted(verb="execute"), StepStarted(step="website"))
    assert of(Answer, effects)[0].body == {"decision": "go"}, "what is the job's own is taken"
