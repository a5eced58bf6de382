"""What a case makes of having been built again: what was said before is not heard, what runs is looked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.decide.rebuilt import KIND, SHOWN
from bot.domain.effects import Dispatch, Effect, Say, Timer
from bot.domain.notices import Rebuilt
from bot.events.model import Told
from tests.bot.decide.people import BOSS, REPO, of
from tests.bot.decide.scene import Scene


def rebuilt(scene: Scene, **more: Any) -> list[Effect]:
    """The word of `millwright rebuild`, on the lines as they are."""
    data = {"line": len(scene.lines), "at": scene.lines[-1].at, "comments": [], "sources": [], "words": []}
    return scene.tell(Told(scene.key, KIND, data | {"run": None, "installation": REPO.installation} | more))


def said(effects: list[Effect]) -> Rebuilt:
    (found,) = [one.message for one in of(Say, effects) if isinstance(one.message, Rebuilt)]
    return found


def waiting() -> Scene:
    scene = Scene()
    scene.opens()
    scene.previews()
    return scene


def test_it_says_up_to_where_it_is_known_and_the_line_to_say() -> None:
    scene = waiting()
    lines, at = len(scene.lines), scene.lines[-1].at
    words = tuple(f"https://github.com/acme/website/issues/7#issuecomment-{n}" for n in range(SHOWN + 3))
    found = said(rebuilt(scene, words=list(words)))
    assert (found.line, found.at) == (lines, at)
    assert found.words == words[:SHOWN]
    assert found.more == 3
    assert f"/approve {scene.token}" in found.next
    assert scene.case.restored


def test_an_older_approval_that_is_delivered_once_more_is_not_heard() -> None:
    scene = waiting()
    rebuilt(scene, comments=[scene.comment_ids + 1])
    assert not of(Dispatch, scene.says(BOSS, f"/approve {scene.token}")), "the very comment that is void"
    assert scene.case.approvals == ()
    assert of(Dispatch, scene.says(BOSS, f"/approve {scene.token}")), "said again, it counts"


def test_a_run_that_was_found_by_its_name_is_bound_and_looked_at() -> None:
    scene = Scene().to_approved()
    run = scene.case.run
    assert run is not None
    scene.lines = scene.lines[: max(n for n, t in enumerate(scene.types()) if t == "leg.dispatched") + 1]
    rebuilt(scene, run={"id": 4711, "nonce": run.nonce})
    assert scene.case.run is not None
    assert scene.case.run.run_id == 4711
    assert any(line.entry.alias == "run:4711" for line in scene.lines), "its webhooks find the case"


def test_a_run_of_another_name_is_not_taken_for_it() -> None:
    scene = Scene().to_approved()
    scene.lines = [line for line in scene.lines if "run_id" not in line.entry.data.get("made", {})]
    effects = rebuilt(scene, run={"id": 4711, "nonce": "f" * 32})
    assert scene.case.run is not None
    assert scene.case.run.run_id is None
    assert of(Timer, effects), "it may still begin, and is looked for"


def test_what_is_over_says_nothing_unless_something_is_void() -> None:
    scene = Scene().to_approved()
    scene.executes()
    assert not of(Say, rebuilt(scene))
    assert said(rebuilt(scene, words=["https://github.com/x"])).words


def test_an_app_that_was_installed_anew_meanwhile_is_reached_by_its_new_installation() -> None:
    scene = waiting()
    rebuilt(scene, installation=REPO.installation + 1)
    assert scene.case.repo == replace(REPO, installation=REPO.installation + 1)


def test_nobody_is_told_to_cancel_a_run_that_goes_on() -> None:
    scene = Scene().to_approved()
    assert said(rebuilt(scene)).next == "the run of website; `/cancel` stops it"
