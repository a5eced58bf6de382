"""`millwright demo`: the whole story on this machine, over real HTTP between all parts.

| module | what it is |
|---|---|
| scene | organisation, people, repositories, App and bot; stories in tests use it too |
| operations | what the operations repository holds |
| acts | what happens |
| policy | what is said of a change of the policy |
| erp | what happens on a real Odoo, where there is one |
| stage | what is printed |
"""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.cli.subcommand import Subcommand


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--runner`, `--keep` and `--odoo`."""
    parser.add_argument(
        "--runner", choices=("act", "inline"), default="act", help="how the sandbox runs workflows (act: for real)"
    )
    parser.add_argument("--keep", metavar="FOLDER", help="leave everything that was made in this new folder")
    parser.add_argument(
        "--odoo", metavar="FILE", help="also set up this running Odoo: JSON with url, database, login, keys"
    )


def run(arguments: argparse.Namespace) -> int:
    """0 when everything happened that the demo promises, 1 when something did not."""
    from bot.cli.demo import play
    from bot.cli.demo.operations import read_erp

    erp = read_erp(Path(arguments.odoo)) if arguments.odoo else None
    return play.play(arguments.runner, arguments.keep, erp)


SUBCOMMAND = Subcommand(
    "demo", "the whole story on this machine: issue, plan, approval, run, evidence", add_arguments, run
)
