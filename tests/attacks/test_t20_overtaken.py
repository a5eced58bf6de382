"""T20: webhooks overtake each other. An approval that was taken back first is not given afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.effects import Dispatch
from bot.events.github import meaning
from bot.events.model import CommentChanged
from tests.bot.decide.people import BOSS, LEAD, REPO, of
from tests.bot.decide.scene import Scene


def ready() -> Scene:
    scene = Scene()
    scene.opens()
    scene.previews()
    return scene


@pytest.mark.parametrize("action", ["edited", "deleted"])
@pytest.mark.parametrize("actor", [BOSS, LEAD])
def test_an_approval_whose_change_comes_before_it_does_not_count(action: Any, actor: Any) -> None:
    scene = ready()
    line = f"/approve {scene.token}"
    scene.tell(CommentChanged(REPO, scene.shown(), action, 77, BOSS, actor, line))
    assert not of(Dispatch, scene.says(BOSS, line, comment_id=77))
    assert scene.case.approvals == ()
    assert of(Dispatch, scene.says(BOSS, line, comment_id=78)), "another comment of theirs counts"


@pytest.mark.parametrize("was", ["", "good morning", "> /approve v1-000000000000", "/status"])
def test_the_change_of_any_other_comment_leaves_no_trace(was: str) -> None:
    scene = ready()
    before = len(scene.lines)
    scene.tell(CommentChanged(REPO, scene.shown(), "edited", 77, BOSS, BOSS, was))
    assert len(scene.lines) == before
    assert of(Dispatch, scene.says(BOSS, f"/approve {scene.token}", comment_id=77))


def test_what_a_comment_was_stands_in_the_webhook() -> None:
    person = {"id": 2, "login": "bert", "type": "User"}
    payload: dict[str, Any] = {
        "action": "edited",
        "issue": {"node_id": "I_1", "number": 7, "title": "t", "user": person},
        "comment": {"id": 77, "body": "never mind", "user": person},
        "changes": {"body": {"from": "/approve v1-000000000000"}},
        "repository": {"id": 101, "full_name": "acme/website"},
        "installation": {"id": 7},
        "sender": person,
    }
    edited = meaning("issue_comment", payload)
    assert isinstance(edited, CommentChanged)
    assert edited.was == "/approve v1-000000000000"
    deleted = meaning("issue_comment", payload | {"action": "deleted", "changes": {}})
    assert isinstance(deleted, CommentChanged)
    assert deleted.was == "never mind"
