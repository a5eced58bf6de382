"""Erasing personal data: what is asked first, what goes, what stays for others, and a ledger that holds (T52)."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.effects import Dispatch, Erase, React, Say
from bot.domain.ledger import Entry, broken_at, chain
from bot.domain.lifecycle import Phase
from bot.domain.messages import StatusReply
from bot.domain.people import Role
from bot.domain.replies import AuditReply, EraseAsk, Erased
from bot.ports import Commit, NewRow
from bot.store.codec import dump
from bot.store.connect import open_database
from bot.store.database import Database
from tests.bot.decide.people import BOSS, LEAD, OUTSIDER, START, of, refusal
from tests.bot.decide.scene import Scene
from tests.bot.decide.two_legs import COPIED, ONE, completed

ADMIN = LEAD


def done() -> Scene:
    scene = Scene().to_approved()
    scene.executes()
    return scene


def erased(scene: Scene) -> Scene:
    """The case after an admin confirmed it, with the store as it is then."""
    effects = scene.says(ADMIN, f"/erase {scene.token}")
    for digest in of(Erase, effects)[0].digests:
        scene.blobs.pop(digest, None)
    return scene


def test_it_first_says_what_is_lost_and_which_line_confirms_it() -> None:
    scene = completed(COPIED + ONE)
    effects = scene.says(ADMIN, "/erase")
    asked = of(Say, effects)[0].message
    assert isinstance(asked, EraseAsk)
    assert asked.line == f"/erase {scene.token}"
    assert asked.is_standing
    assert asked.counts["plans"] >= 2, "the plan before and after each preview"
    assert asked.counts["briefings"] == 1
    assert asked.counts["journals"] >= 2
    assert not of(Erase, effects)
    assert scene.case.plan is not None


@pytest.mark.parametrize("words", ["yes", "v1-000000000000", "v2-{hex}", "{hex}", "{token} please", "V1-{hex}"])
def test_only_the_exact_line_erases_anything(words: str) -> None:
    scene = done()
    said = words.format(token=scene.token, hex=scene.token.partition("-")[2])
    effects = scene.says(ADMIN, f"/erase {said}")
    assert refusal(effects) == "not_confirmed"
    assert not of(Erase, effects)


@pytest.mark.parametrize("role", [Role.READ, Role.WRITE, Role.MAINTAIN])
def test_only_admins_erase(role: Role) -> None:
    scene = done()
    scene.roles[BOSS.id] = role
    for words in ("/erase", f"/erase {scene.token}"):
        assert refusal(scene.says(BOSS, words)) == "no_role"


def test_while_something_runs_or_waits_nothing_is_erased() -> None:
    scene = Scene()
    scene.opens()
    assert refusal(scene.says(ADMIN, "/erase")) == "wrong_phase"
    scene.previews()
    assert refusal(scene.says(ADMIN, f"/erase {scene.token}")) == "wrong_phase"
    scene.says(BOSS, f"/approve {scene.token}")
    assert refusal(scene.says(ADMIN, f"/erase {scene.token}")) == "wrong_phase"
    scene.claims("admit")
    scene.claims("execute")
    assert refusal(scene.says(ADMIN, f"/erase {scene.token}")) == "wrong_phase"


def test_everything_that_the_ledger_names_goes_and_the_ledger_holds() -> None:
    scene = done()
    token, kept = scene.token, {digest for digest in scene.blobs if digest not in named(scene)}
    effects = scene.says(ADMIN, f"/erase {token}")
    assert set(of(Erase, effects)[0].digests) | kept == set(scene.blobs)
    assert of(React, effects)[0].content == "+1"
    shown = next(one for one in of(Say, effects) if one.to == "sticky").message
    assert isinstance(shown, Erased)
    assert shown.case.plan is None
    assert "Acme Consulting" not in dump(of(Say, effects)[-1])[1].decode(), "no words of the plan on their way out"
    assert broken_at(scene.lines) is None


def named(scene: Scene) -> set[str]:
    return {digest for digest in scene.blobs if any(digest.encode() in line.raw for line in scene.lines)}


def test_afterwards_the_case_can_still_be_read_and_nothing_of_it_can_be_done() -> None:
    scene = erased(done())
    assert scene.case.plan is None
    assert scene.case.phase is Phase.COMPLETED
    said = of(Say, scene.says(OUTSIDER, "/audit"))[0].message
    assert isinstance(said, AuditReply)
    assert said.broken_at is None
    assert said.rows[-1].type == "data.erased"
    status = of(Say, scene.says(OUTSIDER, "/status"))[0].message
    assert isinstance(status, StatusReply)
    assert "erased" in status.next
    for words in ("/rollback", "/erase", "/run", "/why", "/cost", "/evidence", "/help", "/withdraw", "/resume"):
        assert not of(Dispatch, scene.says(ADMIN, words)), words
    assert refusal(scene.says(ADMIN, "/rollback")) == "erased"
    assert refusal(scene.says(ADMIN, "/erase")) == "nothing_to_erase"


def test_what_failed_is_not_tried_again_once_it_was_erased() -> None:
    scene = Scene().to_approved()
    scene.claims("admit")
    scene.ends("failure")
    assert scene.case.phase is Phase.FAILED
    erased(scene)
    assert refusal(scene.says(ADMIN, "/retry")) == "erased"
    scene.happens("closed")
    assert scene.case.phase is Phase.CANCELLED


def test_a_new_plan_is_a_new_beginning() -> None:
    scene = erased(rejected())
    assert of(Dispatch, scene.says(ADMIN, "/plan")), "its preview"
    assert scene.case.plan is not None
    assert scene.case.version == 2
    assert not scene.case.erased


def rejected() -> Scene:
    scene = Scene()
    scene.opens()
    scene.previews()
    scene.says(BOSS, "/reject no")
    return scene


# --- the store --------------------------------------------------------------------------------------------------

OURS, THEIRS, BOTH = b"only of this case", b"only of the other", b"the same for both"
WORDS = b'{"issue": "what somebody wrote"}'


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def stored(database: Database) -> tuple[str, ...]:
    """Two cases that share a blob; the first is erased. The digests that are gone."""
    for key, blobs in (("case:1:A", (OURS, BOTH)), ("case:1:B", (THEIRS, BOTH))):
        await database.accept(NewRow("internal", "words", f"row of {key}", WORDS, key))
        row = await database.take(key)
        assert row is not None
        lines = chain([Entry("noted", {"digests": [sha(blob) for blob in blobs]})], None, START)
        await database.commit(Commit(row.id, key, 0, tuple(lines), blobs, (), ()))
    return await database.erase("case:1:A", [sha(OURS), sha(BOTH)])


async def left_of(folder: Path) -> tuple[tuple[str, ...], list[bytes | None]]:
    database = open_database(f"sqlite:///{folder / 'bot.db'}", lambda: START, "test")
    try:
        gone = await stored(database)
        return gone, [await database.blob(sha(blob)) for blob in (OURS, THEIRS, BOTH)]
    finally:
        await database.close()


def test_a_blob_that_another_case_names_stays_for_that_one(tmp_path: Path) -> None:
    gone, left = asyncio.run(left_of(tmp_path))
    assert gone == (sha(OURS),)
    assert left == [None, THEIRS, BOTH]


def test_the_words_of_what_was_handled_go_too_and_of_the_other_case_stay(tmp_path: Path) -> None:
    asyncio.run(left_of(tmp_path))
    with closing(sqlite3.connect(tmp_path / "bot.db")) as connection:
        found = connection.execute("SELECT case_key, body FROM inbox ORDER BY case_key").fetchall()
    assert found == [("case:1:A", b""), ("case:1:B", WORDS)]


# --- the bytes of the files -------------------------------------------------------------------------------------

CANARY = "Wilhelmina Canary, canary@acme.example"


async def lived(database: Database) -> None:
    """A case whose words were in rows, effects, blobs, and in what came before and after them."""
    for n in range(30):
        body = f'{{"n": {n}, "words": "{CANARY} {n}", "more": "{"x" * 3_000}"}}'.encode()
        await database.accept(NewRow("internal", "words", f"row {n}", body, "case:1:A"))
        row = await database.take("case:1:A")
        assert row is not None
        lines = await database.lines("case:1:A")
        last = lines[-1] if lines else None
        new = chain([Entry("noted", {"digests": [sha(body)]})], last, START)
        effect = Say(f"s{n}", EraseAsk(done().case, CANARY, {}, False), to="reply", number=7)
        await database.commit(Commit(row.id, "case:1:A", len(lines), tuple(new), (body,), (effect,), ()))
        for pending in await database.pending("case:1:A", START):
            await database.performed(pending, [], "done")
    lines = await database.lines("case:1:A")
    await database.erase("case:1:A", [line.entry.data["digests"][0] for line in lines])


def test_t52_after_erasing_no_byte_of_the_files_holds_the_words(tmp_path: Path) -> None:
    async def live() -> list[tuple[str, int]]:
        database = open_database(f"sqlite:///{tmp_path / 'bot.db'}", lambda: START, "test")
        try:
            await lived(database)
            # while it runs, with its log beside it: nothing is closed, vacuumed or copied first
            found = [(path.name, path.read_bytes()) for path in tmp_path.iterdir()]
            return [(name, data.count(b"Wilhelmina")) for name, data in found]
        finally:
            await database.close()

    counts = dict(asyncio.run(live()))
    assert "bot.db" in counts
    assert set(counts.values()) == {0}, counts
