"""Faults that are asked for: what becomes of deliveries and requests, and that people meet none of them."""

from __future__ import annotations

from collections import Counter
from random import Random

import aiohttp
import pytest

from bot.sandbox.client import Refused
from bot.sandbox.faults import KINDS, Kind, Odds
from tests.sandbox.conftest import World


async def opened(world: World, count: int) -> None:
    for number in range(count):
        await world.outsider.open_issue(world.widgets, f"Issue {number}")
    await world.story.settle()


async def test_nothing_goes_wrong_unless_it_is_asked_for(world: World) -> None:
    await opened(world, 3)
    assert world.mailbox.names().count("issues.opened") == 3
    assert not world.story.sandbox.faults.brought


async def test_a_dropped_delivery_has_failed_in_the_log_and_can_be_sent_again(world: World) -> None:
    faults = world.story.sandbox.faults
    faults.odds = Odds(dropped=1.0)
    await opened(world, 1)
    assert "issues.opened" not in world.mailbox.names()
    faults.odds = Odds()
    [failed] = await world.signed().get("/app/hook/deliveries", status="failure")
    assert (failed["status_code"], failed["redelivery"]) == (502, False)
    await world.signed().post(f"/app/hook/deliveries/{failed['id']}/attempts")
    await world.story.settle()
    assert world.mailbox.names().count("issues.opened") == 1


async def test_a_doubled_delivery_comes_twice_under_one_guid(world: World) -> None:
    world.story.sandbox.faults.odds = Odds(doubled=1.0)
    await opened(world, 1)
    mine = [heads for heads, _, _ in world.mailbox.received if heads["X-GitHub-Event"] == "issues"]
    assert len(mine) == 2
    assert len({heads["X-GitHub-Delivery"] for heads in mine}) == 1
    assert len({one.id for one in world.story.sandbox.webhooks.log if one.event == "issues"}) == 2


async def test_late_deliveries_lose_their_order(world: World) -> None:
    faults = world.story.sandbox.faults
    faults.odds, faults.dice = Odds(late=0.2), Random(1)
    await opened(world, 8)
    numbers = [payload["issue"]["number"] for payload in world.mailbox.of("issues.opened")]
    assert sorted(numbers) == list(range(1, 9))
    assert numbers != sorted(numbers)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_request_of_the_app_meets_what_the_dice_bring(world: World, kind: Kind) -> None:
    await opened(world, 1)
    bot, path = world.bot(), f"{world.widgets.path}/issues/1/comments"
    faults = world.story.sandbox.faults
    faults.odds = Odds(request=1.0, kinds=(kind,), scale=0.001)
    statuses = {"bad gateway": 502, "bad gateway after": 502, "429": 429, "429 untold": 429, "403 secondary": 403}
    if kind.startswith("cut"):
        with pytest.raises(aiohttp.ClientError):
            await bot.post(path, {"body": "hello"})
    else:
        with pytest.raises(Refused) as refused:
            await bot.post(path, {"body": "hello"})
        assert refused.value.status == statuses.get(kind, 504)
    has_happened = kind.endswith("after") or kind == "timeout"
    assert len(await world.outsider.http.get(path)) == has_happened, "people meet no faults"
    assert faults.brought == Counter({kind: 1})
