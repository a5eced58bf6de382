"""T45: each answer is one of the writes that GitHub lets us make, and on a public issue everybody may ask."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.decide.quiet import ALTOGETHER, IN_WORDS
from bot.domain.effects import Dispatch, Effect, React, Say
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from tests.bot.decide.people import AUTHOR, BOSS, BOT, OUTSIDER, TRIAGER, of
from tests.bot.decide.scene import Scene
from tests.bot.domain.acme import POLICY

QUESTIONS = ("/status", "/hold", "/help", "/approve", "/why\n/hold")


def kind(effects: list[Effect]) -> str:
    return "words" if of(Say, effects) else "sign" if of(React, effects) else "nothing"


def opened() -> Scene:
    scene = Scene()
    scene.opens()
    return scene


@pytest.mark.parametrize("words", QUESTIONS)
def test_outsiders_are_answered_in_words_then_by_a_sign_then_not_at_all(words: str) -> None:
    scene = opened()
    answers = [kind(scene.says(OUTSIDER, words)) for _ in range(ALTOGETHER + 5)]
    assert answers == ["words"] * IN_WORDS + ["sign"] * (ALTOGETHER - IN_WORDS) + ["nothing"] * 5


def test_what_is_not_answered_leaves_no_line_either() -> None:
    scene = opened()
    for _ in range(ALTOGETHER):
        scene.says(OUTSIDER, "/approve v1-000000000000")
    before = len(scene.lines)
    for _ in range(50):
        assert scene.says(OUTSIDER, "/approve v1-000000000000") == []
    assert len(scene.lines) == before
    assert scene.types().count("approval.refused") == ALTOGETHER


def test_an_hour_later_they_are_answered_again() -> None:
    scene = opened()
    for _ in range(ALTOGETHER + 1):
        scene.says(OUTSIDER, "/status")
    scene.now += timedelta(minutes=59)
    assert kind(scene.says(OUTSIDER, "/status")) == "nothing"
    scene.now += timedelta(minutes=1)
    assert kind(scene.says(OUTSIDER, "/status")) == "words"


def test_many_outsiders_are_counted_together_and_members_are_not_counted() -> None:
    scene = opened()
    for _ in range(ALTOGETHER + 1):
        scene.says(OUTSIDER, "/status")
    for who in (TRIAGER, AUTHOR, BOSS):
        assert kind(scene.says(who, "/status")) == "words"
        assert kind(scene.says(who, "/nonsense")) == "words"
    scene.roles.pop(OUTSIDER.id)
    assert kind(scene.says(OUTSIDER, "/hold")) == "nothing"


def test_an_approval_of_somebody_without_a_role_whom_the_policy_names_counts_in_a_flood_too() -> None:
    scene = Scene(policy_text=POLICY + "approvers: {users: [4]}\n")
    scene.opens()
    scene.previews()
    for _ in range(ALTOGETHER + 1):
        scene.says(OUTSIDER, "/status")
    assert kind(scene.says(OUTSIDER, "/status")) == "nothing"
    assert of(Dispatch, scene.says(OUTSIDER, f"/approve {scene.token}"))
    assert scene.case.phase is Phase.EXECUTING


def test_bots_that_approve_are_answered_no_more_than_others() -> None:
    scene = opened()
    other = type(BOT)(901, "helper[bot]", "Bot")
    answers = [kind(scene.says(other, f"/approve {scene.token}")) for _ in range(ALTOGETHER + 2)]
    assert answers.count("words") <= IN_WORDS
    assert answers[-2:] == ["nothing"] * 2


def test_nobody_silences_the_author_of_the_issue() -> None:
    scene = opened()
    scene.roles[AUTHOR.id] = Role.READ
    for _ in range(ALTOGETHER + 1):
        scene.says(OUTSIDER, "/status")
    answers = [kind(scene.says(AUTHOR, "/status")) for _ in range(ALTOGETHER + 1)]
    assert answers == ["words"] * IN_WORDS + ["sign"] * (ALTOGETHER - IN_WORDS) + ["nothing"]
    assert kind(scene.says(OUTSIDER, "/status")) == "nothing", "nor does the author speak for others"
