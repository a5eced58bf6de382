"""T58: version and digits belong together; neither alone approves, and the record holds the whole digest."""

from __future__ import annotations

from bot.domain.effects import Dispatch
from tests.bot.decide.people import BOSS, briefing, of, refusal
from tests.bot.decide.scene import Scene


def test_the_digits_of_one_version_do_not_approve_another() -> None:
    scene = Scene()
    scene.opens()
    scene.previews()
    first = scene.token.partition("-")[2]
    scene.edits(briefing(**{"Acme Consulting": "Acme Counsel"}))
    scene.previews()
    second = scene.token.partition("-")[2]
    assert first != second
    for swapped in (f"v2-{first}", f"v1-{second}", f"v1-{first}", f"v3-{second}"):
        effects = scene.says(BOSS, f"/approve {swapped}")
        assert refusal(effects) == "approval_stale", swapped
        assert not of(Dispatch, effects)
    scene.says(BOSS, f"/approve v2-{second}")
    [approval] = scene.case.approvals
    assert scene.case.plan is not None
    assert (approval.version, approval.digest) == (2, scene.case.plan.digest)
    assert len(approval.digest) == 64
