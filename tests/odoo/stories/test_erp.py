"""An issue becomes an ERP: previewed with a weaker key, approved, carried out on a real Odoo, taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot.cli.demo.erp import briefing
from bot.cli.demo.operations import Erp
from bot.cli.demo.scene import Scene
from tests.odoo.server import Instance
from tests.odoo.server.door import Refused
from tests.stories.words import body, checks, open_issue, says, state, sticky, token
from tests.stories.world import runs

PATIENCE = 240.0


async def seen(work: Callable[..., Any], *arguments: Any) -> Any:
    """What a look at Odoo or its database answers, while the bot goes on."""
    return await asyncio.to_thread(work, *arguments)


async def approved(scene: Scene, number: int) -> None:
    """Bert approves, and everything calms down."""
    await scene.cast.bert.comment(scene.cast.product, number, f"/approve {await token(scene, number)}")
    await scene.settle(PATIENCE)


async def test_an_issue_becomes_an_erp_and_can_be_taken_back(scene: Scene, odoo: Instance) -> None:
    before = await seen(odoo.modules)
    number = await open_issue(scene, body(briefing()))
    shown = await sticky(scene, number)
    assert await seen(odoo.modules) == before, "a preview changes nothing"
    for module in ("sales_team", "mail", "calendar", "crm_iap_enrich"):
        assert module in shown, shown
    assert "snapshot" in shown

    await approved(scene, number)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    after = await seen(odoo.modules)
    assert "crm" in after
    [user] = await seen(odoo.rows, "res.users", [["login", "like", "johanna"]], "name", "active")
    assert (user["name"], user["active"]) == ("Johanna Brandt", True)
    assert [(run.conclusion, run.job("execute").environment) for run in runs(scene)] == [
        ("success", "erp-read"),
        ("success", "erp"),
    ]
    assert (await checks(scene))["millwright / run"]["conclusion"] == "success"

    await scene.cast.bert.comment(scene.cast.product, number, "/rollback")
    await scene.settle(PATIENCE)
    assert await state(scene, number) == "rolled_back", await sticky(scene, number)
    assert await seen(odoo.modules) == before
    assert await seen(odoo.rows, "res.users", [["login", "like", "johanna"]], "name") == []


@pytest.mark.parametrize("erp", [False], indirect=True)
async def test_without_a_snapshot_two_people_decide_on_what_is_lost(scene: Scene, odoo: Instance) -> None:
    before = await seen(odoo.modules)
    number = await open_issue(scene, body(briefing()))
    line = f"/approve {await token(scene, number)}"
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) == "validated", "what leaves traces is HIGH and takes two"
    await scene.cast.olga.comment(scene.cast.product, number, line)
    await scene.settle(PATIENCE)
    assert await state(scene, number) == "completed", await sticky(scene, number)

    await says(scene, scene.cast.bert, number, "/rollback")
    assert await state(scene, number) == "waiting", await sticky(scene, number)
    shown = await sticky(scene, number)
    assert "their data is lost" in shown, shown
    assert await seen(odoo.modules) != before, "one of two has decided"
    await scene.cast.olga.comment(scene.cast.product, number, line.replace("/approve", "/approve rollback"))
    await scene.settle(PATIENCE)
    assert await state(scene, number) == "rolled_back", await sticky(scene, number)
    assert await seen(odoo.modules) == before


async def test_an_erp_and_a_website_are_two_legs_each_previewed_in_its_own_environment(
    scene: Scene, odoo: Instance
) -> None:
    number = await open_issue(scene, body(briefing().replace("scope: [erp]", "scope: [erp, website]")))
    assert [run.conclusion for run in runs(scene)] == ["success", "success"]
    shown = await sticky(scene, number)
    assert "/approve v1-" in shown
    await approved(scene, number)
    said = await says(scene, scene.cast.olga, number, f"/approve {await token(scene, number)}")
    await scene.settle(PATIENCE)
    assert await state(scene, number) == "completed", said
    assert "crm" in await seen(odoo.modules)
    assert (scene.site.root / "current").exists()


async def test_a_preview_has_the_weaker_key_and_that_cannot_install_anything(
    scene: Scene, odoo: Instance, erp: Erp
) -> None:
    number = await open_issue(scene, body(briefing()))
    assert await state(scene, number) == "validated"
    [preview] = runs(scene)
    assert preview.job("execute").environment == "erp-read"
    held = scene.cast.operations.repository.environments
    assert held["erp-read"].secrets == {"ODOO_KEY": erp.read_key}

    [crm] = await seen(odoo.rows, "ir.module.module", [["name", "=", "crm"]], "state")
    with pytest.raises(Refused, match=r"(?i)access"):
        await asyncio.to_thread(
            odoo.call, "ir.module.module", "button_immediate_install", key=erp.read_key, ids=[crm["id"]]
        )
    assert "crm" not in await seen(odoo.modules)
