"""T1: who edits an issue before its label comes is an editor of the briefing all the same."""

from __future__ import annotations

from bot.domain.effects import Dispatch
from tests.bot.decide.people import BOSS, LEAD, briefing, of, refusal
from tests.bot.decide.scene import Scene


def unlabelled() -> Scene:
    """An issue that is none of ours yet."""
    scene = Scene(labels=())
    assert scene.opens() == []
    return scene


def labelled(scene: Scene) -> Scene:
    """The label comes, and the preview after it."""
    scene.labels = ("capability:business",)
    scene.happens("labeled", LEAD, label="capability:business")
    scene.previews()
    return scene


def test_an_editor_of_before_the_label_does_not_approve() -> None:
    scene = unlabelled()
    assert scene.edits(briefing(**{"Acme Consulting": "Boss Consulting"}), BOSS) == []
    assert scene.fold() is None, "an edit opens no case"
    labelled(scene)
    assert scene.case.editors == {BOSS.id}
    effects = scene.says(BOSS, f"/approve {scene.token}")
    assert refusal(effects) == "self_approval"
    assert of(Dispatch, scene.says(LEAD, f"/approve {scene.token}"))


def test_who_edited_no_words_of_it_approves() -> None:
    scene = unlabelled()
    scene.happens("edited", BOSS, body_changed=False)
    labelled(scene)
    assert scene.case.editors == frozenset()
    assert of(Dispatch, scene.says(BOSS, f"/approve {scene.token}"))


def test_an_edit_that_comes_with_a_label_on_it_makes_an_editor() -> None:
    scene = Scene()
    scene.edits(briefing(**{"Acme Consulting": "Boss Consulting"}), BOSS)
    assert scene.case.editors == {BOSS.id}
    scene.previews()
    assert refusal(scene.says(BOSS, f"/approve {scene.token}")) == "self_approval"
