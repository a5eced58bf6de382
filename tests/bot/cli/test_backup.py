"""`millwright backup` and `restore`: one moment of the whole database, verified, into whichever database."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.adapters.key_file import change_ring, make_ring
from bot.domain.ledger import broken_at
from bot.domain.ring import compromised, rotated
from bot.ports import Commit, NewRow
from bot.store.connect import open_database
from bot.store.copying import filling
from bot.store.database import Database
from bot.store.tables import INBOX
from tests.bot.cli.conftest import Millwright
from tests.bot.decide.scene import Scene
from tests.bot.standin import now, reacting

KEY = "case:101:I_1"
BODY = b"x" * 2_000


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the bot's key ring is, and its database."""
    data = tmp_path / "data"
    make_ring(data / "millwright.key", now())
    monkeypatch.setenv("MILLWRIGHT_DATA", str(data))
    return data


@pytest.fixture
def full(folder: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database with a case in it, a row that waits, and an effect that waits; its bot has stopped."""
    monkeypatch.setenv("MILLWRIGHT_DATABASE", database)
    asyncio.run(filled(database))
    return database  # type: ignore[return-value]


async def filled(url: str) -> None:
    store = open_database(url, now, "bot")
    scene = Scene()
    scene.opens()
    await keep(store, scene)
    await store.accept(NewRow("github", "issues", "guid-1", b'{"x": "\xc3\xbc"}'))
    await store.accept(NewRow("timer", "look", "timer:1", b"{}", KEY, now() + timedelta(days=1)))
    await store.close()


async def keep(store: Database, scene: Scene) -> None:
    row = await store.accept(NewRow("internal", "x", KEY, b"{}", KEY)) or 0
    blobs = tuple(scene.blobs.values())
    await store.commit(Commit(row, KEY, 0, tuple(scene.lines), blobs, (reacting("r1"), reacting("r2"))))


def test_what_was_copied_stands_in_the_other_database(
    millwright: Millwright,
    full: str,
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = millwright("backup", "copy.zip")
    assert said.code == 0, said.err
    assert stat.S_IMODE((tmp_path / "copy.zip").stat().st_mode) == 0o600
    assert millwright("backup", "--check", "copy.zip").code == 0
    target = f"sqlite:///{tmp_path}/other/bot.db"
    monkeypatch.setenv("MILLWRIGHT_DATABASE", target)
    said = millwright("restore", "copy.zip")
    assert said.code == 0, said.err
    asyncio.run(same_case(full, target))


async def same_case(source: str, target: str) -> None:
    one, other = open_database(source, now, "bot"), open_database(target, now, "bot")
    before, after = await one.lines(KEY), await other.lines(KEY)
    assert [(line.raw, line.entry.alias) for line in after[:-1]] == [
        (line.raw, line.entry.alias) for line in before
    ]
    assert after[-1].entry.type == "ledger.restored"
    assert broken_at(after) is None
    assert await other.find("issue:101:7") == KEY
    plan = next(line.entry.data["digest"] for line in before if line.entry.type == "plan.generated")
    assert await other.blob(plan) == await one.blob(plan) is not None
    assert [(p.key, p.attempts) for p in await other.pending(KEY, now())] == [("r1", 1), ("r2", 1)]
    assert [row.body for row in await other.unrouted(9)] == [b'{"x": "\xc3\xbc"}']
    assert await other.next_due(now()) == await one.next_due(now())
    assert await other.accept(NewRow("github", "issues", "guid-1", b"{}")) is None, "it was accepted before"
    fresh = await other.accept(NewRow("internal", "x", "new", b"{}", KEY)) or 0
    assert fresh > max(row.id for row in await other.unrouted(9)), "numbers go on above those that were given"
    await one.close()
    await other.close()


def test_a_backup_of_sqlite_restores_on_postgresql(
    millwright: Millwright, folder: Path, sqlite_url: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(filled(sqlite_url))
    monkeypatch.setenv("MILLWRIGHT_DATABASE", sqlite_url)
    assert millwright("backup", "copy.zip").code == 0
    monkeypatch.setenv("MILLWRIGHT_DATABASE", postgres_url)
    said = millwright("restore", "copy.zip")
    assert said.code == 0, said.err
    asyncio.run(same_case(sqlite_url, postgres_url))


def test_only_an_empty_database_is_filled_and_a_file_is_never_replaced(millwright: Millwright, full: str) -> None:
    assert millwright("backup", "copy.zip").code == 0
    said = millwright("backup", "copy.zip")
    assert said.code == 2
    assert "there already" in said.err
    said = millwright("restore", "copy.zip")
    assert said.code == 2
    assert "not empty" in said.err


def test_the_bot_goes_on_while_its_database_is_copied_and_the_copy_is_one_moment(
    millwright: Millwright, full: str, tmp_path: Path
) -> None:
    async def both() -> int:
        store = open_database(full, now, "bot")
        done = asyncio.Event()

        async def accept() -> int:
            number = 0
            while not done.is_set():
                assert await store.accept(NewRow("github", "issues", f"more-{number}", b"x" * 1000)) is not None
                number += 1
            return number

        writing = asyncio.create_task(accept())
        said = await asyncio.to_thread(millwright, "backup", "copy.zip")
        done.set()
        assert said.code == 0, said.err
        written = await writing
        await store.close()
        return written

    assert asyncio.run(both()) > 0, "deliveries were accepted meanwhile"
    assert millwright("backup", "--check", "copy.zip").code == 0


@pytest.mark.parametrize("table", ["inbox", "ledger", "outbox", "blobs"])
def test_a_changed_byte_is_found_and_nothing_is_stored(
    millwright: Millwright, full: str, tmp_path: Path, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert millwright("backup", "copy.zip").code == 0
    changed(tmp_path, f"{table}.jsonl", lambda data: data.replace(b"1", b"2", 1))
    said = millwright("backup", "--check", "changed.zip")
    assert said.code == 1
    assert f"{table}.jsonl" in said.err
    monkeypatch.setenv("MILLWRIGHT_DATABASE", f"sqlite:///{tmp_path}/new.db")
    said = millwright("restore", "changed.zip", "--unsigned")
    assert said.code == 2
    assert not (tmp_path / "new.db").exists()


def test_who_makes_digests_and_manifest_fit_is_stopped_by_the_signature(
    millwright: Millwright, full: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert millwright("backup", "copy.zip").code == 0
    changed(tmp_path, "manifest.json", lambda data: data.replace(b'"made":"2', b'"made":"3'))
    monkeypatch.setenv("MILLWRIGHT_DATABASE", f"sqlite:///{tmp_path}/new.db")
    said = millwright("restore", "changed.zip")
    assert said.code == 2
    assert "signed by no key" in said.err
    assert millwright("backup", "--check", "changed.zip").code == 1
    assert millwright("restore", "changed.zip", "--unsigned").code == 0


def test_a_broken_chain_is_named_even_where_every_digest_fits(
    millwright: Millwright, full: str, tmp_path: Path, folder: Path
) -> None:
    assert millwright("backup", "copy.zip").code == 0
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        lines = archive.read("ledger.jsonl").splitlines(keepends=True)
        manifest = json.loads(archive.read("manifest.json"))
    kept = b"".join([*lines[:1], *lines[2:]])
    manifest["tables"]["ledger"] = {"rows": len(lines) - 1, "sha256": hashlib.sha256(kept).hexdigest()}
    changed(tmp_path, "ledger.jsonl", lambda _: kept)
    (tmp_path / "changed.zip").replace(tmp_path / "copy.zip")
    changed(tmp_path, "manifest.json", lambda _: json.dumps(manifest).encode())
    said = millwright("backup", "--check", "changed.zip")
    assert said.code == 1
    assert f"the chain of {KEY} is broken at line 3" in said.err


def changed(folder: Path, name: str, change: object) -> None:
    """`changed.zip`: the backup with one of its files changed."""
    with zipfile.ZipFile(folder / "copy.zip") as source, zipfile.ZipFile(folder / "changed.zip", "w") as target:
        for one in source.namelist():
            data = source.read(one)
            target.writestr(one, change(data) if one == name else data)  # type: ignore[operator]


def test_a_backup_signed_by_a_stolen_key_is_not_believed(
    millwright: Millwright, full: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert millwright("backup", "copy.zip").code == 0
    ring = folder / "millwright.key"
    later = now() + timedelta(days=1)
    old = change_ring(ring, lambda ring: rotated(ring, os.urandom(32), later)).keys[1].fingerprint
    assert millwright("backup", "--check", "copy.zip").code == 0, "a key that was rotated still vouches"
    change_ring(ring, lambda ring: compromised(ring, old, later, os.urandom(32)))
    assert millwright("backup", "--check", "copy.zip").code == 1
    monkeypatch.setenv("MILLWRIGHT_DATABASE", f"sqlite:///{tmp_path}/new.db")
    assert millwright("restore", "copy.zip").code == 2


def test_the_keys_go_along_only_where_that_is_asked_for(
    millwright: Millwright, full: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = folder / "millwright.key"
    secret = ring.read_bytes()
    assert millwright("backup", "without.zip").code == 0
    with zipfile.ZipFile(tmp_path / "without.zip") as archive:
        assert "millwright.key" not in archive.namelist()
    said = millwright("backup", "--with-keys", "copy.zip")
    assert said.code == 0
    assert "every secret" in said.out
    monkeypatch.setenv("MILLWRIGHT_DATABASE", f"sqlite:///{tmp_path}/new.db")
    assert millwright("restore", "--with-keys", "copy.zip").code == 2, "there is a key file"
    ring.unlink()
    assert millwright("restore", "without.zip").code == 2, "nobody vouches for it"
    said = millwright("restore", "--with-keys", "copy.zip")
    assert said.code == 0, said.err
    assert ring.read_bytes() == secret
    assert stat.S_IMODE(ring.stat().st_mode) == 0o600


def test_what_fails_half_way_leaves_an_empty_database(
    millwright: Millwright, full: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert millwright("backup", "copy.zip").code == 0
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        lines = archive.read("outbox.jsonl").splitlines(keepends=True)
        manifest = json.loads(archive.read("manifest.json"))
    wrong = b"".join([*lines, lines[-1].replace(b'"key":', b'"quay":')])
    manifest["tables"]["outbox"] = {"rows": len(lines) + 1, "sha256": hashlib.sha256(wrong).hexdigest()}
    changed(tmp_path, "outbox.jsonl", lambda _: wrong)
    (tmp_path / "changed.zip").replace(tmp_path / "copy.zip")
    changed(tmp_path, "manifest.json", lambda _: json.dumps(manifest).encode())
    target = f"sqlite:///{tmp_path}/new.db"
    monkeypatch.setenv("MILLWRIGHT_DATABASE", target)
    said = millwright("restore", "--unsigned", "changed.zip")
    assert said.code == 2
    assert "quay" in said.err

    async def nothing() -> None:
        store = open_database(target, now, "bot")
        assert await store.lines(KEY) == []
        assert await store.unrouted(9) == []
        await store.close()

    asyncio.run(nothing())


def test_a_hundred_thousand_rows_go_through_in_little_memory(
    millwright: Millwright, folder: Path, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(open_database(sqlite_url, now, "bot").close())
    row = {"source": "github", "kind": "issues", "status": "waiting", "attempts": 0, "received": 1}
    with filling(sqlite_url) as connection:
        for first in range(0, 100_000, 1_000):
            many = range(first, first + 1_000)
            connection.execute(insert(INBOX), [row | {"delivery": f"d{n}", "body": BODY} for n in many])
    monkeypatch.setenv("MILLWRIGHT_DATABASE", sqlite_url)
    assert peak("backup", "copy.zip") < 150_000_000
    assert peak("backup", "--check", "copy.zip") < 150_000_000
    monkeypatch.setenv("MILLWRIGHT_DATABASE", f"sqlite:///{tmp_path}/new.db")
    assert peak("restore", "copy.zip") < 150_000_000


def peak(*arguments: str) -> int:
    """The most memory in bytes that the command had, in a process of its own."""
    # Read from within: what `wait4` tells begins with the memory of the process that made this one.
    said = "lambda: print(open('/proc/self/status').read(), file=sys.stderr)"
    code = f"import atexit, sys; from bot.__main__ import main; atexit.register({said}); sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = re.search(r"VmHWM:\s+(\d+) kB", done.stderr)
    assert found is not None
    return int(found[1]) * 1024


def test_what_is_no_backup_is_said_to_be_none(millwright: Millwright, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x05\x06" + b"\0" * 18)
    (tmp_path / "y.zip").write_bytes(b"nothing")
    for name in ("x.zip", "y.zip", "absent.zip"):
        said = millwright("restore", name)
        assert said.code == 2
        assert "no backup" in said.err
