"""What happens to an issue, and what that does to its plan, its approvals and its run."""

from __future__ import annotations

import pytest

from bot.domain.effects import Check, Dispatch, OpenPull, Say
from bot.domain.lifecycle import Phase
from bot.domain.messages import (
    ApprovalsVoid,
    BriefingFaults,
    NoPolicy,
    PlanReady,
)
from bot.domain.replies import Happened
from tests.bot.decide.people import AUTHOR, BOSS, BOT, LEAD, OUTSIDER, TRIAGER, briefing, of, refusal
from tests.bot.decide.scene import Scene
from tests.bot.domain.acme import POLICY

OTHER = briefing(**{"Acme Consulting": "Acme Advice"})
TWO = POLICY + "approval:\n  MEDIUM: {count: 2}\n"


def validated(**fields: object) -> Scene:
    scene = Scene(**fields)  # type: ignore[arg-type]
    scene.opens()
    scene.previews()
    return scene


# --- opening ----------------------------------------------------------------------------------------------------


def test_an_issue_without_our_label_is_none_of_ours() -> None:
    scene = Scene(labels=("bug",))
    assert scene.opens() == []
    assert scene.fold() is None


def test_opened_and_labeled_are_one_plan() -> None:
    scene = Scene()
    scene.opens()
    before = len(scene.lines)
    assert scene.happens("labeled", label="capability:business") == []
    assert len(scene.lines) == before


def test_a_label_that_comes_later_opens_the_case() -> None:
    scene = Scene()
    scene.happens("labeled", label="capability:business")
    assert scene.case.version == 1


def test_our_own_labels_need_no_facts_and_do_nothing() -> None:
    scene = Scene()
    scene.opens()
    assert scene.happens("labeled", BOT, label="state:previewing") == []


def test_a_display_id_comes_from_its_label() -> None:
    scene = Scene(labels=("capability:business", "capability:SHOP-12"))
    effects = scene.opens()
    assert scene.case.display_id == "SHOP-12"
    assert ".millwright/SHOP-12/plan.json" in of(OpenPull, effects)[0].files


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (("capability:busines",), "no kind"),
        (("capability:service",), "not available in this release"),
        (("capability:change",), "not available in this release"),
        (("capability:business", "capability:service"), "several kinds"),
        (("capability:business", "capability:A2-1", "capability:B2-2"), "several ids"),
        (("capability:../../x",), "no kind"),
    ],
)
def test_a_label_we_cannot_follow_is_answered_by_name(labels: tuple[str, ...], words: str) -> None:
    scene = Scene(labels=labels)
    effects = scene.opens()
    message = of(Say, effects)[0].message
    assert isinstance(message, BriefingFaults)
    assert words in message.faults[0].message
    assert scene.case.phase is Phase.DRAFT
    assert not of(Dispatch, effects)


def test_faults_come_back_field_by_field_and_an_edit_tries_again() -> None:
    scene = Scene(body=briefing(**{"business_name:": "busines_name:"}))
    effects = scene.opens()
    message = of(Say, effects)[0].message
    assert isinstance(message, BriefingFaults)
    assert len(message.faults) >= 2
    assert scene.case.phase is Phase.DRAFT
    scene.edits(briefing())
    assert scene.case.phase is Phase.PREVIEWING
    assert scene.case.version == 1


def test_an_edit_that_breaks_the_briefing_leads_back_to_draft() -> None:
    scene = validated()
    scene.edits("nothing")
    assert scene.case.phase is Phase.DRAFT
    assert refusal(scene.says(BOSS, f"/approve {scene.token}")) == "wrong_phase"


def test_without_a_policy_that_is_said_and_nothing_is_planned() -> None:
    scene = Scene(blob_now="")
    scene.pin = lambda: None  # type: ignore[assignment, method-assign]
    effects = scene.opens()
    message = of(Say, effects)[0].message
    assert isinstance(message, NoPolicy)
    assert "workflow" in message.faults[0].next
    assert scene.case.plan is None


def test_a_product_that_the_policy_does_not_name_is_refused_by_name() -> None:
    scene = Scene(policy_text=POLICY.replace("acme/website", "acme/other"))
    message = of(Say, scene.opens())[0].message
    assert isinstance(message, BriefingFaults)
    assert "acme/website" in message.faults[0].message


# --- people below triage (T60) ----------------------------------------------------------------------------------


def test_t04_an_outsiders_issue_is_a_comment_and_nothing_else() -> None:
    scene = Scene(author=OUTSIDER)
    effects = scene.opens()
    assert not of(OpenPull, effects)
    assert not of(Check, effects)
    assert not of(Dispatch, effects)
    message = of(Say, effects)[0].message
    assert isinstance(message, PlanReady)
    assert message.comment_only


def test_t10_an_edit_while_a_leg_runs_is_answered_and_changes_nothing_of_it() -> None:
    scene = Scene().to_approved()
    scene.claims("admit")
    scene.claims("execute")
    version, phase = scene.case.version, scene.case.phase
    effects = scene.edits(briefing(**{"IT Consulting": "Poetry"}))
    said = [say.message for say in of(Say, effects) if isinstance(say.message, Happened)]
    assert len(said) == 1
    assert "as it was approved" in said[0].what
    assert (scene.case.version, scene.case.phase) == (version, phase)


def test_an_outsider_cannot_publish_by_asking() -> None:
    scene = Scene(author=OUTSIDER)
    scene.opens()
    effects = scene.says(OUTSIDER, "/plan")
    assert refusal(effects) == "no_role"
    assert not of(OpenPull, effects)


def test_somebody_with_triage_publishes_with_plan() -> None:
    scene = Scene(author=OUTSIDER)
    scene.opens()
    effects = scene.says(TRIAGER, "/plan")
    assert of(OpenPull, effects)
    assert of(Dispatch, effects)[0].verb == "preview"
    assert scene.case.version == 1
    assert scene.case.publish


def test_an_outsiders_edit_is_not_published_by_the_plan_of_before() -> None:
    scene = Scene(author=OUTSIDER)
    scene.opens()
    scene.says(TRIAGER, "/plan")
    effects = scene.edits(OTHER, OUTSIDER)
    assert scene.case.version == 2
    assert not scene.case.publish
    assert not of(OpenPull, effects)
    assert not of(Dispatch, effects)


def test_plan_on_an_issue_without_label_opens_a_case() -> None:
    scene = Scene(labels=())
    scene.says(TRIAGER, "/plan")
    assert scene.case.version == 1
    assert scene.case.author == AUTHOR


def test_other_commands_on_an_issue_that_is_none_of_ours_do_nothing() -> None:
    scene = Scene(labels=())
    for words in ("/status", "/approve v1-000000000000", "/help", "/shrug", "/cancel"):
        assert scene.says(BOSS, words) == []


# --- edits ------------------------------------------------------------------------------------------------------


def test_t10_an_edit_makes_a_new_version_and_says_what_changed() -> None:
    scene = validated(policy_text=TWO)
    scene.says(BOSS, f"/approve {scene.token}")
    effects = scene.edits(OTHER)
    assert scene.case.version == 2
    assert scene.case.approvals == ()
    first = of(Say, effects)[0].message
    assert isinstance(first, PlanReady)
    assert "v1 → v2" in first.superseded
    void = [say.message for say in of(Say, effects) if isinstance(say.message, ApprovalsVoid)]
    assert void[0].logins == ("bert",)
    assert refusal(scene.says(LEAD, "/approve v1-" + "0" * 12)) == "approval_stale"


def test_a_title_alone_changes_nothing() -> None:
    scene = validated()
    digest = scene.token
    assert scene.happens("edited", body_changed=False) == []
    assert scene.token == digest


def test_an_edit_that_gives_the_same_plan_keeps_it_and_its_approvals() -> None:
    scene = validated(policy_text=TWO)
    scene.says(BOSS, f"/approve {scene.token}")
    scene.edits(scene.body.replace("\n```\n", "\n\n```\n"))
    assert scene.case.version == 1
    assert len(scene.case.approvals) == 1


def test_an_editor_who_is_not_the_author_is_remembered() -> None:
    scene = validated()
    scene.edits(OTHER, LEAD)
    assert scene.case.editors == {LEAD.id}
    scene.previews()
    assert refusal(scene.says(LEAD, f"/approve {scene.token}")) == "self_approval"


def test_an_edit_while_a_job_is_at_work_waits() -> None:
    scene = Scene().to_approved()
    scene.claims("admit")
    scene.claims("execute")
    scene.edits(OTHER)
    assert scene.case.phase is Phase.EXECUTING
    assert scene.case.version == 1


def test_an_edit_after_the_end_waits_for_plan() -> None:
    scene = Scene().to_approved()
    scene.executes("rolled_back")
    scene.edits(OTHER)
    assert scene.case.version == 1
    effects = scene.says(BOSS, "/plan")
    assert scene.case.version == 2
    assert of(Dispatch, effects)[0].verb == "preview"
