"""When a case is anchored: before each run that a gate allows, and where it comes to rest; what a refusal does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.anchor import TIMER, TRIES, place_of
from bot.domain.effects import Anchor, Dispatch, Effect, Erase, Seal, Timer
from bot.domain.ledger import Entry, chain
from bot.events.model import EffectFailed, TimerDue
from tests.bot.decide.people import BOSS, LEAD, OPS, of
from tests.bot.decide.scene import Scene
from tests.bot.decide.two_legs import COPIED, ONE, completed


def noted(scene: Scene) -> Scene:
    """The case with what performing its anchor tells."""
    things = {"anchored": len(scene.lines), "anchor": "c" * 40, "anchored_in": {"id": OPS.id, "name": OPS.name}}
    entry = Entry("effect.performed", {"effect": "Anchor", "key": "a", "made": things})
    scene.lines += chain([entry], scene.lines[-1], scene.now)
    return scene


def order(effects: list[Effect], *kinds: type[Effect]) -> list[str]:
    return [type(effect).__name__ for effect in effects if isinstance(effect, kinds)]


def test_nothing_is_anchored_before_a_gate_is_passed() -> None:
    scene = Scene()
    assert not of(Anchor, scene.opens())
    assert not of(Anchor, scene.previews())
    assert not of(Anchor, scene.says(BOSS, "/reject not now"))


def test_a_run_is_anchored_before_it_is_started_and_its_end_after_the_pack_is_sealed() -> None:
    scene = Scene()
    scene.opens()
    scene.previews()
    effects = scene.says(BOSS, f"/approve {scene.token}")
    assert order(effects, Anchor, Dispatch) == ["Anchor", "Dispatch"]
    assert of(Anchor, effects)[0].place.id == OPS.id
    effects = scene.executes()
    assert order(effects, Anchor, Seal) == ["Seal", "Anchor"]
    assert isinstance(effects[-1], Anchor), "nobody waits for it"


def test_a_failure_and_the_gate_after_it_are_anchored_too() -> None:
    scene = Scene().to_approved()
    assert of(Anchor, scene.executes("failed"))


def test_a_preview_of_a_case_that_has_an_anchor_gets_one() -> None:
    scene = Scene().to_approved()
    scene.executes("failed")
    effects = noted(scene).says(BOSS, "/plan")
    assert of(Dispatch, effects)[0].verb == "preview"
    assert order(effects, Anchor, Dispatch) == ["Anchor", "Dispatch"]


def test_what_is_erased_is_anchored_anew_after_it_is_gone() -> None:
    scene = noted(completed(COPIED + ONE))
    effects = scene.says(LEAD, f"/erase {scene.token}")
    assert order(effects, Erase, Anchor) == ["Erase", "Anchor"]
    assert scene.case.plan is None
    place = place_of(scene.case)
    assert place is not None
    assert (place.id, place.name) == (OPS.id, OPS.name), "it is known where, without the plan"


def test_where_nothing_was_anchored_erasing_makes_no_anchor() -> None:
    scene = completed(COPIED + ONE)
    assert not of(Anchor, scene.says(LEAD, f"/erase {scene.token}"))


def test_an_anchor_that_is_refused_is_tried_again_ever_later_and_not_for_ever() -> None:
    scene = Scene().to_approved()
    key, waits = "anchor:1", []
    for _ in range(TRIES):
        timer = of(Timer, scene.tell(EffectFailed(scene.key, "Anchor", key, "409")))[0]
        waits.append(timer.due - scene.now)
        assert timer.name == TIMER
        anchors = of(Anchor, scene.tell(TimerDue(scene.key, TIMER, dict(timer.data))))
        assert len(anchors) == 1
        key = anchors[0].key
    assert waits == sorted(waits)
    assert waits[0] * 2 < waits[-1]
    assert not of(Timer, scene.tell(EffectFailed(scene.key, "Anchor", key, "409")))
    assert scene.case.phase.value == "executing", "the work goes on"


@pytest.mark.parametrize("frozen", ["suspended", "not_installed", "operations_not_installed"])
def test_where_github_lets_nothing_be_read_nothing_is_anchored(frozen: str) -> None:
    from bot.domain import anchor
    from bot.domain.turn import Turn

    case = replace(Scene().to_approved().case, frozen=frozen)
    turn = Turn(case.key, Scene().now, case)
    turn.record(Entry("execution.failed", {}, reason="it is gone"))
    anchor.keep(turn)
    assert not of(Anchor, turn.effects)
