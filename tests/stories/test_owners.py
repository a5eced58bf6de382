"""Code owners approve where the policy says so: whoever owns what the plan puts into the repository."""

from __future__ import annotations

from bot.cli.demo.scene import Scene
from tests.stories.test_defaults import defaults, policy_without
from tests.stories.words import newcomer, planned, refused, says, state, sticky

OWNERS = """\
* @bert
.millwright/ @Clara @acme/release # not @dora
"""


async def set_up(scene: Scene, owners: str = OWNERS) -> None:
    """The policy leaves approval to code owners, and the product says who they are."""
    await policy_without(scene, "approvers")
    await defaults(scene, "approvers: {codeowners: true}\n")
    await scene.cast.olga.push(scene.cast.product, {".github/CODEOWNERS": owners})
    await scene.settle()


async def test_an_owner_without_the_maintain_role_approves_and_nobody_else_does(scene: Scene) -> None:
    clara, dora = newcomer(scene, "clara", "write"), newcomer(scene, "dora", "write")
    await set_up(scene)
    number, line = await planned(scene)
    assert "the code owners of the plan's files" in await sticky(scene, number)
    assert "no_role" in await refused(scene, dora, number, line), "named in a comment only"
    assert "no_role" in await refused(scene, scene.cast.bert, number, line), "maintains, but a later line decides"
    await says(scene, clara, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)


async def test_a_member_of_an_owning_team_approves_until_they_leave_it(scene: Scene) -> None:
    emil, fritz = newcomer(scene, "emil", "write"), newcomer(scene, "fritz", "write")
    team = scene.cast.organisation.team("release", emil, fritz)
    await set_up(scene)
    number, line = await planned(scene)
    scene.cast.organisation.leave(team, emil)
    assert "no_role" in await refused(scene, emil, number, line)
    await says(scene, fritz, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)


async def test_an_owner_who_may_not_write_owns_nothing(scene: Scene) -> None:
    clara = newcomer(scene, "clara", "triage")
    await set_up(scene)
    number, line = await planned(scene)
    assert "no_role" in await refused(scene, clara, number, line)
    scene.cast.product.grant(clara, "write")
    await says(scene, clara, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)


async def test_without_a_file_of_at_most_three_megabytes_nobody_owns_anything(scene: Scene) -> None:
    clara = newcomer(scene, "clara", "write")
    filling = ("#" * 99 + "\n") * 12_000
    await set_up(scene, filling + OWNERS)
    number, line = await planned(scene)
    await scene.cast.olga.push(scene.cast.product, {"CODEOWNERS": "* @clara\n"})
    await set_up(scene, filling * 3 + OWNERS)
    assert "no_role" in await refused(scene, clara, number, line)
    await set_up(scene, filling + OWNERS)
    await says(scene, clara, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)
