"""Which cases a round looks at: those that are open and rest, in turns, on both databases."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.ledger import Entry, chain
from bot.domain.lifecycle import ENDING
from bot.domain.people import Actor
from bot.domain.took import Took, alias_of
from bot.ports import Commit
from bot.store.connect import open_database
from bot.store.database import Database
from tests.bot.standin import now
from tests.bot.store.case import row

LATER = timedelta(hours=1, minutes=1)


async def a_case(store: Database, key: str, *types: str) -> None:
    number = await store.accept(row(f"d-{key}", case=key)) or 0
    actor = Actor(7, "anna")
    alias = f"issue:{key.split(':')[1]}:{key[-1]}"
    lines = chain(
        [Entry(one, {}, actor, alias=alias if one == "capability.opened" else None) for one in types], None, now()
    )
    await store.commit(Commit(number, key, 0, tuple(lines)))


async def test_open_cases_that_rest_are_found_and_others_are_not(database: str) -> None:
    store = open_database(database, now, "bot")
    opened = ("capability.opened", "plan.generated")
    await a_case(store, "case:10:I_1", *opened)
    for number, end in enumerate(sorted(ENDING), start=2):
        await a_case(store, f"case:10:I_{number}", *opened, end, "effect.performed", "evidence.sealed")
    await a_case(store, "case:10:I_8", *opened, "capability.cancelled", "plan.superseded", "plan.generated")
    await a_case(store, "budget:10", "budget.opened")
    assert await store.open_cases("") == ((), "")
    await store.close()
    late = open_database(database, lambda: now() + LATER, "bot")
    assert await late.open_cases("") == (("case:10:I_1", "case:10:I_8"), "")
    assert await late.open_cases("case:10:I_1") == (("case:10:I_8",), "")
    await late.close()


async def test_what_was_opened_lately_is_of_one_repository_the_newest_first(database: str) -> None:
    store = open_database(database, now, "bot")
    for key in ("case:10:I_1", "case:101:I_2", "case:10:I_3"):
        await a_case(store, key, "capability.opened", "plan.generated")
    assert [one.user for one in await store.opened_lately(10)] == [7, 7]
    assert len(await store.opened_lately(101)) == 1
    assert await store.opened_lately(1) == ()
    await store.close()


async def a_completed_step(store: Database, key: str, seconds: str, installation: int) -> None:
    number = await store.accept(row(f"d-{key}", case=key)) or 0
    done = {"step": "deploy", "changed": 1, "executor": "deploy", "seconds": seconds}
    entries = [Entry("capability.opened"), Entry("step.completed", done, alias=alias_of(installation))]
    await store.commit(Commit(number, key, 0, tuple(chain(entries, None, now()))))


async def test_how_long_steps_took_is_of_one_installation_the_newest_first(database: str) -> None:
    store = open_database(database, now, "bot")
    for issue, (seconds, installation) in enumerate([("1.5", 10), ("2", 10), ("soon", 10), ("9", 101)]):
        await a_completed_step(store, f"case:1:I_{issue}", seconds, installation)
    assert await store.took_lately(10) == (Took("deploy", 2.0), Took("deploy", 1.5))
    assert await store.took_lately(101) == (Took("deploy", 9.0),)
    assert await store.took_lately(1) == ()
    await store.close()
