"""T21: one installation's flood keeps no other waiting."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.domain.effects import Effect
from bot.events.model import Event, IssueChanged
from bot.ports import NewRow
from bot.store.connect import open_database
from tests.bot.standin import a_flow, house, issue_event, noted, now

FLOOD = 5_000


def sent(tenant: int, number: int) -> NewRow:
    """An issue of some installation; its repository has the installation's number."""
    body = issue_event(f"I_{tenant}_{number}", number, repository=tenant)
    body = body.replace(b'"installation": {"id": 5}', b'"installation": {"id": %d}' % tenant)
    return NewRow("github", "issues", f"d-{tenant}-{number}", body)


@pytest.mark.parametrize("tenants", [[2], [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]])
async def test_a_row_behind_five_thousand_of_another_tenant_overtakes_most_of_them(
    tmp_path: Path, tenants: list[int]
) -> None:
    handled: list[int] = []
    enough = asyncio.Event()

    def decide(event: Event, *_: Any) -> list[Effect]:
        assert isinstance(event, IssueChanged)
        handled.append(event.repo.id)
        if set(tenants) <= set(handled):
            enough.set()
        return [noted(event)]

    store = open_database(f"sqlite:///{tmp_path}/bot.db", now, "bot")
    await asyncio.gather(*(store.accept(sent(1, n)) for n in range(FLOOD)))
    await asyncio.gather(*(store.accept(sent(tenant, 1)) for tenant in tenants))
    await store.close()
    async with house(tmp_path, a_flow(decide)) as home:
        async with asyncio.timeout(60):
            await enough.wait()
        home.engine.stop()
    assert len(handled) < FLOOD // 5


async def test_of_many_tenants_none_is_always_last(tmp_path: Path) -> None:
    first: set[int] = set()
    async with house(tmp_path, a_flow(lambda event, *_: [noted(event)])) as home:
        rows = [sent(tenant, number) for tenant in range(1, 101) for number in range(12)]
        await asyncio.gather(*(home.store.accept(row) for row in rows))
        await home.settle()
        first = {
            tenant for tenant in range(1, 101) if await home.types(f"case:{tenant}:I_{tenant}_11") == ["noted"]
        }
    assert first == set(range(1, 101))
