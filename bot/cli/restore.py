"""`millwright restore`: a verified backup into an empty database, SQLite or PostgreSQL, whichever it came from."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.subcommand import Subcommand

if TYPE_CHECKING:
    from bot.cli._backup_file import Backup


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file; what to do about its keys, and about one that nobody signed."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a backup, by `millwright backup`")
    parser.add_argument(
        "--with-keys", action="store_true", help="make the key file from the backup's ring, where there is none"
    )
    parser.add_argument(
        "--unsigned",
        action="store_true",
        help="believe a backup that no key of this ring signed: whoever wrote it decides what was approved",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 once everything is stored. Raises SettingsError, StoreError; BadBackup for one that is not believed."""
    import asyncio
    import os
    from datetime import UTC, datetime

    from bot.cli import _backup_file
    from bot.settings import database, key_file
    from bot.store.connect import open_database
    from bot.store.copying import fill, filling

    url, ring = database(os.environ), key_file(os.environ)
    backup = _backup_file.opened(arguments.file)
    _believe(backup, ring, arguments)
    why = f"restored from a backup of {backup.manifest.made}"

    def now() -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the edge that reads it

    async def stored() -> None:
        # Opening it keeps other processes out of SQLite's file, and makes the tables.
        store = open_database(url, now, "restore")
        try:
            with filling(url) as connection:
                fill(connection, backup.lines, why, now())
        finally:
            await store.close()

    asyncio.run(stored())
    if arguments.with_keys:
        _keep_keys(backup, ring)
    print(_next(backup))
    return 0


def _believe(backup: Backup, ring: Path, arguments: argparse.Namespace) -> None:
    """Raises BadBackup for a broken one, and for one that this bot did not sign."""
    from bot.adapters.key_file import read_ring
    from bot.cli._backup_file import BadBackup, trusted
    from bot.domain.ring_text import read_ring as parsed

    if faults := backup.faults():
        raise BadBackup("\n".join([f"{arguments.file} is broken; nothing was stored:", *faults]))
    if arguments.with_keys and (ring.exists() or backup.ring is None):
        why = f"there is a key file {ring} already" if ring.exists() else f"{arguments.file} holds no key ring"
        raise BadBackup(f"{why}: leave --with-keys out; nothing was stored")
    if arguments.unsigned:
        return
    # Its own ring vouches for it only where that becomes the bot's ring anyway.
    keys = parsed(backup.ring) if arguments.with_keys and backup.ring is not None else read_ring(ring)
    if backup.signer(trusted(keys)) is None:
        raise BadBackup(
            f"{arguments.file} is signed by no key that the ring trusts, so nothing was stored. "
            "With --unsigned it is believed all the same: then whoever wrote it decides what was approved"
        )


def _keep_keys(backup: Backup, ring: Path) -> None:
    from bot.cli._new_file import new_file

    assert backup.ring is not None
    ring.parent.mkdir(parents=True, exist_ok=True)
    with new_file(ring) as out:
        out.write(backup.ring)


def _next(backup: Backup) -> str:
    return "\n".join(
        (
            f"Everything of {backup.manifest.made} is stored. What to do next:",
            "1. Keep every other bot on the old database stopped: two would do everything twice.",
            "2. `millwright serve`: what waited goes on, and is looked for before it is made again. Runs and",
            "   issues are read as they are now; what people said to the old bot since has to be said again.",
            "3. Read `/audit` of the capabilities at work: up to the line `ledger.restored` it is the copy.",
            "Where the last gates are younger than the backup, `millwright rebuild` knows more: it reads what the",
            "bot signed into the operations repositories, and takes an empty database instead of this one.",
        )
    )


SUBCOMMAND = Subcommand("restore", "a backup into an empty database, SQLite or PostgreSQL", add_arguments, run)
