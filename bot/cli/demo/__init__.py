"""`millwright demo`: the whole story on this machine, over real HTTP between all parts.

| module | what it is |
|---|---|
| firms | the examples of every trade, with their briefings and pictures |
| scene | organisation, people, repositories, App and bot; stories in tests use it too |
| operations | what the operations repository holds |
| acts | what happens |
| visit | a walk through the site as it is served |
| policy | what is said of a change of the policy |
| erp | what happens on a real Odoo, where there is one |
| serving | what stays up to be tried |
| stage | what is printed |
"""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.cli.subcommand import Subcommand


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--vertical`, `--serve`, `--runner`, `--keep` and `--odoo`."""
    parser.add_argument(
        "--vertical",
        default="service",
        metavar="TRADE",
        help="whose website: a trade's id or a word of it (service, saas, local, ecommerce), or all",
    )
    parser.add_argument("--serve", action="store_true", help="stay up afterwards, to be tried in a browser")
    parser.add_argument(
        "--runner", choices=("act", "inline"), default="act", help="how the sandbox runs workflows (act: for real)"
    )
    parser.add_argument("--keep", metavar="FOLDER", help="leave everything that was made in this new folder")
    parser.add_argument(
        "--odoo", metavar="FILE", help="also set up this running Odoo: JSON with url, database, login, keys"
    )


def run(arguments: argparse.Namespace) -> int:
    """0 when everything happened that the demo promises, 1 when something did not."""
    from bot.cli.demo.firms import chosen
    from bot.cli.demo.operations import read_erp
    from bot.cli.demo.play import Programme, play

    erp = read_erp(Path(arguments.odoo)) if arguments.odoo else None
    return play(Programme(arguments.runner, chosen(arguments.vertical), erp, arguments.serve), arguments.keep)


SUBCOMMAND = Subcommand(
    "demo", "the whole story on this machine: issue, plan, approval, run, evidence", add_arguments, run
)
