"""What is over is let go, with what it wanted, and nothing else is."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.store import age
from bot.store.tables import OUTBOX
from tests.bot.standin import now, reacting
from tests.bot.store.case import CASE, decided, opened


async def test_what_is_over_goes_in_pieces_with_its_effects_and_what_is_not_stays(database: str) -> None:
    store = opened(database)
    try:
        many = 2 * age.PIECE + 1
        for n in range(many):
            await decided(store, f"d{n}", reacting(f"k{n}"))
        effects = await store.pending(CASE, now())
        for effect in effects[:-1]:
            await store.performed(effect, [], "done")
        left = len(await store.pending(CASE, now()))
        assert await store.prune(now() - timedelta(days=1)) == 0
        assert await store.prune(now() + timedelta(seconds=1)) == many
        assert await store.prune(now() + timedelta(seconds=1)) == 0
        assert len(await store.pending(CASE, now())) == left > 0, "what waits is never let go"
        kept = await store.read(lambda c: c.execute(select(OUTBOX.c.status)).scalars().all())
        assert set(kept) == {"waiting"}
    finally:
        await store.close()
