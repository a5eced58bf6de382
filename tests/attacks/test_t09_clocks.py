"""T9: no clock gives authority. What counts is the order of the ledger."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.effects import Dispatch
from tests.bot.decide.people import BOSS, briefing, of, refusal
from tests.bot.decide.scene import Scene


def ready() -> Scene:
    """A plan whose preview is back."""
    scene = Scene()
    scene.opens()
    scene.previews()
    return scene


def test_an_approval_is_of_the_plan_that_stands_although_the_clock_says_it_came_first() -> None:
    scene = ready()
    old = scene.token
    scene.edits(briefing(**{"Acme Consulting": "Acme Counsel"}))
    scene.now -= timedelta(days=365)
    effects = scene.says(BOSS, f"/approve {old}")
    assert refusal(effects) == "approval_stale"
    assert not of(Dispatch, effects)


def test_lines_keep_their_order_when_the_clock_goes_backwards() -> None:
    scene = ready()
    scene.now -= timedelta(days=1)
    scene.says(BOSS, f"/approve {scene.token}")
    assert [line.n for line in scene.lines] == list(range(1, len(scene.lines) + 1))
    assert scene.lines[-1].at < scene.lines[0].at
    assert scene.case.approvals[0].user == BOSS.id
