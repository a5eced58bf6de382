"""An organisation's defaults in its `.github` repository: they decide, change, break and are simply not there."""

from __future__ import annotations

from bot.cli.demo.scene import Scene
from bot.sandbox.places import Place
from tests.stories.words import bot_comments, newcomer, open_issue, planned, refused, says, state, sticky, token
from tests.stories.world import runs

POLICY = ".github/millwright.yml"


async def defaults(scene: Scene, text: str) -> Place:
    """The organisation's defaults are these, from now on."""
    world = scene.story.sandbox.world
    known = next((r for r in world.repositories.values() if world.full_name(r) == "acme/.github"), None)
    place = Place(known, scene.story.sandbox) if known else scene.story.repository("acme/.github")
    await scene.cast.olga.push(place, {POLICY: text})
    await scene.settle()
    return place


async def policy_without(scene: Scene, *keys: str) -> None:
    """The policy loses these top-level keys."""
    text = await scene.cast.operations.read(POLICY) or ""
    kept, dropping = [], False
    for line in text.splitlines(keepends=True):
        if not line.startswith(" "):
            dropping = line.partition(":")[0] in keys
        kept += [] if dropping else [line]
    await scene.cast.olga.push(scene.cast.operations, {POLICY: "".join(kept)})
    await scene.settle()


PRICES = 'prices: {currency: USD, minutes: {self-hosted: "0.002"}}\n'
END = "gates:\n  - {name: acceptance, before: end, author: true, approvers: {teams: [board]}}\n"


async def test_defaults_alone_say_who_approves_how_and_at_which_gates(scene: Scene) -> None:
    clara = newcomer(scene, "clara", "read")
    scene.cast.organisation.team("board", clara)
    await defaults(scene, f"approvers: {{teams: [board]}}\nmode: checkpoints\n{PRICES}{END}")
    await policy_without(scene, "approvers", "prices")
    number, line = await planned(scene)
    assert "team board" in await sticky(scene, number)
    assert "no_role" in await refused(scene, scene.cast.bert, number, line), "a maintainer is not the board"
    await says(scene, clara, number, line)
    assert await state(scene, number) == "waiting", "at the defaults' gate"
    await says(scene, clara, number, line.replace("/approve", "/approve acceptance"))
    assert await state(scene, number) == "completed", await sticky(scene, number)


async def test_a_change_of_the_defaults_voids_what_was_approved_under_the_old_ones(scene: Scene) -> None:
    await defaults(scene, "approval: {MEDIUM: {count: 2}}\n")
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "validated", "one of two"
    await defaults(scene, "approval: {MEDIUM: {count: 1}}\n")
    cleo = newcomer(scene, "cleo", "maintain")
    answer = await says(scene, cleo, number, line)
    assert "the policy has changed since this plan was made" in answer
    assert len(runs(scene)) == 1, "the preview, and nothing after it"

    await says(scene, scene.cast.bert, number, "/plan")
    assert await token(scene, number) != line.removeprefix("/approve ")
    await says(scene, scene.cast.bert, number, f"/approve {await token(scene, number)}")
    assert await state(scene, number) == "completed", await sticky(scene, number)


async def test_a_change_of_the_defaults_that_decides_nothing_here_voids_nothing(scene: Scene) -> None:
    await defaults(scene, "mode: checkpoints\n")
    number, line = await planned(scene)
    await defaults(scene, "mode: checkpoints\ngates:\n  - {name: board, before: end, risk: CRITICAL}\n")
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)


async def test_broken_defaults_stop_everything_and_are_named_with_file_and_line(scene: Scene) -> None:
    await defaults(scene, "mode: checkpoints\n\napproval: {MEDIUM: {count: none}}\n")
    number = await open_issue(scene)
    said = await sticky(scene, number)
    assert "Millwright is not set up" in said
    assert "`approval.MEDIUM.count` (line 3 of `acme/.github:.github/millwright.yml`)" in said
    assert runs(scene) == []
    await defaults(scene, "mode: checkpoints\n")
    await says(scene, scene.cast.bert, number, "/plan")
    assert "Millwright is not set up" not in await sticky(scene, number)


async def test_without_a_repository_of_defaults_or_an_app_there_nothing_is_missing(scene: Scene) -> None:
    place = await defaults(scene, "solo: nonsense\n")
    installation = next(
        one for one in scene.story.sandbox.world.installations.values() if one.app_id == scene.cast.app.id
    )
    installation.repository_ids = {scene.cast.product.id, scene.cast.operations.id}
    number, line = await planned(scene)
    assert place.id not in installation.repository_ids
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert not any(".github" in body for body in (await bot_comments(scene, number))[1:])
