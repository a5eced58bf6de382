"""`millwright rebuild`: the database is lost, without a backup: what the bot signed on GitHub makes a new one."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli.subcommand import Subcommand

if TYPE_CHECKING:
    from bot.cli._rebuilding import Findings
    from bot.domain.ring import Ring


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether anything is stored, and what to do about anchors that are not the newest."""
    parser.add_argument("--dry-run", action="store_true", help="read and judge everything, and store nothing")
    parser.add_argument(
        "--older",
        action="store_true",
        help="take anchors too that are older than runs GitHub knows: what was taken back then stands again",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 where everything that was found is believed; 1 where something was left out, and where no case was found
    and an operations repository is not there. The environment is `serve`'s.

    Raises SettingsError, StoreError and GitHubError for what cannot be done at all.
    """
    import asyncio
    import os

    from bot.adapters.key_file import read_ring
    from bot.cli import _rebuilding
    from bot.settings import Settings

    settings = Settings.read(os.environ)
    keys = _keys(read_ring(settings.key_file))
    findings = asyncio.run(_rebuilding.search(settings, keys, older=arguments.older))
    if not arguments.dry_run:
        _store(settings.database, findings)
    _show(findings, stored=not arguments.dry_run)
    return 1 if findings.left_out or findings.unread or (findings.absent and not findings.cases) else 0


def _keys(ring: Ring) -> list[bytes]:
    """The ring's keys, retired ones too; with a stolen one anybody could have signed."""
    return [key.public for key in ring.keys if key.state != "compromised"]


def _store(url: str, findings: Findings) -> None:
    """Everything in one transaction, into a database that holds nothing."""
    import asyncio

    from bot.app import now
    from bot.domain.spent import accounts
    from bot.store.connect import open_database
    from bot.store.copying import Copied, filling, keep

    known = findings.cases.values()
    copied = [Copied(one.found.key, one.found.lines, one.found.blobs, one.row) for one in known]
    at = now()
    copied += [Copied(key, lines) for key, lines in accounts(one.found for one in known).items()]

    async def stored() -> None:
        store = open_database(url, now, "rebuild")  # makes the tables, and keeps others out of SQLite's file
        try:
            with filling(url) as connection:
                keep(connection, copied, at)
        finally:
            await store.close()

    asyncio.run(stored())


def _show(findings: Findings, *, stored: bool) -> None:
    from rich.table import Table

    from bot.cli._screen import console

    table = Table(
        "case", "phase", "lines", "anchored at", "void", title="built again" if stored else "to be built"
    )
    for one in findings.cases.values():
        found = one.found
        name = f"{found.case.display_id} {found.key}"
        table.add_row(name, found.case.phase.value, str(len(found.lines)), found.at, str(len(one.words)))
    screen = console()
    screen.print(table)
    for one in findings.cases.values():
        for link in one.words:
            screen.print(f"void: {link}", soft_wrap=True, markup=False)
    for name, why in (*findings.left_out, *findings.unread):
        screen.print(f"LEFT OUT {name}: {why}", soft_wrap=True, markup=False)
    for name in findings.absent:
        why = "it is not there, or the App does not reach it; is MILLWRIGHT_OPERATIONS its name?"
        screen.print(f"NOTHING FROM {name}: {why}", soft_wrap=True, markup=False)
    screen.print(_NEXT, soft_wrap=True, markup=False)


_NEXT = """\
What to do next:
1. `millwright serve`: each open capability says on its issue up to where it is known, and goes on from there.
2. Labelled issues without an anchor begin anew: their plans ask for approval again.
3. A ref that is left out may be put back by hand to a commit of before (`git push --force`), then say this again
   with an empty database. Locks that people had put on environments are gone: say `/lock` again."""

SUBCOMMAND = Subcommand(
    "rebuild", "a lost database again, from what the bot signed in the operations repositories", add_arguments, run
)
