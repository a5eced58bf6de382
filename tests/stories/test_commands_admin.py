"""What only admins say: a gate is passed without its approvals, and the personal data go when all is over."""

from __future__ import annotations

import asyncio
import io
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

from bot.cli.demo.scene import Scene
from tests.stories.test_website import downloaded_pack, verified
from tests.stories.words import carried_out, checks, newcomer, planned, refused, says, state, sticky


async def test_an_admin_passes_the_plans_gate_and_everybody_sees_it(scene: Scene) -> None:
    number, _ = await planned(scene)
    eva = newcomer(scene, "eva", "admin")
    said = "/override plan the fair opens tomorrow"
    assert "(`no_role`)" in await refused(scene, scene.cast.bert, number, said)
    await says(scene, eva, number, said)
    assert await state(scene, number) == "completed", await sticky(scene, number)
    badge = "**Override** of the gate `plan` by `eva`: the fair opens tomorrow"
    assert badge in await sticky(scene, number)
    assert badge in (await checks(scene))["millwright / run"]["output"]["summary"]
    with zipfile.ZipFile(io.BytesIO(await downloaded_pack(scene))) as pack:
        page = pack.read("index.html").decode()
    assert '<span class="badge overridden">1 override</span>' in page
    assert "the fair opens tomorrow" in page


async def test_what_was_erased_is_gone_and_ledger_and_pack_hold(scene: Scene, tmp_path: Path) -> None:
    number = await carried_out(scene)
    eva = newcomer(scene, "eva", "admin")
    asked = await says(scene, eva, number, "/erase")
    assert "This cannot be taken back." in asked
    line = next(text for text in asked.splitlines() if text.startswith("/erase v"))
    assert await stored(scene) > 0
    await says(scene, eva, number, line)
    shown = await sticky(scene, number)
    assert "Personal data erased" in shown
    assert "Acme" not in shown.partition("What GitHub")[0]
    assert await stored(scene) == 0

    assert "the chain is whole" in await says(scene, scene.cast.anna, number, "/audit")
    assert "(`erased`)" in await refused(scene, scene.cast.bert, number, "/rollback")
    pack = await downloaded_pack(scene)
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        (tmp_path / "verify.py").write_bytes(archive.read("verify.py"))
    assert "AUTHENTIC\n" in verified(tmp_path, pack, scene.keys.fingerprint)


async def stored(scene: Scene) -> int:
    """How many blobs the bot's database holds."""

    def count() -> int:
        with closing(sqlite3.connect(next(scene.folder.rglob("*.db")))) as connection:
            return int(connection.execute("SELECT count(*) FROM blobs").fetchone()[0])

    return await asyncio.to_thread(count)
