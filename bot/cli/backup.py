"""`millwright backup`: a copy of the whole database in one file, while the bot runs; `--check` verifies one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.subcommand import Subcommand

if TYPE_CHECKING:
    from bot.adapters.keys import SigningKeys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file; whether it is to be checked, and whether the keys go along."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="the file to make; one that is there is left alone"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="verify a backup: signature, digests, every chain")
    what.add_argument(
        "--with-keys",
        action="store_true",
        help="put the key ring in too: whoever has the file can then sign as this bot",
    )


def run(arguments: argparse.Namespace) -> int:
    """Make it, or check it: 0 for a good one, 1 for a broken one. Raises SettingsError, StoreError, BadBackup."""
    import os

    from bot.settings import database, key_file

    path: Path = arguments.file
    ring = key_file(os.environ)
    return _check(path, ring) if arguments.check else _make(path, database(os.environ), ring, arguments.with_keys)


def _make(path: Path, url: str, ring: Path, with_keys: bool) -> int:
    from datetime import UTC, datetime

    from bot.cli import _backup_file
    from bot.cli._new_file import new_file
    from bot.domain.ledger import stamp
    from bot.store.copying import TABLES, lines_of
    from bot.store.reading import snapshot

    keys = _keys(ring, required=with_keys)
    secret = ring.read_bytes() if with_keys else None
    with new_file(path) as out, snapshot(url, is_long=True) as connection:
        copied = ((name, lines_of(connection, table)) for name, table in TABLES.items())
        made = stamp(datetime.now(UTC))  # noqa: TID251 - the edge that reads it
        manifest = _backup_file.write(out, copied, made, keys, secret)
    rows = ", ".join(f"{table.rows} {name}" for name, table in manifest.tables.items())
    print(f"{path} holds the database as it was at {manifest.made}: {rows}.")
    print(f"It is {'signed by ' + keys.fingerprint if keys else f'not signed: there is no key ring at {ring}'}.")
    if with_keys:
        print("The key ring is in it, with every secret: keep the file as you keep the ring.")
    else:
        print("The key ring is not in it: without it nothing signed is believed. Keep a copy elsewhere.")
    print(f"It holds what people wrote. `millwright backup --check {path}` verifies it.")
    return 0


def _check(path: Path, ring: Path) -> int:
    import sys

    from bot.cli import _backup_file

    backup = _backup_file.opened(path)
    faults = backup.faults()
    keys = _keys(ring, required=False)
    if backup.signed is None:
        word = "not signed"
    elif keys is None:
        word = f"signed; by whom cannot be told, for there is no key ring at {ring}"
    else:
        signer = backup.signer(_backup_file.trusted(keys.ring))
        word = f"signed by {signer}" if signer else "signed by no key that this ring trusts"
        faults += [] if signer else [word]
    for fault in faults:
        sys.stderr.write(f"{path}: {fault}\n")
    rows = ", ".join(f"{table.rows} {name}" for name, table in backup.manifest.tables.items())
    print(f"{path}: {'BROKEN' if faults else 'whole'}, of {backup.manifest.made}, {word}: {rows}.")
    return 1 if faults else 0


def _keys(path: Path, *, required: bool) -> SigningKeys | None:
    """The keys of the ring; None where there is no file, but for one that is required."""
    from bot.adapters.key_file import read_ring
    from bot.adapters.keys import SigningKeys

    return SigningKeys(read_ring(path)) if required or path.exists() else None


SUBCOMMAND = Subcommand("backup", "copy the whole database into one file while the bot runs", add_arguments, run)
