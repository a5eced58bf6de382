"""Runs that end, get lost or are not ours, and what follows from each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.effects import Answer, CancelRun, Check, CloseIssue, Deployment, Dispatch, Say, Seal, Timer
from bot.domain.lifecycle import Phase
from bot.domain.messages import Finished
from bot.events.model import EffectFailed, RunChanged
from executors.protocol.finding import Finding
from executors.protocol.journal import Intent, LegFinished, LegStarted, Noted, Result, StepFinished
from tests.bot.decide.people import BOSS, BOT, OPS, REPO, of, refusal, switch
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


def test_findings_become_annotations_of_the_run_check() -> None:
    scene = running()
    finding = Finding(level="warning", code="slow", message="slow page")
    scene.journals(LegStarted(verb="execute"), Noted(finding=finding), LegFinished(outcome="completed"))
    scene.done()
    checks = of(Check, scene.ends())
    assert checks[0].annotations == (finding,)
    assert checks[0].conclusion == "success"


def test_a_run_that_took_everything_back_ends_rolled_back_and_open() -> None:
    scene = Scene().to_approved()
    back = StepFinished(step="deploy", status="rolled_back")
    effects = scene.executes("rolled_back", back)
    assert scene.case.phase is Phase.ROLLED_BACK
    assert scene.case.steps["deploy"] == "rolled_back"
    assert of(Deployment, effects)[0].state == "failure"
    assert of(Check, effects)[0].conclusion == "failure"
    assert of(Seal, effects)[0].outcome == "rolled_back"
    assert not of(CloseIssue, effects)
    message = of(Say, effects)[-1].message
    assert isinstance(message, Finished)
    assert message.next == "`/plan`"


def test_what_could_not_be_taken_back_is_listed_and_the_case_has_failed() -> None:
    scene = running()
    scene.journals(LegStarted(verb="execute"), INTENT, LegFinished(outcome="failed", residue=("release v2",)))
    scene.done("failed")
    effects = scene.ends("failure")
    assert scene.case.phase is Phase.FAILED
    assert scene.case.residue == ("release v2",)
    message = of(Say, effects)[-1].message
    assert isinstance(message, Finished)
    assert "/retry" in message.next


def test_a_failed_leg_is_retried_by_a_person_with_a_new_nonce() -> None:
    scene = Scene().to_approved()
    scene.executes("failed")
    effects = scene.says(BOSS, "/retry")
    assert len({dispatch.nonce for dispatch in scene.dispatches}) == 3
    assert of(Dispatch, effects)[0].verb == "execute"
    scene.executes()
    assert scene.case.phase is Phase.COMPLETED


def test_a_lost_run_with_an_open_intent_is_looked_after_once() -> None:
    scene = running()
    scene.journals(LegStarted(verb="execute"), INTENT)
    effects = scene.ends("failure")
    assert of(Dispatch, effects)[0].verb == "execute"
    assert scene.case.run is not None
    assert scene.case.run.auto
    scene.claims("admit")
    scene.claims("execute")
    scene.journals(LegStarted(verb="execute", resumed=1))
    effects = scene.ends("failure")
    assert not of(Dispatch, effects), "once, and no more"
    assert scene.case.phase is Phase.FAILED


def test_a_lost_run_without_an_open_intent_has_failed() -> None:
    scene = running()
    scene.journals(LegStarted(verb="execute"), INTENT, RESULT)
    effects = scene.ends("cancelled")
    assert not of(Dispatch, effects)
    assert scene.case.phase is Phase.FAILED
    assert "leg.lost" in scene.types()


def test_a_preview_that_is_lost_can_be_asked_for_again() -> None:
    scene = Scene()
    scene.opens()
    scene.ends("failure")
    assert scene.case.phase is Phase.VALIDATED
    assert scene.case.preview == "failed"
    assert refusal(scene.says(BOSS, f"/approve {scene.token}")) == "preview_pending"
    effects = scene.says(BOSS, "/plan")
    assert of(Dispatch, effects)[0].verb == "preview"
    assert scene.case.version == 1


def test_a_run_that_nobody_claimed_in_time_is_lost() -> None:
    scene = Scene().to_approved()
    assert scene.case.run is not None
    effects = scene.due("run-look", timedelta(minutes=15), nonce=scene.case.run.nonce)
    assert of(CancelRun, effects)
    assert scene.case.phase is Phase.FAILED


def test_a_claimed_run_that_goes_on_is_looked_at_again() -> None:
    scene = running()
    run = scene.case.run
    assert run is not None
    scene.artifact = None
    scene.ends(status="in_progress", conclusion=None)
    assert scene.case.phase is Phase.EXECUTING
    effects = scene.due("run-look", timedelta(minutes=10), nonce=run.nonce)
    assert of(Timer, effects)[0].key == f"run:{run.nonce}"


def test_a_run_whose_end_nobody_told_us_is_found_by_the_timer() -> None:
    scene = running()
    run = scene.case.run
    assert run is not None
    scene.journals(LegStarted(verb="execute"), LegFinished(outcome="completed"))
    timers = of(Timer, scene.done())
    scene.ends(status="in_progress", conclusion=None)
    assert scene.run is not None
    from dataclasses import replace

    scene.run = replace(scene.run, status="completed", conclusion="success")
    scene.due(timers[0].name, timedelta(seconds=30), **timers[0].data)
    assert scene.case.phase is Phase.COMPLETED


def test_a_timer_of_an_earlier_run_means_nothing() -> None:
    scene = running()
    assert scene.due("run-look", nonce="0" * 32) == []


def changed(scene: Scene, **facts: Any) -> list[Any]:
    run = scene.case.run
    assert run is not None
    words: dict[str, Any] = {
        "repo": OPS,
        "action": "completed",
        "run_id": run.run_id,
        "attempt": 1,
        "title": f"millwright {scene.key} {run.leg} {run.nonce}",
        "conclusion": "success",
        "actor": BOT,
        "event": "workflow_dispatch",
    }
    return scene.tell(RunChanged(**(words | facts)))


@pytest.mark.parametrize("facts", [{"run_id": 1}, {"repo": REPO}, {"attempt": 2}])
def test_a_run_that_is_not_the_dispatched_one_changes_nothing(facts: dict[str, Any]) -> None:
    scene = running()
    assert changed(scene, **facts) == []
    assert scene.case.phase is Phase.EXECUTING
    assert scene.case.run is not None
    assert scene.case.run.open


def test_a_second_attempt_is_noted_in_the_ledger() -> None:
    scene = running()
    changed(scene, attempt=2)
    assert scene.types()[-1] == "run.ignored"


def test_a_run_of_another_actor_is_never_believed() -> None:
    scene = running()
    scene.journals(LegStarted(verb="execute"), LegFinished(outcome="completed"))
    scene.done()
    scene.ends(actor=2)
    assert scene.case.phase is Phase.FAILED


def test_a_dispatch_that_github_refuses_ends_the_leg() -> None:
    scene = Scene().to_approved()
    run = scene.case.run
    assert run is not None
    scene.tell(EffectFailed(scene.key, "Dispatch", f"dispatch:{run.nonce}", "403 Resource not accessible"))
    assert scene.case.phase is Phase.FAILED
    assert "403" in scene.case.failure


def test_the_costs_of_all_runs_add_up() -> None:
    scene = Scene().to_approved()
    scene.executes()
    assert [line["what"] for line in scene.case.costs] == [
        "website preview / Execute",
        "website execute / Execute",
    ]
    assert all(line["billed_minutes"] == 2 for line in scene.case.costs), "61 seconds are two minutes"
    assert {line["currency"] for line in scene.case.costs} == {"EUR"}


def test_a_run_whose_id_the_dispatch_did_not_tell_is_known_by_its_name() -> None:
    scene = Scene().to_approved()
    run = scene.case.run
    assert run is not None
    scene.lines = [line for line in scene.lines if line.entry.data.get("key") != f"dispatch:{run.nonce}"]
    assert scene.case.run is not None
    assert scene.case.run.run_id is None
    changed(scene, action="requested", run_id=888, actor=BOSS)
    assert scene.case.run.run_id is None, "only what our App started is ours"
    changed(scene, action="requested", run_id=888)
    assert scene.case.run.run_id == 888
    assert scene.lines[-1].entry.alias == "run:888"
