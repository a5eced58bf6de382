"""T47: what strangers may cost, whatever the policy says; who may write is not counted."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.allowance import PER_ISSUE, PER_PERSON, PER_REPOSITORY
from bot.domain.effects import Dispatch, Effect, Say
from bot.domain.lifecycle import Phase
from bot.domain.people import Actor, Role
from bot.domain.replies import Happened
from tests.bot.decide.people import AUTHOR, BOSS, OUTSIDER, TRIAGER, briefing, of, refusal
from tests.bot.decide.post import Post
from tests.bot.decide.scene import Scene


def issues(count: int, author: Actor, post: Post, first: int = 100) -> list[tuple[Scene, list[Effect]]]:
    """So many issues that this account opens, one after the other."""
    found = []
    for number in range(first, first + count):
        key = f"case:101:I_{author.id}_{number}"
        scene = Scene(author=author, key=key, number=number, post=post)
        found.append((scene, scene.opens()))
    return found


def test_the_next_capability_of_a_stranger_is_refused_once_and_then_there_is_silence() -> None:
    post = Post()
    planned = issues(PER_PERSON, OUTSIDER, post)
    assert all(scene.case.plan is not None for scene, _ in planned)
    [(told, effects), *silent] = issues(3, OUTSIDER, post, first=500)
    [said] = of(Say, effects)
    assert isinstance(said.message, Happened)
    assert f"{PER_PERSON} capabilities of one account within 24 hours" in said.message.what
    assert told.case.plan is None
    assert [(scene.lines, effects) for scene, effects in silent] == [([], [])] * 2


def test_the_others_go_on_and_so_does_the_stranger_a_day_later() -> None:
    post = Post()
    issues(PER_PERSON + 2, OUTSIDER, post)
    [(another, _)] = issues(1, Actor(77, "somebody"), post)
    assert another.case.plan is not None
    late = Scene(author=OUTSIDER, key="case:101:I_late", number=900, post=post)
    late.now += timedelta(hours=24, seconds=1)
    late.opens()
    assert late.case.plan is not None


def test_who_may_write_is_not_counted_and_plans_what_was_refused() -> None:
    post = Post()
    assert all(scene.case.plan is not None for scene, _ in issues(PER_PERSON + 5, AUTHOR, post))
    refused = issues(PER_PERSON + 2, OUTSIDER, post, first=300)
    for scene, _ in refused[-2:]:
        scene.says(OUTSIDER, "/plan")
        assert not any(line.entry.type == "plan.generated" for line in scene.lines)
        scene.says(BOSS, "/plan")
        assert scene.case.plan is not None


def test_many_accounts_together_have_a_limit_too() -> None:
    post = Post()
    for person in range(PER_REPOSITORY // PER_PERSON):
        issues(PER_PERSON, Actor(1000 + person, f"p{person}"), post)
    [(told, effects), (silent, nothing)] = issues(2, Actor(3000, "one-more"), post)
    assert len(of(Say, effects)) == 1
    assert told.case.plan is None
    assert (silent.lines, nothing) == ([], [])
    [(trusted, _)] = issues(1, AUTHOR, post)
    assert trusted.case.plan is not None


def test_an_issue_that_is_edited_all_day_is_planned_twenty_times() -> None:
    scene = Scene(author=OUTSIDER)
    scene.opens()
    said = []
    for number in range(PER_ISSUE + 10):
        effects = scene.edits(briefing(**{"Acme Consulting": f"Acme {number}"}), OUTSIDER)
        said += [one for one in of(Say, effects) if isinstance(one.message, Happened)]
    assert scene.types().count("plan.generated") == PER_ISSUE
    assert len(said) == 1
    assert scene.types().count("plan.deferred") == 1
    assert scene.says(OUTSIDER, "/plan") == []
    scene.says(BOSS, "/plan")
    assert scene.types().count("plan.generated") == PER_ISSUE + 1
    assert scene.case.phase in {Phase.VALIDATED, Phase.PREVIEWING}


def test_a_role_counts_as_it_is_now() -> None:
    post = Post()
    issues(PER_PERSON + 1, OUTSIDER, post)
    scene = Scene(author=OUTSIDER, key="case:101:I_later", number=901, post=post)
    scene.roles[OUTSIDER.id] = Role.WRITE
    scene.opens()
    assert scene.case.plan is not None


def test_no_stranger_uses_up_what_others_may() -> None:
    scene = Scene(author=AUTHOR, body="nothing that can be planned")
    scene.roles[AUTHOR.id] = Role.READ
    scene.opens()
    for _ in range(PER_ISSUE + 5):
        scene.says(OUTSIDER, "/plan")
    assert scene.types().count("briefing.refused") == PER_ISSUE + 1
    scene.edits(briefing(), AUTHOR)
    assert scene.case.plan is not None, "the author's own are counted apart"

    post = Post()
    for number in range(PER_PERSON + 5):
        key = f"case:101:I_{number}"
        Scene(author=BOSS, key=key, number=number, post=post, labels=()).says(OUTSIDER, "/plan")
    begun = [one for one in post.scenes.values() if one.lines]
    assert len(begun) == PER_PERSON + 1, "whose issues they are does not matter"


def test_strangers_do_not_silence_who_has_triage() -> None:
    post = Post()
    for person in range(PER_REPOSITORY // PER_PERSON):
        issues(PER_PERSON, Actor(1000 + person, f"p{person}"), post)
    [(scene, _)] = issues(1, TRIAGER, post)
    assert scene.case.plan is not None


def test_an_edit_too_many_voids_what_was_approved() -> None:
    scene = Scene(author=OUTSIDER)
    scene.opens()
    for number in range(PER_ISSUE - 1):
        scene.edits(briefing(**{"Acme Consulting": f"Acme {number}"}), OUTSIDER)
    scene.says(BOSS, "/plan")
    scene.previews()
    scene.says(BOSS, f"/approve {scene.token}")
    assert scene.case.phase is Phase.EXECUTING
    effects = scene.edits(briefing(**{"Acme Consulting": "Other"}), OUTSIDER)
    assert scene.case.approvals == (), "a plan of another briefing is approved by nobody (T10)"
    assert "execution.recalled" in scene.types()
    assert any(
        "edited by dora" in one.message.what for one in of(Say, effects) if isinstance(one.message, Happened)
    )


def test_what_is_not_of_the_issue_as_it_stands_is_approved_by_nobody() -> None:
    scene = Scene()
    scene.opens()
    scene.previews()
    planned = scene.body
    scene.body = briefing(**{"Acme Consulting": "Other"})  # of which nobody told us, or one edit too many
    assert refusal(scene.says(BOSS, f"/approve {scene.token}")) == "approval_stale"
    assert scene.case.phase is Phase.VALIDATED
    scene.body = planned
    assert of(Dispatch, scene.says(BOSS, f"/approve {scene.token}")), "put back as it was, it can be"
