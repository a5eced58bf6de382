"""Journal lines and the bundle manifest: what is stored, acknowledged, refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.effects import Answer, Say
from bot.domain.facts import ArtifactFacts
from bot.domain.lifecycle import Phase
from bot.domain.messages import Progress
from executors.protocol.journal import Intent, LegFinished, LegStarted, Result, StepStarted
from tests.bot.decide.people import of, switch
from tests.bot.decide.scene import Scene

INTENT = Intent(step="deploy", key="deploy/1/0", operation=switch())
RESULT = Result(step="deploy", key="deploy/1/0", ok=True, undo=switch("v1"))


def running() -> Scene:
    scene = Scene().to_approved()
    scene.claims("admit")
    scene.claims("execute")
    return scene


def code(effects: list[Any]) -> tuple[int, str]:
    found = of(Answer, effects)[0]
    return found.status, str(found.body.get("code", found.body.get("decision", "")))


def test_lines_are_stored_before_they_are_acknowledged_and_progress_is_shown() -> None:
    scene = running()
    effects = scene.journals(LegStarted(verb="execute"), StepStarted(step="website"))
    assert code(effects) == (200, "go")
    assert isinstance(effects[0], Answer), "the job waits: it is answered first"
    assert isinstance(of(Say, effects)[0].message, Progress)
    assert scene.case.steps["website"] == "running"
    assert scene.case.run is not None
    assert all(digest in scene.blobs for digest in scene.case.run.journal)


def test_lines_that_are_known_are_acknowledged_and_not_stored_twice() -> None:
    scene = running()
    scene.journals(LegStarted(verb="execute"), StepStarted(step="website"))
    before = len(scene.lines)
    assert code(scene.journals(LegStarted(verb="execute"), StepStarted(step="website"), first=1)) == (200, "go")
    assert len(scene.lines) == before


def test_a_post_that_overlaps_adds_its_new_lines_only() -> None:
    scene = running()
    scene.journals(LegStarted(verb="execute"))
    scene.journals(LegStarted(verb="execute"), StepStarted(step="website"), first=1)
    assert scene.case.run is not None
    assert scene.case.run.lines == 2


def test_a_gap_in_the_journal_is_refused_with_the_line_that_is_expected() -> None:
    scene = running()
    effects = scene.journals(LegStarted(verb="execute"), first=3)
    assert code(effects) == (409, "journal_gap")
    assert "line 1" in str(of(Answer, effects)[0].body["why"])


def test_another_session_key_is_refused() -> None:
    scene = running()
    assert code(scene.journals(LegStarted(verb="execute"), session="0" * 64)) == (403, "session")


def test_a_session_key_dies_with_its_leg() -> None:
    scene = Scene().to_approved()
    scene.executes()
    assert code(scene.journals(LegStarted(verb="execute"))) == (409, "leg_closed")


def test_a_bundle_that_is_not_what_was_journalled_is_refused() -> None:
    scene = running()
    scene.journals(LegStarted(verb="execute"), LegFinished(outcome="completed"))
    assert code(scene.done(lines=1)) == (409, "journal_incomplete")
    assert code(scene.done("rolled_back")) == (409, "outcome")
    assert code(scene.done(leg="other")) == (409, "leg_unknown")
    assert of(Answer, scene.done())[0].body == {"accepted": True}
    assert of(Answer, scene.done())[0].body == {"accepted": True}, "the same bundle again is the same answer"
    assert code(scene.done(summary="another")) == (409, "leg_done")


def test_a_job_that_died_before_its_report_may_say_that_it_failed() -> None:
    scene = running()
    scene.journals(LegStarted(verb="execute"))
    assert of(Answer, scene.done("failed", lines=0))[0].status == 200


ARTIFACTS: list[ArtifactFacts | None] = [
    None,
    ArtifactFacts(5, f"sha256:{'7' * 64}", 1, files={"report.json": "9" * 64}),
    ArtifactFacts(5, f"sha256:{'8' * 64}", 1, files={"report.json": "6" * 64}),
    ArtifactFacts(5, f"sha256:{'8' * 64}", 1, files={"report.json": "9" * 64, "more": "9" * 64}),
    ArtifactFacts(5, f"sha256:{'8' * 64}", 1, faults=("the download is something else",)),
]


@pytest.mark.parametrize("artifact", ARTIFACTS)
def test_an_artifact_that_is_not_the_reported_one_fails_the_leg(artifact: ArtifactFacts | None) -> None:
    scene = running()
    scene.journals(LegStarted(verb="execute"), LegFinished(outcome="completed"))
    scene.done()
    scene.artifact = artifact
    scene.ends()
    assert scene.case.phase is Phase.FAILED
    assert "artifact" in scene.case.failure


def test_the_app_token_of_a_long_run_is_renewed_once_when_it_grows_old() -> None:
    scene = running()
    scene.journals(LegStarted(verb="execute"), StepStarted(step="website"))
    scene.now += timedelta(minutes=46)
    renewed = of(Answer, scene.journals(StepStarted(step="deploy")))[0]
    assert renewed.token_repositories == (scene.case.repo.id,)
    assert of(Answer, scene.journals(INTENT))[0].token_repositories == ()
