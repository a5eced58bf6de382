"""`millwright demo`: the whole story on this machine, over real HTTP between all parts.

| module | what it is |
|---|---|
| scene | organisation, people, repositories, App and bot; stories in tests use it too |
| operations | what the operations repository holds |
| acts | what happens |
| stage | what is printed |
"""

from __future__ import annotations

import argparse

from bot.cli.subcommand import Subcommand


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--runner` and `--keep`."""
    parser.add_argument(
        "--runner", choices=("act", "inline"), default="act", help="how the sandbox runs workflows (act: for real)"
    )
    parser.add_argument("--keep", metavar="FOLDER", help="leave everything that was made in this new folder")


def run(arguments: argparse.Namespace) -> int:
    """0 when everything happened that the demo promises, 1 when something did not."""
    from bot.cli.demo import play

    return play.play(arguments.runner, arguments.keep)


SUBCOMMAND = Subcommand(
    "demo", "the whole story on this machine: issue, plan, approval, run, evidence", add_arguments, run
)
