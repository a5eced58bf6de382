"""Verifying all ledgers: intact ones are counted, and a byte, a line or an order that was changed is found."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from bot.store.reading import snapshot
from bot.store.verifying import Broken, Verified, verify
from tests.bot.store.case import CASE, decided, opened

FLIP = "UPDATE ledger SET raw = :raw WHERE n = 3"


async def written(url: str, lines: int = 5) -> None:
    """A database with one ledger of so many lines."""
    store = opened(url)
    for n in range(lines):
        await decided(store, f"d{n}")
    await store.close()


def verdict(url: str) -> Verified:
    with snapshot(url) as connection:
        return verify(connection)


def meddle(url: str, statement: str, **values: object) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    engine.dispose()


def raw(connection: Connection, n: int) -> bytes:
    return bytes(connection.execute(text("SELECT raw FROM ledger WHERE n = :n"), {"n": n}).scalar_one())


async def test_whole_chains_are_counted(database: str) -> None:
    await written(database)
    assert verdict(database) == Verified(1, 5, None)


async def test_one_flipped_bit_is_found(database: str) -> None:
    await written(database)
    with snapshot(database) as connection:
        data = bytearray(raw(connection, 3))
    data[40] ^= 1
    meddle(database, FLIP, raw=bytes(data))
    found = verdict(database).broken
    assert found == Broken(CASE, 3, "its bytes are not those that were written")


async def test_a_line_whose_hash_was_mended_too_is_found_by_the_next(database: str) -> None:
    await written(database)
    with snapshot(database) as connection:
        data = raw(connection, 3).replace(b'"d2"', b'"d9"')
    meddle(database, FLIP.replace(" WHERE", ", hash = :hash WHERE"), raw=data, hash=sha256(data).hexdigest())
    assert verdict(database).broken == Broken(CASE, 4, "it does not follow the line before it")


@pytest.mark.parametrize("n", [1, 3])
async def test_a_deleted_line_is_found(database: str, n: int) -> None:
    await written(database)
    meddle(database, "DELETE FROM ledger WHERE n = :n", n=n)
    assert verdict(database).broken == Broken(CASE, n, f"line {n} is not there, line {n + 1} stands in its place")


async def test_the_command_says_so_and_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bot.db"
    await written(url)
    before = (tmp_path / "bot.db").read_bytes()
    assert _said(url) == (0, "INTACT: 5 lines in the ledgers of 1 cases")
    assert (tmp_path / "bot.db").read_bytes() == before
    meddle(url, "DELETE FROM ledger WHERE n = 2")
    code, said = _said(url)
    assert code == 1
    assert said.startswith(f"BROKEN: {CASE}, line 2: line 2 is not there")


def _said(url: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "bot", "ledger", "verify"]
    done = subprocess.run(
        command, env={**os.environ, "MILLWRIGHT_DATABASE": url}, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout.strip() or done.stderr
