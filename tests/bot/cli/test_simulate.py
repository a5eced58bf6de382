"""What `millwright simulate` says where it cannot answer, and that it makes, mends and locks no database."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import sqlite3
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.domain.ledger import Entry, Line, chain
from bot.errors import StoreError
from bot.ports import Commit, NewRow, Store
from bot.store.connect import open_database
from bot.store.database import Database
from bot.store.reading import ReadStore, looking_at
from tests.bot.cli.conftest import POLICY, Millwright
from tests.bot.decide.scene import Scene
from tests.bot.standin import now

ASK = ("--actor", "bert:1002", "--command", "/approve v1-000000000000")
KEY = "case:101:I_1"


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The variables of a bot whose GitHub does not answer; its folder."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    for name, value in {
        "MILLWRIGHT_DATA": str(tmp_path / "data"),
        "MILLWRIGHT_LISTEN": "127.0.0.1:0",
        "GITHUB_API_URL": "http://127.0.0.1:9",
        "GITHUB_APP_ID": "1",
        "GITHUB_PRIVATE_KEY": key.private_bytes(serialization.Encoding.PEM, form, plain).decode(),
        "GITHUB_WEBHOOK_SECRET": "s" * 40,
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "data"


@pytest_asyncio.fixture
async def bot(environ: Path) -> AsyncIterator[Database]:
    """The database of a bot that runs, with one case in it."""
    store = open_database(f"sqlite:///{environ}/millwright.db", now, "bot")
    scene = Scene()
    scene.opens()
    await keep(store, KEY, scene.lines, tuple(scene.blobs.values()))
    yield store
    await store.close()


async def keep(store: Database, key: str, lines: Sequence[Line], blobs: tuple[bytes, ...] = ()) -> None:
    row = await store.accept(NewRow("internal", "x", key, b"{}", key)) or 0
    await store.commit(Commit(row, key, 0, tuple(lines), blobs))


def elsewhere(lines: Sequence[Line], repository: int) -> list[Line]:
    """The same ledger, of a repository of another number that has the same name."""
    first = lines[0].entry
    data = first.data | {"repo": first.data["repo"] | {"id": repository}}
    alias = (first.alias or "").replace(":101:", f":{repository}:")
    return chain([replace(first, data=data, alias=alias)], None, now())


def files(folder: Path) -> dict[str, str]:
    """The data of each file of the folder, but for the index of a log, which holds locks."""
    found = sorted(path for path in folder.iterdir() if not path.name.endswith("-shm"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def test_a_missing_database_is_named_and_not_made(millwright: Millwright, environ: Path) -> None:
    said = millwright("simulate", *ASK, "--case", KEY)
    assert said.code == 2
    assert "there is no database" in said.err
    assert "MILLWRIGHT_DATABASE" in said.err
    assert not environ.exists()


def test_a_file_that_is_no_database_of_ours_is_refused(millwright: Millwright, environ: Path) -> None:
    environ.mkdir()
    path = environ / "millwright.db"
    sqlite3.connect(path).close()
    path.write_bytes(b"")
    said = millwright("simulate", *ASK, "--case", KEY)
    assert (said.code, path.read_bytes()) == (2, b"")
    assert "holds nothing of Millwright's" in said.err
    path.write_text("this is a letter and no database, however long one looks at it" * 20)
    said = millwright("simulate", *ASK, "--case", KEY)
    assert (said.code, "Traceback" in said.err) == (2, False)


@pytest.mark.parametrize(("version", "step"), [(0, "start `millwright serve`"), (99, "install the newer release")])
async def test_a_database_of_another_release_is_not_migrated(
    millwright: Millwright, bot: Database, environ: Path, version: int, step: str
) -> None:
    await bot.close()
    with sqlite3.connect(environ / "millwright.db") as connection:
        connection.execute("UPDATE millwright_schema SET version = ?", (version,))
    connection.close()
    before = files(environ)
    with pytest.raises(StoreError, match=step), looking_at(f"sqlite:///{environ}/millwright.db"):
        pass
    assert files(environ) == before


async def test_a_running_bots_log_is_read_and_a_moment_stays_that_moment(bot: Database, environ: Path) -> None:
    before = files(environ)
    assert (environ / "millwright.db-wal").stat().st_size > 0
    with looking_at(f"sqlite:///{environ}/millwright.db") as store:
        seen = await store.lines(KEY)
        assert [line.raw for line in seen] == [line.raw for line in await bot.lines(KEY)]
        assert files(environ) == before
        more = chain([Entry("effect.failed", {"effect": "Say"})], seen[-1], now())
        row = await bot.accept(NewRow("internal", "x", "more", b"{}", KEY)) or 0
        await bot.commit(Commit(row, KEY, seen[-1].n, tuple(more)))
        assert len(await store.lines(KEY)) == len(seen), "as of the moment it was opened"
    assert len(await bot.lines(KEY)) == len(seen) + 1, "and the bot was in nobody's way"


async def test_a_stopped_bots_database_gets_no_file_beside_it(bot: Database, environ: Path) -> None:
    await bot.close()
    names, before = sorted(environ.iterdir()), files(environ)
    with looking_at(f"sqlite:///{environ}/millwright.db") as store:
        assert await store.cases_numbered(7) == (KEY,)
        assert await store.cases_numbered(17) == ()
    assert (sorted(environ.iterdir()), files(environ)) == (names, before)


async def test_what_a_killed_bot_left_is_read_and_not_folded_back(bot: Database, environ: Path) -> None:
    left = environ.parent / "left"
    left.mkdir()
    for name in ("millwright.db", "millwright.db-wal"):
        shutil.copy(environ / name, left / name)
    before = files(left)
    with looking_at(f"sqlite:///{left}/millwright.db") as store:
        assert len(await store.lines(KEY)) == len(await bot.lines(KEY)), "most of it is in the log only"
    assert files(left) == before


def test_what_reads_a_database_has_nothing_that_writes_one() -> None:
    has = {name for name in vars(ReadStore) if not name.startswith("_")}
    assert has == {"lines", "find", "cases_of", "blob", "cases_numbered", "opened_lately", "took_lately"}
    assert {"accept", "commit", "performed", "postpone"} <= set(vars(Store)) - has


async def test_an_issue_without_a_case_and_one_with_several_are_told_apart(
    millwright: Millwright, bot: Database, environ: Path
) -> None:
    lines = await bot.lines(KEY)
    name = lines[0].entry.data["repo"]["name"]
    said = await asked(millwright, "--issue", f"{name}#8")
    assert (said[0], f"{name}#8: the database knows no case" in said[1]) == (2, True)
    said = await asked(millwright, "--issue", "somebody/else#7")
    assert (said[0], "the database knows no case" in said[1]) == (2, True)
    await keep(bot, "case:909:I_9", elsewhere(lines, 909))
    said = await asked(millwright, "--issue", f"{name.upper()}#7")
    assert said[0] == 2
    assert f"--case {KEY} " in said[1]
    assert "--case case:909:I_9 " in said[1]
    said = await asked(millwright, "--case", "case:1:nobody")
    assert (said[0], "knows no such case" in said[1]) == (2, True)
    said = await asked(millwright, "--case", KEY)
    assert said[0] == 2, "that case is found, and GitHub does not answer"
    assert "getting a token" in said[1]
    assert "knows no" not in said[1]


async def asked(millwright: Millwright, *where: str) -> tuple[int, str]:
    """The command in a thread of its own, because it has a loop of its own: exit code and errors."""
    said = await asyncio.to_thread(millwright, "simulate", *ASK, *where)
    assert "Traceback" not in said.err
    return said.code, said.err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((*ASK, "--issue", "acme/website"), "is no issue; write it like acme/website#7"),
        ((*ASK, "--case", KEY, "--at", "2026-01-31"), "--at 2026-01-31: is no moment"),
        ((*ASK, "--case", KEY, "--at", "2026-01-31T09:00:00"), "is no moment"),
        (("--actor", "b b", "--command", "/why", "--case", KEY), "is no account"),
    ],
)
async def test_a_question_that_makes_no_sense_is_told_with_what_to_write(
    millwright: Millwright, bot: Database, arguments: tuple[str, ...], why: str
) -> None:
    said = await asyncio.to_thread(millwright, "simulate", *arguments)
    assert said.code == 2
    assert why in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        (*ASK, "--review", "approved", "--case", KEY),
        (*ASK, "--case", KEY, "--issue", "acme/website#1"),
        (*ASK, "--case", KEY, "--as-role", "owner"),
    ],
)
def test_wrong_usage_ends_with_2(millwright: Millwright, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        millwright("simulate", *arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize(
    "arguments",
    [(), ("--actor", "bert", "--case", KEY), ASK, ("--command", "/why", "--case", KEY)],
)
def test_half_a_question_is_told_what_is_missing(millwright: Millwright, arguments: tuple[str, ...]) -> None:
    said = millwright("simulate", *arguments)
    assert (said.code, said.out) == (2, "")
    assert "say who (--actor), what (--command or --review) and where (--issue or --case)" in said.err


def test_a_policy_alone_says_who_decides_where(millwright: Millwright, tmp_path: Path) -> None:
    rule = "gates:\n  - name: compliance\n    before: production\n    approvers: {teams: [legal]}\n"
    (tmp_path / "policy.yml").write_text(POLICY + rule)
    said = millwright("simulate", "--policy", "policy.yml", "--risk", "HIGH")
    assert (said.code, said.err) == (0, "")
    head, plan, compliance = said.out.splitlines()
    assert head == "acme/www (WWW), HIGH"
    assert plan.split()[0] == "plan"
    assert compliance.split()[0] == "compliance"
    assert "team legal" in compliance
    whole = millwright("simulate", "--policy", "policy.yml").out.splitlines()
    assert [line.split()[-1] for line in whole if line.startswith("acme")] == ["LOW", "MEDIUM", "HIGH", "CRITICAL"]


def test_a_policy_with_faults_and_one_beside_another_question_are_refused(
    millwright: Millwright, tmp_path: Path
) -> None:
    (tmp_path / "policy.yml").write_text(POLICY.replace("operations:", "operation:"))
    said = millwright("simulate", "--policy", "policy.yml")
    assert (said.code, said.out) == (2, "")
    assert "policy.yml" in said.err
    assert "cannot be read as a policy" in said.err
    (tmp_path / "policy.yml").write_text(POLICY)
    said = millwright("simulate", "--policy", "policy.yml", *ASK)
    assert (said.code, "--actor asks the bot's database" in said.err) == (2, True)
    said = millwright("simulate", "--risk", "LOW")
    assert (said.code, "--risk goes with --policy FILE" in said.err) == (2, True)


def test_the_environment_is_read_as_the_bot_reads_it(
    millwright: Millwright, environ: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_APP_ID")
    said = millwright("simulate", *ASK, "--case", KEY)
    assert (said.code, "GITHUB_APP_ID is not set" in said.err) == (2, True)
