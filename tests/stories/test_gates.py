"""Gates of the policy's own, over the whole house: nothing goes on without them."""

from __future__ import annotations

from bot.cli.demo.scene import Scene
from tests.stories.words import acme, newcomer, planned, refused, says, state, sticky, token
from tests.stories.world import change_policy, page, runs

BEFORE = """\
gates:
  - name: compliance
    before: production
    approvers: {teams: [legal]}
"""
END = """\
gates:
  - name: acceptance
    before: end
    count: 2
    approvers: {roles: [write]}
    author: true
"""


async def test_a_gate_before_a_leg_holds_it_back_until_its_own_people_have_decided(scene: Scene) -> None:
    clara = newcomer(scene, "clara", "read")
    scene.cast.organisation.team("legal", clara)
    await change_policy(scene, BEFORE)
    number, line = await planned(scene)
    assert "compliance, before website: 1 by team legal" in await sticky(scene, number)
    early = line.replace("/approve", "/approve compliance")
    assert "gate_closed" in await refused(scene, clara, number, early), "it is not open yet"

    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "waiting"
    assert len(runs(scene)) == 1, "the preview, and nothing after it"
    assert "waits at the gate `compliance`" in await sticky(scene, number)
    gate_line = f"/approve compliance {await gate_token(scene, number, 'compliance')}"
    assert "no_role" in await refused(scene, scene.cast.bert, number, gate_line), (
        "a maintainer is not the legal team"
    )
    assert "wrong_phase" in await refused(scene, scene.cast.olga, number, line), "the plan is approved already"

    await says(scene, clara, number, gate_line)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert "Acme" in page(scene)


async def gate_token(scene: Scene, number: int, gate: str) -> str:
    """The token that the sticky comment asks people to approve at a gate."""
    found = (await sticky(scene, number)).split(f"/approve {gate} ", 1)
    assert len(found) == 2, found[0]
    return found[1].split()[0]


async def test_a_gate_before_the_end_is_decided_on_what_is_on_the_air(scene: Scene) -> None:
    await change_policy(scene, END)
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "waiting"
    assert "Acme" in page(scene), "it is there to be looked at"
    line = f"/approve acceptance {await gate_token(scene, number, 'acceptance')}"
    await says(scene, scene.cast.anna, number, line)
    assert await state(scene, number) == "waiting", "two people are asked for"
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "completed"


async def test_who_turns_it_down_at_a_gate_leaves_what_is_there_and_the_way_back(scene: Scene) -> None:
    await change_policy(scene, END)
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)
    await says(scene, scene.cast.bert, number, "/reject the phone number is wrong")
    assert await state(scene, number) == "failed"
    assert "Acme" in page(scene)
    await says(scene, scene.cast.bert, number, "/rollback")
    assert await state(scene, number) == "rolled_back"
    assert page(scene) == ""


async def test_a_gate_turned_down_before_anything_was_done_ends_the_plan(scene: Scene) -> None:
    scene.cast.organisation.team("legal", newcomer(scene, "clara", "read"))
    await change_policy(scene, BEFORE)
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)
    await says(scene, scene.cast.bert, number, "/reject no imprint")
    assert await state(scene, number) == "rejected"
    assert len(runs(scene)) == 1


async def test_an_edit_at_a_gate_makes_a_new_plan_and_both_gates_are_decided_anew(scene: Scene) -> None:
    scene.cast.organisation.team("legal", newcomer(scene, "clara", "read"))
    await change_policy(scene, BEFORE)
    number, line = await planned(scene)
    await says(scene, scene.cast.bert, number, line)
    await scene.cast.anna.edit_issue(scene.cast.product, number, body=acme(business_name="Acme Advisory GmbH"))
    await scene.settle()
    assert await state(scene, number) == "validated"
    assert (await token(scene, number)).startswith("v2-")
    words = await sticky(scene, number)
    assert "step by step" in words
    assert "Acme Consulting GmbH" in words, "as it was"
    assert "Acme Advisory GmbH" in words, "as it is now"
