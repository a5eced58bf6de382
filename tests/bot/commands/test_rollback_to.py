"""`/rollback <to-step>`: everything after the step goes, the step and what came before it stay."""

from __future__ import annotations

import pytest

from bot.domain.effects import Dispatch, Effect, Grant, Say
from bot.domain.lifecycle import Phase
from bot.domain.messages import CommandRefused, Finished, GateOpen
from bot.domain.replies import Retried
from executors.protocol.journal import StepFinished, StepStarted
from tests.bot.decide.people import BOSS, LEAD, of, refusal
from tests.bot.decide.scene import Scene
from tests.bot.decide.two_legs import (
    BARE,
    COPIED,
    ONE,
    TWO,
    approved,
    completed,
    erp_back,
    erp_done,
    website_back,
    website_done,
    whole_run,
)

GATE = "gates:\n  - {name: release, before: www}\n"


def why(effects: list[Effect]) -> str:
    return next(one.message.refused.why for one in of(Say, effects) if isinstance(one.message, CommandRefused))


def test_the_legs_after_it_go_wholly_and_its_own_stays() -> None:
    scene = completed(COPIED + ONE)
    effects = scene.says(BOSS, "/rollback erp-modules")
    assert [(one.leg, one.verb) for one in of(Dispatch, effects)] == [("website", "rollback")]
    effects = whole_run(scene, *website_back(), outcome="rolled_back")
    assert not of(Dispatch, effects), "the leg of the ERP is left alone"
    assert scene.case.phase is Phase.FAILED
    assert scene.case.kept == "erp-modules"
    assert scene.case.legs_done == {"erp"}
    shown = next(one.message for one in of(Say, effects) if isinstance(one.message, Finished))
    assert "erp-modules" in shown.stands
    assert "/retry" in shown.next


def test_the_job_is_told_which_step_stays_only_in_the_leg_that_has_it() -> None:
    scene = completed(BARE + ONE)
    scene.says(BOSS, "/rollback erp-company")
    assert scene.case.phase is Phase.ROLLING_BACK, "one approval is enough, and asking is one"
    scene.claims("admit")
    first = of(Grant, scene.claims("execute"))[0].spec
    assert (first.leg, first.rollback_to) == ("website", None)
    end(scene, *website_back())
    scene.claims("admit")
    second = of(Grant, scene.claims("execute"))[0].spec
    assert (second.leg, second.rollback_to, second.by_decision) == ("erp", "erp-company", True)


def end(scene: Scene, *bodies: object) -> list[Effect]:
    """The claimed run journals this and was a rollback that left nothing of what it was to take back."""
    from executors.protocol.journal import LegFinished, LegStarted

    scene.journals(LegStarted(verb="rollback"), *bodies, LegFinished(outcome="rolled_back"))
    scene.done("rolled_back")
    return scene.ends()


def test_only_what_goes_is_asked_about_at_the_gate() -> None:
    scene = completed(BARE + TWO)
    effects = scene.says(BOSS, "/rollback erp-modules")
    assert of(Dispatch, effects), "what is lossy stays, so nobody has to decide"

    scene = completed(BARE + TWO)
    effects = scene.says(BOSS, "/rollback erp-company")
    assert scene.case.phase is Phase.WAITING
    gate = scene.case.gate
    assert gate is not None
    assert [one.step for one in gate.lossy] == ["erp-modules"]
    assert gate.steps == ("deploy", "erp-modules")
    shown = next(one.message for one in of(Say, effects) if isinstance(one.message, GateOpen))
    assert shown.case.rollback_to == "erp-company"
    assert of(Dispatch, scene.says(LEAD, f"/approve rollback {scene.token}"))


def two_modules(scene: Scene) -> list[object]:
    """The ERP's run copies the database in one step, and installs a module in the next."""
    return [
        StepStarted(step="erp-company"),
        *erp_done(scene),
        StepFinished(step="erp-company", status="completed", changed=1),
    ]


def test_a_copy_of_which_a_part_stays_restores_nothing_so_people_decide() -> None:
    scene = approved(COPIED + TWO)
    whole_run(scene, *two_modules(scene))
    whole_run(scene, *website_done())
    assert scene.case.phase is Phase.COMPLETED
    scene.says(BOSS, "/rollback erp-company")
    gate = scene.case.gate
    assert gate is not None, "the copy was taken in the step that stays"
    assert [(one.step, one.undo) for one in gate.lossy] == [("erp-modules", "compensate")]


def test_taking_back_all_of_it_restores_the_copy_and_nobody_has_to_decide() -> None:
    scene = approved(COPIED + TWO)
    whole_run(scene, *two_modules(scene))
    whole_run(scene, *website_done())
    assert of(Dispatch, scene.says(BOSS, "/rollback"))


def test_at_the_open_gate_only_the_same_is_asked_for() -> None:
    scene = completed(BARE + TWO)
    scene.says(BOSS, "/rollback erp-company")
    for words in ("/rollback", "/rollback erp-modules", "/rollback nonsense"):
        assert refusal(scene.says(LEAD, words)) == "other_rollback"
    assert of(Dispatch, scene.says(LEAD, "/rollback erp-company"))


def test_a_step_that_is_not_there_is_refused_with_those_that_are() -> None:
    scene = completed(COPIED + ONE)
    effects = scene.says(BOSS, "/rollback shop")
    assert refusal(effects) == "step_unknown"
    assert "`deploy`, `erp-modules`" in why(effects)
    assert refusal(scene.says(BOSS, "/rollback deploy")) == "nothing_to_undo"
    assert scene.case.phase is Phase.COMPLETED


def test_what_was_kept_goes_with_a_second_rollback() -> None:
    scene = completed(COPIED + ONE)
    scene.says(BOSS, "/rollback erp-modules")
    whole_run(scene, *website_back(), outcome="rolled_back")
    effects = scene.says(BOSS, "/rollback")
    assert [one.leg for one in of(Dispatch, effects)] == ["erp"]
    whole_run(scene, *erp_back(scene), outcome="rolled_back")
    assert scene.case.phase is Phase.ROLLED_BACK
    assert not scene.case.rollback_to


def test_a_rollback_that_fails_is_tried_again_down_to_the_same_step() -> None:
    scene = completed(COPIED + ONE)
    scene.says(BOSS, "/rollback erp-modules")
    whole_run(scene, outcome="failed", residue=("the release of before",))
    assert scene.case.phase is Phase.FAILED
    assert not scene.case.kept
    assert of(Dispatch, scene.says(BOSS, "/retry"))[0].verb == "rollback"
    assert scene.case.rollback_to == "erp-modules"


def test_after_it_the_plan_goes_on_from_there_and_people_decide_at_its_gates_again() -> None:
    scene = approved(COPIED + ONE + GATE)
    whole_run(scene, *erp_done(scene))
    scene.says(BOSS, f"/approve release {scene.token}")
    whole_run(scene, *website_done())
    assert scene.case.phase is Phase.COMPLETED
    scene.says(BOSS, "/rollback erp-modules")
    whole_run(scene, *website_back(), outcome="rolled_back")
    effects = scene.says(LEAD, "/retry")
    assert not of(Dispatch, effects)
    assert scene.case.phase is Phase.WAITING
    assert scene.case.approvals_of("release") == ()
    effects = scene.says(BOSS, f"/approve release {scene.token}")
    assert [(one.leg, one.verb) for one in of(Dispatch, effects)] == [("website", "execute")]
    whole_run(scene, *website_done())
    assert scene.case.phase is Phase.COMPLETED
    assert not scene.case.kept


# --- /retry -----------------------------------------------------------------------------------------------------


def failed() -> Scene:
    """The website's leg failed and took itself back; the ERP's stands."""
    scene = approved(COPIED + ONE + "auto_rollback: false\n")
    whole_run(scene, *erp_done(scene))
    whole_run(scene, outcome="failed")
    assert scene.case.phase is Phase.FAILED
    return scene


def test_a_step_of_the_failed_leg_is_tried_again_with_its_leg() -> None:
    scene = failed()
    effects = scene.says(BOSS, "/retry deploy")
    assert [(one.leg, one.verb) for one in of(Dispatch, effects)] == [("website", "execute")]
    said = next(one.message for one in of(Say, effects) if isinstance(one.message, Retried))
    assert (said.leg, said.step) == ("website", "deploy")
    assert said.others == ("preflight", "website", "validate")


@pytest.mark.parametrize("step", ["erp-modules", "nonsense", "Deploy", "deploy now"])
def test_a_step_that_is_not_tried_again_is_refused_by_name(step: str) -> None:
    scene = failed()
    effects = scene.says(BOSS, f"/retry {step}")
    assert refusal(effects) == "step_unknown"
    assert f"`{step}`" in why(effects)
    assert "`website`, `deploy`" in why(effects)
    assert not of(Dispatch, effects)


def test_trying_again_is_no_way_around_a_gate() -> None:
    scene = approved(COPIED + ONE + GATE)
    whole_run(scene, *erp_done(scene))
    assert scene.case.phase is Phase.WAITING
    for words in ("/retry", "/retry deploy"):
        effects = scene.says(LEAD, words)
        assert refusal(effects) == "gate_shut"
        assert not of(Dispatch, effects)
    assert scene.case.phase is Phase.WAITING


def test_after_a_gate_was_refused_trying_again_opens_it_again() -> None:
    scene = approved(COPIED + ONE + GATE)
    whole_run(scene, *erp_done(scene))
    scene.says(BOSS, "/reject not today")
    assert scene.case.phase is Phase.FAILED
    effects = scene.says(LEAD, "/retry")
    assert not of(Dispatch, effects)
    assert scene.case.phase is Phase.WAITING
    assert scene.case.gate is not None
    assert scene.case.gate.name == "release"
    assert of(Dispatch, scene.says(BOSS, f"/approve release {scene.token}"))


def test_the_gate_before_the_end_is_opened_again_too() -> None:
    scene = approved(COPIED + ONE + "gates:\n  - {name: handover, before: end}\n")
    whole_run(scene, *erp_done(scene))
    whole_run(scene, *website_done())
    assert scene.case.gate is not None
    assert refusal(scene.says(LEAD, "/retry")) == "gate_shut"
    scene.says(BOSS, "/reject the imprint is wrong")
    assert scene.case.phase is Phase.FAILED
    scene.says(LEAD, "/retry")
    assert scene.case.phase is Phase.WAITING
    scene.says(BOSS, f"/approve handover {scene.token}")
    assert scene.case.phase is Phase.COMPLETED
