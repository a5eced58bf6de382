"""A leg that waits, and never hears what it was told: no case waits for ever for an answer that is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.decide import needs
from bot.domain.effects import Grant
from bot.domain.lifecycle import Phase
from bot.domain.lock import LEASE, lock_of
from bot.events.model import Told
from executors.protocol.journal import Intent, Result
from tests.bot.decide.people import BOSS, LEAD, of, switch
from tests.bot.decide.scene import Scene

ENV = "env:102:www"
INTENT = Intent(step="deploy", key="deploy/1/0", operation=switch())
RESULT = Result(step="deploy", key="deploy/1/0", ok=True, undo=switch("v1"))


def lose(scene: Scene, kind: str) -> None:
    """Everything that is under way arrives, but for rows of that kind."""
    post = scene.post
    while post.rows:
        if post.rows[0].kind == kind:
            del post.rows[0], post.senders[0]
        else:
            post.deliver(0, scene.now, scene)
    post.hold = False


def house(scene: Scene, kind: str) -> None:
    """Something happens to the whole installation."""
    by: dict[str, Any] = {"id": LEAD.id, "login": LEAD.login, "kind": "User"}
    scene.tell(Told(scene.key, kind, {"installation": 7, "repositories": [], "by": by}))


def test_an_environment_that_its_leg_never_heard_of_is_asked_for_anew() -> None:
    scene = Scene()
    scene.opens()
    scene.previews()
    scene.post.hold = True
    scene.says(BOSS, f"/approve {scene.token}")
    lose(scene, "leg.locked")
    assert [one.verb for one in scene.dispatches] == ["preview"]
    assert lock_of(scene.post.ledgers[ENV]).lease is not None
    scene.now += LEASE + timedelta(minutes=1)
    scene.post.due(ENV, "lock-expiry", scene.now)
    scene.post.settle(scene.now, scene)
    assert scene.case.phase is Phase.EXECUTING
    assert of(Grant, scene.claims("admit"))


def test_a_run_whose_lease_ends_is_not_started_a_second_time() -> None:
    scene = Scene().to_approved()
    scene.now += LEASE + timedelta(minutes=1)
    scene.post.due(ENV, "lock-expiry", scene.now)
    scene.post.settle(scene.now, scene)
    assert [one.verb for one in scene.dispatches] == ["preview", "execute"]


def test_what_waits_while_github_cannot_be_read_is_asked_for_anew_afterwards() -> None:
    scene = Scene().to_approved()
    scene.executes("completed", INTENT, RESULT)
    scene.says(LEAD, "/lock for 2h a backup")
    scene.says(BOSS, "/rollback")
    assert scene.case.queued is not None
    house(scene, "house.suspended")
    told = Told(scene.key, "leg.locked", {"nonce": scene.case.queued.nonce, "fence": 2, "from": ENV})
    assert needs(told, scene.case) == (), "nothing can be read, so nothing is asked"
    scene.now += timedelta(hours=3)
    scene.post.due(ENV, "lock-expiry", scene.now)  # the lock's time is over, and the leg is next
    scene.post.settle(scene.now, scene)
    assert [one.verb for one in scene.dispatches] == ["preview", "execute"]
    house(scene, "house.unsuspended")
    assert scene.case.phase is Phase.ROLLING_BACK
    assert [one.verb for one in scene.dispatches] == ["preview", "execute", "rollback"]
    assert of(Grant, scene.claims("admit"))
