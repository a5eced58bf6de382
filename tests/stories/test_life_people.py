"""Somebody loses a right after they approved and before anything began: their approval goes at once."""

from __future__ import annotations

import pytest

from bot.cli.demo.scene import Scene
from bot.sandbox.people import Participant
from bot.sandbox.teams import Team
from tests.stories.test_life_repository import TWO, half_approved, nothing_is_stuck
from tests.stories.words import bot_comments, planned, says, state, sticky
from tests.stories.world import change_policy, runs

ROLES = "approvers:\n  roles: [maintain, admin]\n"
TEAM = "approvers:\n  teams: [reviewers]\n"


async def voided(scene: Scene, number: int, before: int, words: str) -> None:
    """One more comment says whose approval is void and why; nothing was begun."""
    after = await bot_comments(scene, number)
    assert len(after) == before + 1, after[before:]
    assert "Approvals are void" in after[-1]
    assert words in after[-1]
    assert await state(scene, number) == "validated"
    assert len(runs(scene)) == 1
    await nothing_is_stuck(scene)


async def test_who_is_taken_off_the_repository_has_not_approved(scene: Scene) -> None:
    number, line = await half_approved(scene)
    before = len(await bot_comments(scene, number))
    scene.cast.product.grant(scene.cast.bert, "none", by=scene.cast.olga)
    await scene.settle()
    await voided(scene, number, before, "bert was removed from the repository by olga")

    scene.cast.product.grant(scene.cast.bert, "maintain", by=scene.cast.olga)
    await scene.settle()
    assert "1 of 2" in await says(scene, scene.cast.olga, number, line)
    assert await state(scene, number) == "validated"


async def test_a_lower_role_is_no_longer_enough(scene: Scene) -> None:
    number, _ = await half_approved(scene)
    before = len(await bot_comments(scene, number))
    scene.cast.product.grant(scene.cast.bert, "triage", by=scene.cast.olga)
    await scene.settle()
    await voided(scene, number, before, "bert was given another role on the repository by olga")


async def test_a_role_that_is_still_enough_changes_nothing(scene: Scene) -> None:
    number, line = await half_approved(scene)
    before = await bot_comments(scene, number)
    scene.cast.product.grant(scene.cast.bert, "admin", by=scene.cast.olga)
    await scene.settle()
    assert await bot_comments(scene, number) == before
    await says(scene, scene.cast.olga, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)


async def test_who_leaves_the_organisation_has_not_approved(scene: Scene) -> None:
    scene.cast.organisation.admit(scene.cast.bert)
    number, _ = await half_approved(scene)
    before = len(await bot_comments(scene, number))
    scene.cast.organisation.expel(scene.cast.bert, by=scene.cast.olga)
    await scene.settle()
    await voided(scene, number, before, "bert was removed from the organisation by olga")


async def reviewed(scene: Scene) -> tuple[int, Team, Participant]:
    """A plan that a team decides on, with the approval of one of the team: number, team and who it was."""
    clara = scene.story.person("clara")
    team = scene.cast.organisation.team("reviewers", clara)
    scene.cast.organisation.assign(team, scene.cast.product, "write")
    text = str(await scene.cast.operations.read(".github/millwright.yml"))
    new: dict[str, str | None] = {".github/millwright.yml": text.replace(ROLES, TEAM)}
    await scene.cast.olga.push(scene.cast.operations, new)
    await change_policy(scene, TWO)
    number, line = await planned(scene)
    assert "1 of 2" in await says(scene, clara, number, line)
    return number, team, clara


@pytest.mark.parametrize("how", ["out of the team", "team gone", "team off the repository"])
async def test_a_team_that_is_no_more_has_not_approved(scene: Scene, how: str) -> None:
    # In a public repository, or by being a member, somebody reads on, and with the team named that is enough.
    scene.cast.product.repository.private = True
    scene.cast.organisation.account.default_repository_permission = "none"
    number, team, clara = await reviewed(scene)
    before = len(await bot_comments(scene, number))
    organisation, olga = scene.cast.organisation, scene.cast.olga
    if how == "out of the team":
        organisation.leave(team, clara, by=olga)
    elif how == "team gone":
        organisation.disband(team, by=olga)
    else:
        organisation.withdraw(team, scene.cast.product, by=olga)
    await scene.settle()
    words = {
        "out of the team": "clara was removed from a team by olga",
        "team gone": "the team reviewers was deleted by olga",
        "team off the repository": "the team reviewers was changed, or taken off the repository, by olga",
    }
    await voided(scene, number, before, words[how])


async def test_what_has_begun_is_not_taken_back_by_it(scene: Scene) -> None:
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "completed"
    said = await bot_comments(scene, number)
    scene.cast.product.grant(scene.cast.bert, "none", by=scene.cast.olga)
    await scene.settle()
    assert await bot_comments(scene, number) == said
