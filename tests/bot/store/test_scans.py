"""What the engine asks the database for costs what is ready: no statement reads a table from end to end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, insert, update
from sqlalchemy import Engine as Databases

from bot.domain.effects import Effect, Timer
from bot.errors import GitHubBusy
from bot.store.due import ROWS, WINDOW, ready
from bot.store.inbox import Accepted, accept
from bot.store.tables import INBOX, micros
from tests.bot.standin import a_flow, house, noted, now, reacting, webhook
from tests.bot.store.case import opened, row

ONLY_WHAT_WAITS = ("inbox_fresh", "inbox_due", "inbox_retry", "outbox_fresh", "outbox_due")
"""Indexes that hold no row that is finished; `…_due` is read up to now, by a search."""


@contextmanager
def statements() -> Iterator[set[tuple[str, int]]]:
    """What is asked meanwhile, with the number of its parameters."""
    found: set[tuple[str, int]] = set()

    def asked(_c: object, _cursor: object, statement: str, parameters: Any, _x: object, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            found.add((statement, len(parameters[0] if many else parameters)))

    event.listen(Databases, "before_cursor_execute", asked)
    try:
        yield found
    finally:
        event.remove(Databases, "before_cursor_execute", asked)


def scans(folder: Path, asked: set[tuple[str, int]]) -> list[str]:
    """The statements that read all of a table, or all of an index that holds what is finished."""
    found = []
    with create_engine(f"sqlite:///{folder}/bot.db").connect() as connection:
        for statement, count in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (None,) * count)
            for step in [str(one[3]) for one in plan]:
                whole = re.match(r"SCAN (inbox|outbox|ledger|leases|blobs)\b|SEARCH \w+$", step)
                if whole and not any(index in step for index in ONLY_WHAT_WAITS):
                    found.append(f"{step}: {statement}")
    return found


async def test_no_statement_of_the_engine_reads_a_whole_table(tmp_path: Path) -> None:
    tries: list[str] = []

    async def perform(pending: Any, case: Any, hands: Any) -> list[Any]:
        tries.append(pending.key)
        if len(tries) == 1:
            raise GitHubBusy("slow down", status=429, retry_after=0.001)
        return []

    def decide(happened: Any, *_: Any) -> list[Effect]:
        later = Timer("t", "look", now() + timedelta(days=7), {})
        return [noted(happened), reacting("a"), reacting("b"), later]

    with statements() as asked:
        async with house(tmp_path, a_flow(decide, perform)) as home:
            await home.deliver(*(webhook(f"d{n}", node=f"I_{n % 3}") for n in range(9)))
            await home.store.parked()
    texts = " ".join(statement for statement, _ in asked)
    assert all(name in texts for name in ("due IS NULL", "min(due)", "attempts > 0", "case_key IS NULL"))
    assert scans(tmp_path, asked) == []
    assert scans(tmp_path, {("SELECT id FROM inbox WHERE received < ?", 1)}), "what does is noticed"


async def test_cases_with_a_ready_row_are_found_behind_more_rows_than_one_look_reads(database: str) -> None:
    store = opened(database)
    await store._writer.run(_many)
    await store.accept(row("last", case="case:101:I_2"))
    assert await store.ready(now(), 10) == ["case:101:I_1", "case:101:I_2"]
    assert await store.ready(now(), 1) == ["case:101:I_1"]
    await store.close()


def _many(connection: Connection) -> None:
    accept(connection, [Accepted(row(f"d{n}"), now()) for n in range(WINDOW + 10)])


async def test_what_is_held_up_is_left_out_by_the_database_however_much_it_is(tmp_path: Path) -> None:
    held = 3 * WINDOW
    async with house(tmp_path, a_flow(lambda *_: [])) as place:
        pass
    del place
    engine = create_engine(f"sqlite:///{tmp_path}/bot.db")
    later = micros(now() + timedelta(hours=1))
    with engine.begin() as connection:
        rows = [
            {
                "source": "github", "kind": "issues", "status": "waiting", "received": 1, "body": b"{}",
                "delivery": f"{number}:{due}", "case_key": f"case:1:{number}", "due": due,
                "attempts": int(due > 0),
            }
            for number in range(held)
            for due in (later, 0)
        ]  # fmt: skip
        free = {**rows[0], "delivery": "free", "case_key": "case:2:free", "due": 0, "attempts": 0}
        connection.execute(insert(INBOX), [*rows, free])
        connection.execute(update(INBOX).where(INBOX.c.due == 0).values(due=None))
    with statements() as asked, engine.connect() as connection:
        assert ready(connection, ROWS, now(), 256) == ["case:2:free"]
    engine.dispose()
    assert max(count for _, count in asked) < 10
