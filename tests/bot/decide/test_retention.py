"""Personal data that are kept for a time: a timer erases them by the road of `/erase`, once, and not before."""

from __future__ import annotations

from datetime import timedelta

from bot.decide import retention
from bot.decide.rebuilt import KIND
from bot.domain.effects import Effect, Erase, Say, Timer
from bot.domain.erasure import stored
from bot.domain.ledger import broken_at
from bot.domain.replies import Erased
from bot.events.model import Told
from tests.bot.decide.people import BOSS, LEAD, REPO, of
from tests.bot.decide.scene import Scene

DAYS = 30


def rejected(days: int = DAYS) -> tuple[Scene, list[Effect]]:
    scene = Scene(retention_days=days)
    scene.opens()
    scene.previews()
    return scene, scene.says(BOSS, "/reject no")


def timers(effects: list[Effect]) -> list[Timer]:
    return [one for one in of(Timer, effects) if one.name == retention.NAME]


def test_a_capability_that_ends_sets_the_timer_and_one_that_goes_on_does_not() -> None:
    scene = Scene(retention_days=DAYS)
    assert not timers(scene.opens())
    assert not timers(scene.previews() or [])
    [timer] = timers(scene.says(BOSS, "/reject no"))
    ended = scene.now - timedelta(seconds=1)
    assert timer.due == ended + timedelta(days=DAYS)
    assert not timers(scene.says(BOSS, "/status")), "what ended before ends no later for being asked about"


def test_once_the_time_is_over_it_is_erased_as_by_the_command_and_said_once() -> None:
    scene, _ = rejected()
    wanted = {digest for digests in stored(scene.lines).values() for digest in digests}
    effects = scene.due(retention.NAME, timedelta(days=DAYS))
    assert wanted
    assert set(of(Erase, effects)[0].digests) == wanted
    [shown] = [one.message for one in of(Say, effects)]
    assert isinstance(shown, Erased)
    assert shown.by == ""
    line = next(line for line in scene.lines if line.entry.type == "data.erased")
    assert (line.entry.reason, line.entry.actor.id) == ("retention", 0)
    assert broken_at(scene.lines) is None
    assert scene.case.erased
    assert not of(Erase, scene.due(retention.NAME, timedelta(days=DAYS)))


def test_a_timer_that_fires_too_early_is_set_again() -> None:
    scene, _ = rejected()
    scene.retention_days = 90  # the setting has changed since
    effects = scene.due(retention.NAME, timedelta(days=DAYS))
    assert not of(Erase, effects)
    [timer] = timers(effects)
    scene.now = timer.due
    assert of(Erase, scene.due(retention.NAME))


def test_what_was_planned_anew_meanwhile_is_left_alone_until_it_ends_again() -> None:
    scene, _ = rejected()
    scene.says(LEAD, "/plan")
    assert not of(Erase, scene.due(retention.NAME, timedelta(days=DAYS)))
    assert scene.case.plan is not None
    scene.previews()
    [timer] = timers(scene.says(BOSS, "/reject no"))
    assert timer.due > scene.now + timedelta(days=DAYS - 1)


def test_without_the_setting_everything_is_kept() -> None:
    scene, effects = rejected(days=0)
    assert not timers(effects)
    assert not of(Erase, scene.due(retention.NAME, timedelta(days=5_000)))


def test_what_was_built_again_after_a_loss_is_erased_when_its_time_is_over() -> None:
    scene, _ = rejected()
    data = {"line": len(scene.lines), "at": scene.lines[-1].at, "comments": [], "sources": [], "words": []}
    scene.now += timedelta(days=DAYS - 1)
    event = Told(scene.key, KIND, data | {"run": None, "installation": REPO.installation})
    [timer] = timers(scene.tell(event))
    scene.now = timer.due
    [later] = timers(scene.due(retention.NAME))
    scene.now = later.due
    assert of(Erase, scene.due(retention.NAME)), "the timer was lost with the database, the data were not"
