"""Two legs: each is previewed and carried out in its own environment, in order; nothing of the other is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.effects import Answer, Check, CloseIssue, Deployment, Dispatch, Grant, OpenPull, Record, Say
from bot.domain.ledger import Entry
from bot.domain.leg import Launch, start
from bot.domain.lifecycle import Phase
from bot.domain.messages import Finished, PlanReady, Progress
from bot.domain.turn import Turn
from bot.events.model import RunChanged
from executors.protocol.canonical import canonical
from executors.protocol.journal import LegFinished, LegStarted
from executors.protocol.plan import Risk
from tests.bot.decide.people import AUTHOR, BOSS, BOT, LEAD, OPS, of, policy_of, refusal
from tests.bot.decide.scene import Scene
from tests.bot.decide.two_legs import COPIED, ONE, TWO, approved, erp_done, halfway, opened, preview, website_done
from tests.bot.decide.two_legs import whole_run as run_leg
from tests.bot.domain.acme import POLICY


def run_of(scene: Scene) -> tuple[str, str]:
    run = scene.case.run
    assert run is not None
    return run.leg, run.verb


def envelopes(scene: Scene) -> list[str]:
    assert scene.case.plan is not None
    return [one.leg for one in scene.case.plan.envelopes]


def test_every_leg_is_previewed_one_after_the_other_and_only_then_is_the_plan_done() -> None:
    scene = opened()
    assert run_of(scene) == ("erp", "preview")
    before = scene.token
    effects = preview(scene)
    assert [(one.leg, one.verb) for one in of(Dispatch, effects)] == [("website", "preview")]
    assert (scene.case.phase, scene.case.preview) == (Phase.PREVIEWING, "running")
    assert refusal(scene.says(BOSS, f"/approve {scene.token}")) == "preview_pending"
    between = scene.token
    effects = preview(scene)
    assert not of(Dispatch, effects)
    assert (scene.case.phase, scene.case.preview) == (Phase.VALIDATED, "done")
    assert envelopes(scene) == ["erp", "website"]
    assert len({before, between, scene.token}) == 3
    assert refusal(scene.says(BOSS, f"/approve {between}")) == "approval_stale"
    message = of(Say, effects)[-1].message
    assert isinstance(message, PlanReady)
    assert message.preview == "done"
    assert of(OpenPull, effects)


def test_the_preview_of_an_odoo_reads_in_its_own_environment_and_gets_no_token() -> None:
    scene = opened()
    assert of(Grant, scene.claims("admit"))[0].spec.environment == "erp-read"
    for wrong in (None, "erp", "www"):
        assert of(Answer, scene.claims("execute", environment=wrong))[0].body["code"] == "environment"
    grant = of(Grant, scene.claims("execute", environment="erp-read"))[0]
    assert grant.token_repositories == ()
    assert grant.spec.verb == "preview"


def test_execution_and_rollback_of_an_odoo_take_the_environment_that_may_write() -> None:
    scene = approved()
    assert run_of(scene) == ("erp", "execute")
    assert of(Grant, scene.claims("admit"))[0].spec.environment == "erp"
    for wrong in (None, "erp-read", "www"):
        assert of(Answer, scene.claims("execute", environment=wrong))[0].body["code"] == "environment"
    assert of(Grant, scene.claims("execute", environment="erp"))
    scene = approved()
    run_leg(scene, *erp_done(scene))
    run_leg(scene, outcome="failed")
    assert run_of(scene) == ("erp", "rollback")
    scene.claims("admit")
    assert of(Answer, scene.claims("execute", environment="erp-read"))[0].body["code"] == "environment"
    assert of(Grant, scene.claims("execute", environment="erp"))[0].token_repositories == ()


def test_a_job_that_got_no_token_never_gets_one_later() -> None:
    scene = approved()
    scene.claims("admit")
    scene.claims("execute", environment="erp")
    scene.now += timedelta(minutes=50)
    answer = of(Answer, scene.journals(LegStarted(verb="execute")))[0]
    assert answer.token_repositories == ()


def test_a_preview_that_fails_says_which_and_why_and_only_that_is_asked_for_again() -> None:
    scene = opened()
    preview(scene)
    effects = run_leg(scene, LegFinished(outcome="failed", error="x"), outcome="failed")
    assert (scene.case.phase, scene.case.preview) == (Phase.VALIDATED, "failed")
    message = of(Say, effects)[-1].message
    assert isinstance(message, PlanReady)
    assert message.blocked[0].why.startswith("the preview of website failed")
    assert envelopes(scene) == ["erp"]
    effects = scene.says(BOSS, "/plan")
    assert [(one.leg, one.verb) for one in of(Dispatch, effects)] == [("website", "preview")]
    preview(scene)
    assert (envelopes(scene), scene.case.preview) == (["erp", "website"], "done")
    assert scene.case.version == 1


def test_the_first_preview_that_fails_keeps_the_second_from_beginning() -> None:
    scene = opened()
    effects = scene.ends("failure")
    assert not of(Dispatch, effects)
    assert scene.case.preview == "failed"
    assert [one.leg for one in of(Dispatch, scene.says(BOSS, "/plan"))] == ["erp"]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(["seen", "lost", "again", "late", "approve"]), max_size=8))
def test_a_preview_never_loses_what_another_one_saw(what: list[str]) -> None:
    scene = opened()
    had: set[str] = set()
    for one in what:
        run = scene.case.run
        assert run is not None
        match one:
            case "seen" if run.open:
                preview(scene)
            case "lost" if run.open:
                scene.ends("failure")
            case "again":
                scene.says(BOSS, "/plan")
            case "late":
                _ended_long_ago(scene)
            case "approve" if scene.case.preview != "done":
                assert refusal(scene.says(BOSS, f"/approve {scene.token}")) == "preview_pending"
        assert had <= set(envelopes(scene))
        had = set(envelopes(scene))
        assert (scene.case.preview == "done") is (had == {"erp", "website"})


def _ended_long_ago(scene: Scene) -> None:
    """GitHub tells the end of the first run once more."""
    first = scene.dispatches[0]
    title = f"millwright {scene.key} {first.leg} {first.nonce}"
    before = len(scene.lines)
    if len(scene.dispatches) > 1:
        event = RunChanged(OPS, "completed", 4001, 1, title, "success", BOT, event="workflow_dispatch")
        scene.tell(event)
        assert len(scene.lines) == before


LOW = (COPIED + TWO).replace("LOW: {count: 2}", "LOW: {count: 2, author: true}")


def low(scene: Scene) -> Scene:
    """The same scene with a plan of LOW risk, put in by hand: the planner makes none."""
    plan, policy = scene.case.plan, policy_of(scene.policy_text)
    assert plan is not None
    pinned = policy.slice_digest(policy.products[0], "LOW")
    changed = plan.model_copy(update={"risk": Risk(level="LOW"), "policy": pinned})
    facts = {"leg": "none", "version": 1, "digest": changed.digest, "missing": ["erp", "website"]}
    scene.store([Record(Entry("preview.finished", facts), (canonical(changed.to_json()),))])
    turn = Turn(scene.key, scene.now, scene.case)
    start(turn, Launch(changed.legs[0], "preview", "e" * 32), policy)
    scene.store(of(Record, turn.effects))
    for dispatch in of(Dispatch, turn.effects):
        scene.perform(dispatch)
    return scene


def test_what_a_preview_sees_never_changes_the_digest_under_a_standing_approval() -> None:
    scene = low(opened(LOW))
    assert scene.case.plan is not None
    assert scene.case.plan.risk.level == "LOW"
    token = scene.token
    scene.says(BOSS, f"/approve {token}")
    assert scene.case.phase is Phase.PREVIEWING
    effects = preview(scene)
    assert scene.token == token
    assert [one.login for one in scene.case.approvals] == [BOSS.login]
    assert not of(Dispatch, effects), "what it would see could not be used"
    message = of(Say, effects)[-1].message
    assert isinstance(message, PlanReady)
    assert message.preview == "none needed"
    effects = scene.says(LEAD, f"/approve {token}")
    assert [(one.leg, one.verb) for one in of(Dispatch, effects)] == [("erp", "execute")]


def test_when_the_approval_is_withdrawn_the_preview_goes_on() -> None:
    scene = low(opened(LOW))
    scene.says(BOSS, f"/approve {scene.token}", comment_id=777)
    preview(scene)
    assert envelopes(scene) == []
    effects = scene.changes(777, "deleted", BOSS)
    assert [(one.leg, one.verb) for one in of(Dispatch, effects)] == [("erp", "preview")]
    preview(scene)
    preview(scene)
    assert envelopes(scene) == ["erp", "website"]
    assert scene.case.approvals == ()


def test_an_approval_of_low_risk_between_two_previews_is_of_what_it_names() -> None:
    scene = low(opened(LOW))
    preview(scene)
    between = scene.token
    scene.says(BOSS, f"/approve {between}")
    preview(scene)
    assert scene.token == between
    assert envelopes(scene) == ["erp"]
    assert [one.login for one in scene.case.approvals] == [BOSS.login]


def test_the_ledger_tells_the_same_case_with_the_last_plan_only() -> None:
    scene = low(opened(LOW))
    scene.says(BOSS, f"/approve {scene.token}", comment_id=777)
    preview(scene)
    scene.changes(777, "deleted", BOSS)
    preview(scene)
    preview(scene)
    found = scene.case
    assert [note["login"] for note in found.refused] == [BOSS.login]
    assert found.digest == (found.plan.digest if found.plan else "")


# --- execution --------------------------------------------------------------------------------------------------


def test_legs_are_executed_in_order_each_deployed_where_it_belongs() -> None:
    scene = approved()
    effects = run_leg(scene, *erp_done(scene))
    started = of(Deployment, effects)
    assert [(one.environment, one.state) for one in started] == [("erp", "success"), ("www", "in_progress")]
    assert started[0].url == "https://erp.acme.example"
    assert [(one.leg, one.verb) for one in of(Dispatch, effects)] == [("website", "execute")]
    assert isinstance(of(Say, effects)[-1].message, Progress)
    effects = run_leg(scene, *website_done())
    assert scene.case.phase is Phase.COMPLETED
    assert [(one.environment, one.state) for one in of(Deployment, effects)] == [("www", "success")]
    message = of(Say, effects)[-1].message
    assert isinstance(message, Finished)
    assert (message.url, message.also) == ("http://127.0.0.1:8080", ("https://erp.acme.example",))
    assert of(CloseIssue, effects)


def test_the_costs_and_artifacts_of_all_legs_are_kept() -> None:
    scene = halfway()
    run_leg(scene, *website_done())
    assert [line["what"] for line in scene.case.costs] == [
        f"{leg} {verb} / Execute" for verb in ("preview", "execute") for leg in ("erp", "website")
    ]
    assert [(run.leg, bool(run.kept)) for run in scene.case.every_run if run.verb == "execute"] == [
        ("erp", True),
        ("website", True),
    ]


def test_cancelling_the_second_leg_keeps_the_first_and_offers_to_take_it_back() -> None:
    scene = halfway()
    scene.says(BOSS, "/cancel")
    assert scene.case.phase is Phase.EXECUTING, "it is asked to stop"
    effects = scene.ends("failure")
    assert scene.case.phase is Phase.CANCELLED
    message = of(Say, effects)[-1].message
    assert isinstance(message, Finished)
    assert message.next.startswith("`/rollback`")
    assert message.stands


def test_an_edit_after_the_first_leg_recalls_nothing() -> None:
    scene = halfway()
    scene.edits(scene.body.replace("Acme Consulting", "Acme Advice"), AUTHOR)
    assert scene.case.phase is Phase.EXECUTING
    assert scene.case.version == 1


@pytest.mark.parametrize("twice", [False, True])
def test_the_end_of_the_first_leg_told_again_starts_nothing(twice: bool) -> None:
    scene = halfway()
    count = len(scene.dispatches)
    run_ids = [run.run_id for run in scene.case.runs if run.verb == "execute"]
    for _ in range(1 + twice):
        title = f"millwright {scene.key} erp {scene.case.runs[-1].nonce}"
        event: Any = RunChanged(
            OPS, "completed", run_ids[0] or 0, 1, title, "success", BOT, event="workflow_dispatch"
        )
        scene.tell(event)
    assert len(scene.dispatches) == count
    assert run_of(scene) == ("website", "execute")


def test_a_plan_of_one_leg_deploys_to_the_products_place() -> None:
    scene = Scene(policy_text=POLICY + ONE).to_approved()
    assert scene.case.run is not None
    assert scene.case.run.place == "www"
    checks = of(Check, scene.executes())
    assert [one.report.name for one in checks] == ["run", "cost"]
