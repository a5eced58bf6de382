"""`millwright ledger verify`: whether every case's ledger is the chain that was written, byte for byte.

It reads one moment of the database and changes nothing, beside a bot that runs.
"""

from __future__ import annotations

import argparse

from bot.cli.subcommand import Subcommand

BROKEN = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`verify`, over the database that the environment names."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("verify", help="follow every chain of MILLWRIGHT_DATABASE over the stored bytes")


def run(_arguments: argparse.Namespace) -> int:
    """Print the verdict; 0 where every chain is whole, 1 with the first broken line."""
    import os

    from bot.settings import database
    from bot.store.reading import snapshot
    from bot.store.verifying import verify

    with snapshot(database(os.environ), is_long=True) as connection:
        found = verify(connection)
    if found.broken is None:
        print(f"INTACT: {found.lines} lines in the ledgers of {found.cases} cases")
        return 0
    broken = found.broken
    print(f"BROKEN: {broken.case}, line {broken.n}: {broken.why}")
    print("What follows was not looked at. `millwright rebuild` reads the copies that were signed.")
    return BROKEN


SUBCOMMAND = Subcommand("ledger", "check the chain of every ledger in the database", add_arguments, run)
