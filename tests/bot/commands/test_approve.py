"""Every reason for which an approval does not count, by its code, and what an approval that counts holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.effects import Dispatch, React, Say
from bot.domain.lifecycle import Phase
from bot.domain.messages import ApprovalNoted, CommandRefused
from bot.domain.people import Actor, Role
from tests.bot.decide.people import AUTHOR, BOSS, LEAD, OUTSIDER, TRIAGER, briefing, of, refusal
from tests.bot.decide.scene import Scene
from tests.bot.domain.acme import POLICY

TWO = POLICY + "approval:\n  MEDIUM: {count: 2}\n"
SOLO = POLICY + "solo: true\n"


def ready(**fields: object) -> Scene:
    scene = Scene(**fields)  # type: ignore[arg-type]
    scene.opens()
    scene.previews()
    return scene


def _stale_policy(scene: Scene) -> None:
    scene.policy_text = POLICY.replace("8080", "8081")


def _new_workflow(scene: Scene) -> None:
    scene.blob_now = "b" * 40


def _nothing(_: Scene) -> None:
    """Leave the scene as it is."""


REFUSALS: list[tuple[str, Actor, str, Callable[[Scene], None]]] = [
    ("no_role", OUTSIDER, "/approve {token}", _nothing),
    ("no_role", TRIAGER, "/approve {token}", _nothing),
    ("no_role", Actor(66, "bert"), "/approve {token}", _nothing),
    ("self_approval", AUTHOR, "/approve {token}", _nothing),
    ("app_comment", Actor(2, "bert", "User", via_app=True), "/approve {token}", _nothing),
    ("token_missing", BOSS, "/approve", _nothing),
    ("gate_unknown", BOSS, "/approve it", _nothing),
    ("token_malformed", BOSS, "/approve {token} please", _nothing),
    ("token_malformed", BOSS, "/approve `{token}`", _nothing),
    ("approval_stale", BOSS, "/approve v2-{digest}", _nothing),
    ("approval_stale", BOSS, "/approve v1-000000000000", _nothing),
    ("approval_stale", BOSS, "/approve {token}", _stale_policy),
    ("approval_stale", BOSS, "/approve {token}", _new_workflow),
]


@pytest.mark.parametrize(("code", "actor", "words", "before"), REFUSALS)
def test_an_approval_that_does_not_count_is_refused_by_code(
    code: str, actor: Actor, words: str, before: Callable[[Scene], None]
) -> None:
    scene = ready()
    before(scene)
    said = words.format(token=scene.token, digest=scene.token.partition("-")[2])
    effects = scene.says(actor, said)
    assert refusal(effects) == code
    assert not of(Dispatch, effects)
    assert of(React, effects)[0].content == "-1"
    assert scene.case.approvals == ()
    assert scene.case.refused[-1]["code"] == code
    assert scene.types()[-1] == "approval.refused"


def test_a_bot_is_refused_with_a_reaction_and_no_words() -> None:
    scene = ready()
    effects = scene.says(Actor(2, "x-bot", "Bot"), f"/approve {scene.token}")
    assert [type(effect) for effect in effects] == [React]
    assert scene.case.refused[-1]["code"] == "not_a_person"


def test_our_own_comments_are_never_heard() -> None:
    scene = ready()
    before = len(scene.lines)
    assert scene.says(Actor(900, "millwright[bot]", "Bot"), f"/approve {scene.token}") == []
    assert len(scene.lines) == before


def test_a_bare_approval_gets_the_line_to_paste() -> None:
    scene = ready()
    message = of(Say, scene.says(BOSS, "/approve"))[0].message
    assert isinstance(message, CommandRefused)
    assert message.refused.next == f"/approve {scene.token}"


def test_above_low_risk_the_preview_comes_first() -> None:
    scene = Scene()
    scene.opens()
    assert refusal(scene.says(BOSS, f"/approve {scene.token}")) == "preview_pending"


def test_the_token_shown_before_the_preview_is_stale_after_it() -> None:
    scene = Scene()
    scene.opens()
    early = scene.token
    scene.previews()
    assert refusal(scene.says(BOSS, f"/approve {early}")) == "approval_stale"


def test_open_choices_block_the_approval() -> None:
    scene = ready(body=briefing(**{"scope: [website]": "scope: [website, erp]"}))
    assert refusal(scene.says(BOSS, f"/approve {scene.token}")) == "choice_missing"


def test_a_person_approves_once() -> None:
    scene = ready(policy_text=TWO)
    scene.says(BOSS, f"/approve {scene.token}")
    assert refusal(scene.says(BOSS, f"/approve {scene.token}")) == "already_approved"


def test_two_approvals_are_two_people() -> None:
    scene = ready(policy_text=TWO)
    first = scene.says(BOSS, f"/approve {scene.token}")
    noted = of(Say, first)[0].message
    assert isinstance(noted, ApprovalNoted)
    assert (noted.have, noted.need) == (1, 2)
    assert not of(Dispatch, first)
    second = scene.says(LEAD, f"/approve {scene.token}")
    assert of(Dispatch, second)[0].verb == "execute"


def test_who_edited_the_briefing_does_not_approve_it() -> None:
    scene = Scene()
    scene.opens()
    scene.edits(scene.body.replace("Acme Consulting", "Acme Advice"), BOSS)
    scene.previews()
    assert refusal(scene.says(BOSS, f"/approve {scene.token}")) == "self_approval"
    assert of(Dispatch, scene.says(LEAD, f"/approve {scene.token}"))


def test_in_a_one_person_organisation_the_author_may_approve_where_policy_says_so() -> None:
    scene = ready(policy_text=SOLO, roles={AUTHOR.id: Role.ADMIN})
    effects = scene.says(AUTHOR, f"/approve {scene.token}")
    assert of(Dispatch, effects)[0].verb == "execute"


def test_after_dispatch_nothing_is_to_be_approved() -> None:
    scene = Scene().to_approved()
    assert refusal(scene.says(LEAD, f"/approve {scene.token}")) == "wrong_phase"


def test_t06_the_record_of_an_approval_is_complete() -> None:
    scene = ready()
    words = f"/approve {scene.token}\n\nfine by me"
    scene.says(BOSS, words, comment_id=555)
    line = next(line for line in scene.lines if line.entry.type == "approval.given")
    data = line.entry.data
    assert line.entry.actor.id == BOSS.id
    assert scene.case.plan is not None
    assert data["digest"] == scene.case.plan.digest
    assert len(data["digest"]) == 64
    assert (data["version"], data["role"], data["basis"]) == (1, "maintain", "role:maintain")
    assert data["source"] == "comment:555"
    assert data["evidence"] == hashlib.sha256(words.encode()).hexdigest()
    assert data["policy"] == scene.case.plan.policy
    assert line.n > scene.case.plan_at


def test_the_same_comment_delivered_again_does_nothing() -> None:
    scene = ready(policy_text=TWO)
    scene.says(BOSS, f"/approve {scene.token}", comment_id=555)
    before = len(scene.lines)
    for _ in range(3):
        assert scene.says(BOSS, f"/approve {scene.token}", comment_id=555) == []
    assert len(scene.lines) == before


def test_the_same_refused_comment_delivered_again_does_nothing() -> None:
    scene = ready()
    scene.says(OUTSIDER, f"/approve {scene.token}", comment_id=555)
    assert scene.says(OUTSIDER, f"/approve {scene.token}", comment_id=555) == []


def test_an_approval_that_waited_too_long_is_withdrawn_and_that_is_said() -> None:
    scene = ready(policy_text=TWO)
    scene.says(BOSS, f"/approve {scene.token}")
    effects = scene.due("approval-expiry", timedelta(hours=72))
    assert scene.case.approvals == ()
    assert scene.case.refused[-1]["code"] == "expired"
    assert any(say.to == "reply" for say in of(Say, effects))
    late = scene.says(LEAD, f"/approve {scene.token}")
    assert not of(Dispatch, late), "the expired approval does not help the second"


def test_an_approval_before_it_expires_stays() -> None:
    scene = ready(policy_text=TWO)
    scene.says(BOSS, f"/approve {scene.token}")
    assert scene.due("approval-expiry", timedelta(hours=71)) == []
    assert len(scene.case.approvals) == 1
    assert scene.case.phase is Phase.VALIDATED
