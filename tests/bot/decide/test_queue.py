"""A leg waits for budget and environment before it is dispatched; who holds the environment, who is shut out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.effects import Answer, Dispatch, Effect, Grant, Say, Tell
from bot.domain.lifecycle import Phase
from bot.domain.lock import LEASE, LONGEST, lock_of
from bot.domain.notices import LegWaits, LockNoted, LockOpened
from executors.protocol.journal import Intent, LegFinished, LegStarted, Result, StepStarted
from tests.bot.decide.people import AUTHOR, BOSS, LEAD, OUTSIDER, briefing, of, refusal, switch
from tests.bot.decide.scene import Scene

ENV = "env:102:www"
INTENT = Intent(step="deploy", key="deploy/1/0", operation=switch())
RESULT = Result(step="deploy", key="deploy/1/0", ok=True, undo=switch("v1"))


def planned(scene: Scene) -> Scene:
    """The plan with its preview."""
    scene.opens()
    scene.previews()
    return scene


def two() -> tuple[Scene, Scene]:
    """Two capabilities of one product, both planned, the first approved and under way."""
    first = planned(Scene())
    second = planned(Scene(key="case:101:I_2", number=8, post=first.post))
    approve(first)
    second.now = first.now
    return first, second


def approve(scene: Scene) -> list[Effect]:
    return scene.says(BOSS, f"/approve {scene.token}")


def shown(effects: list[Effect]) -> LegWaits:
    """What the sticky comment says of the leg that waits."""
    message = of(Say, effects)[-1].message
    assert isinstance(message, LegWaits), message
    return message


def types(scene: Scene, key: str = ENV) -> list[str]:
    return [line.entry.type for line in scene.post.ledgers.get(key, ())]


def answer(effects: list[Effect]) -> tuple[int, str]:
    """Status, and the code or decision, that a job got."""
    found = of(Answer, effects)[0]
    return found.status, str(found.body.get("code", found.body.get("decision", "")))


# --- one after the other ---


def test_a_free_environment_is_given_at_once_with_the_next_fence() -> None:
    scene = planned(Scene())
    effects = approve(scene)
    assert of(Dispatch, effects)
    assert scene.case.run is not None
    assert (scene.case.run.fence, scene.case.run.place) == (1, "www")
    assert scene.case.queued is None


def test_a_preview_takes_no_lock_but_is_counted() -> None:
    scene = planned(Scene())
    assert types(scene) == []
    assert types(scene, "budget:102") == ["spend.reserved", "spend.settled"]
    assert scene.case.run is not None
    assert scene.case.run.fence == 0


def test_the_second_waits_says_so_and_starts_by_itself() -> None:
    first, second = two()
    effects = approve(second)
    assert not of(Dispatch, effects)
    assert second.case.phase is Phase.APPROVED
    assert "in use by ACME-7 (execution of website)" in shown(effects).queued.stopped
    first.executes()
    assert first.case.phase is Phase.COMPLETED
    assert second.dispatches[-1].verb == "execute"
    assert second.case.phase is Phase.EXECUTING
    assert second.case.run is not None
    assert second.case.run.fence == 2


def test_a_wish_that_is_dropped_gives_its_place_back() -> None:
    first, second = two()
    approve(second)
    second.edits(briefing(**{"Acme Consulting": "Acme Counsel"}))
    assert second.case.queued is None or second.case.queued.verb == "preview"
    assert not lock_of(first.post.ledgers[ENV]).waiting
    first.executes()
    assert lock_of(first.post.ledgers[ENV]).lease is None


@pytest.mark.parametrize("line", ["/cancel", "/hold we look at it again", "/reject no"])
def test_whatever_ends_the_wish_ends_the_waiting(line: str) -> None:
    first, second = two()
    approve(second)
    second.says(BOSS, line)
    assert second.case.queued is None
    assert not lock_of(first.post.ledgers[ENV]).waiting


def test_what_was_held_is_asked_for_again_when_it_is_resumed() -> None:
    first, second = two()
    approve(second)
    second.says(BOSS, "/hold we look at it again")
    first.executes()
    assert [one.verb for one in second.dispatches] == ["preview"]
    second.says(BOSS, "/resume")
    assert second.dispatches[-1].verb == "execute"


def test_a_withdrawn_approval_takes_its_leg_out_of_the_queue() -> None:
    first, second = two()
    approve(second)
    second.changes(second.comment_ids, "deleted", BOSS)
    assert second.case.phase is Phase.VALIDATED
    assert not lock_of(first.post.ledgers[ENV]).waiting


def test_an_approval_that_grew_too_old_while_its_leg_waited_starts_nothing() -> None:
    first, second = two()
    approve(second)
    first.now += timedelta(hours=1)
    second.now += timedelta(hours=80)
    first.executes()
    assert [one.verb for one in second.dispatches] == ["preview"]
    assert second.case.phase is Phase.VALIDATED
    assert lock_of(first.post.ledgers[ENV]).is_free, "what was given to nobody went back"


def test_a_retry_that_waits_keeps_its_place_when_it_is_said_again() -> None:
    first, second = two()
    first.executes("failed")
    approve(second)
    first.says(BOSS, "/retry")
    before = first.case.queued
    first.says(BOSS, "/retry")
    assert first.case.queued == before
    assert first.case.phase is Phase.FAILED


def test_what_a_failed_leg_leaves_is_taken_back_under_a_lock_too() -> None:
    first, second = two()
    approve(second)
    first.executes("failed", INTENT, RESULT)
    assert second.case.phase is Phase.EXECUTING
    first.says(BOSS, "/rollback")
    assert first.case.queued is not None
    assert first.case.queued.verb == "rollback"
    second.executes()
    assert first.dispatches[-1].verb == "rollback"


# --- the fence ---


def running(scene: Scene) -> Scene:
    scene.claims("admit")
    scene.claims("execute")
    scene.journals(LegStarted(verb="execute"), StepStarted(step="deploy"))
    return scene


def given_away() -> tuple[Scene, Scene]:
    """The first run was not heard of for so long that the second got its lock."""
    first, second = two()
    running(first)
    approve(second)
    first.now += LEASE + timedelta(minutes=1)
    second.now = first.now
    first.post.due(ENV, "lock-expiry", first.now)
    second.post.settle(second.now, second)
    return first, second


def test_a_lease_that_ends_goes_to_the_next() -> None:
    _, second = given_away()
    assert "lock.expired" in types(second)
    assert second.case.phase is Phase.EXECUTING
    assert second.case.run is not None
    assert second.case.run.fence == 2


def test_a_run_whose_lock_was_given_away_begins_nothing_more() -> None:
    first, _ = given_away()
    assert answer(first.journals(INTENT)) == (409, "lock_lost")
    assert first.case.run is not None
    assert first.case.run.lines == 2, "what it wanted to do is not even stored"


def test_what_such_a_run_has_done_is_kept_and_it_is_told_to_stop() -> None:
    first, _ = given_away()
    assert answer(first.journals(RESULT)) == (200, "stop")
    assert first.case.run is not None
    assert first.case.run.lines == 3
    assert answer(first.journals(LegFinished(outcome="stopped"))) == (200, "stop")


def test_of_a_batch_what_was_done_is_kept_and_what_would_be_begun_is_refused() -> None:
    first, _ = given_away()
    assert answer(first.journals(RESULT, INTENT)) == (409, "lock_lost")
    assert first.case.run is not None
    assert first.case.run.lines == 3


def test_such_a_run_cannot_claim_either() -> None:
    first, second = two()
    approve(second)
    first.now += LEASE + timedelta(minutes=1)
    second.now = first.now
    first.post.due(ENV, "lock-expiry", first.now)
    second.post.settle(second.now, second)
    assert answer(first.claims("admit")) == (409, "lock_lost")


def test_a_rollback_that_lost_its_lock_begins_nothing_more() -> None:
    first, second = two()
    first.executes("completed", INTENT, RESULT)
    first.says(BOSS, "/rollback")
    first.claims("admit")
    first.claims("execute")
    first.journals(LegStarted(verb="rollback"))
    approve(second)
    first.now += LEASE + timedelta(minutes=1)
    second.now = first.now
    first.post.due(ENV, "lock-expiry", first.now)
    second.post.settle(second.now, second)
    assert answer(first.journals(INTENT)) == (409, "lock_lost")


def test_a_run_that_journals_keeps_its_lease() -> None:
    first, second = two()
    running(first)
    approve(second)
    for _ in range(6):
        first.now += timedelta(hours=3)
        assert answer(first.journals(RESULT)) == (200, "go")
        first.post.due(ENV, "lock-expiry", first.now)
    assert second.case.phase is Phase.APPROVED
    assert "lock.expired" not in types(first)


def test_a_lease_is_renewed_once_in_a_while_not_with_every_line() -> None:
    first = running(two()[0])
    before = types(first).count("lock.renewed")
    for _ in range(10):
        first.journals(RESULT)
    assert types(first).count("lock.renewed") == before
    first.now += timedelta(minutes=16)
    assert [told.kind for told in of(Tell, first.journals(RESULT))] == ["lock.renew"]


# --- people ---


def test_a_lock_keeps_a_leg_waiting_and_unlocking_lets_it_go() -> None:
    scene = planned(Scene())
    noted = of(Say, scene.says(BOSS, "/lock for 2h we restore a backup"))[-1].message
    assert isinstance(noted, LockNoted)
    assert (noted.place, noted.login, noted.reason) == ("www", "bert", "we restore a backup")
    assert noted.until == f"{scene.now + timedelta(hours=2):%Y-%m-%d %H:%M} UTC"
    effects = approve(scene)
    assert not of(Dispatch, effects)
    waits = shown(effects).queued
    assert "locked by bert" in waits.stopped
    assert "we restore a backup" in waits.stopped
    assert "`/unlock www`" in waits.line
    effects = scene.says(BOSS, "/unlock")
    assert of(Dispatch, effects)
    assert next(type(say.message) for say in of(Say, effects)) is LockOpened


def test_a_lock_ends_by_itself() -> None:
    scene = planned(Scene())
    scene.says(BOSS, "/lock for 2h we restore a backup")
    approve(scene)
    scene.now += timedelta(hours=2)
    scene.post.due(ENV, "lock-expiry", scene.now)
    assert of(Dispatch, scene.post.settle(scene.now, scene))


def test_what_runs_goes_on_and_what_has_not_claimed_is_turned_away() -> None:
    first, _ = two()
    running(first)
    noted = of(Say, first.says(BOSS, "/lock the auditors are here"))[-1].message
    assert isinstance(noted, LockNoted)
    assert noted.runs == "ACME-7 (execution of website)"
    assert answer(first.journals(INTENT)) == (200, "go")
    other = two()[0]
    other.says(BOSS, "/lock the auditors are here")
    assert answer(other.claims("admit")) == (409, "locked")
    assert not of(Grant, other.claims("admit"))


def test_the_lock_of_a_person_goes_before_whoever_waits() -> None:
    first, second = two()
    approve(second)
    noted = of(Say, first.says(BOSS, "/lock the auditors are here"))[-1].message
    assert isinstance(noted, LockNoted)
    assert noted.waiting == ("ACME-8",)
    assert "locked by bert" in str(second.case.queued)
    first.executes()
    assert second.case.phase is Phase.APPROVED
    first.says(BOSS, "/unlock www")
    assert second.case.phase is Phase.EXECUTING


REFUSED = [
    (BOSS, "/lock", "reason_missing"),
    (BOSS, "/lock www", "reason_missing"),
    (BOSS, "/lock for 2h", "reason_missing"),
    (BOSS, "/lock www for 2h", "reason_missing"),
    (BOSS, "/lock for 2 hours a backup", "duration"),
    (BOSS, "/lock for 0h a backup", "duration"),
    (BOSS, "/lock for 15d a backup", "duration"),
    (BOSS, "/lock ww for 2h a backup", "environment_unknown"),
    (BOSS, "/unlock ww", "environment_unknown"),
    (BOSS, "/unlock", "not_locked"),
    (AUTHOR, "/lock a backup", "no_role"),
    (OUTSIDER, "/unlock", "no_role"),
]


@pytest.mark.parametrize(("who", "line", "code"), REFUSED)
def test_a_lock_that_cannot_be_is_refused_by_code(who: object, line: str, code: str) -> None:
    scene = planned(Scene())
    assert refusal(scene.says(who, line)) == code  # type: ignore[arg-type]
    assert lock_of(scene.post.ledgers.get(ENV, ())).closed is None


@pytest.mark.parametrize(
    ("line", "length", "reason"),
    [
        ("/lock a backup", timedelta(hours=24), "a backup"),
        ("/lock www for 3d a backup", timedelta(days=3), "a backup"),
        ("/lock FOR 1H a backup", timedelta(hours=1), "a backup"),
        ("/lock for 14d a backup", LONGEST, "a backup"),
        ("/lock backup for production", timedelta(hours=24), "backup for production"),
    ],
)
def test_a_lock_lasts_as_long_as_was_said(line: str, length: timedelta, reason: str) -> None:
    scene = planned(Scene())
    at = scene.now
    scene.says(BOSS, line)
    closed = lock_of(scene.post.ledgers[ENV]).closed
    assert closed is not None
    assert (closed.until - at, closed.reason) == (length, reason)


def test_a_lock_is_its_owners_or_an_admins_to_open_and_nobodys_to_take() -> None:
    scene = planned(Scene())
    scene.roles[AUTHOR.id] = scene.roles[BOSS.id]
    scene.says(BOSS, "/lock a backup")
    assert refusal(scene.says(AUTHOR, "/lock mine now")) == "locked"
    assert refusal(scene.says(AUTHOR, "/unlock")) == "not_yours"
    opened = of(Say, scene.says(LEAD, "/unlock"))[-1].message
    assert isinstance(opened, LockOpened)
    assert (opened.login, opened.owner) == ("cleo", "bert")


def test_a_runs_lock_is_not_opened_while_it_runs() -> None:
    first, _ = two()
    assert refusal(first.says(LEAD, "/unlock")) == "run_open"
    assert lock_of(first.post.ledgers[ENV]).lease is not None


def test_status_tells_who_keeps_the_environment() -> None:
    first, second = two()
    approve(second)
    reply = of(Say, second.says(BOSS, "/status"))[-1].message
    assert "in use by ACME-7" in str(getattr(reply, "locks", ""))
    own = of(Say, first.says(BOSS, "/status"))[-1].message
    assert getattr(own, "locks", None) == ()
