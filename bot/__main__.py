"""`millwright`: each subcommand is one file in bot/cli, found by listing the folder, imported when it is used."""

from __future__ import annotations

import argparse
import pkgutil
import sys
from collections.abc import Sequence
from importlib import import_module

from bot import cli
from bot.cli.subcommand import Subcommand
from bot.errors import BotError
from executors.errors import MillwrightError

NOT_COMMANDS = {"subcommand"}
WRONG = 2
"""Exit code of a mistake in what was asked for; 1 is a run that ended badly."""


def names() -> tuple[str, ...]:
    """The subcommands there are, by file name."""
    found = (module.name for module in pkgutil.iter_modules(cli.__path__))
    return tuple(sorted(name for name in found if name not in NOT_COMMANDS and not name.startswith("_")))


def subcommand(name: str) -> Subcommand:
    """The record at the end of the file; AttributeError names a file without one."""
    record: Subcommand = import_module(f"bot.cli.{name}").SUBCOMMAND
    return record


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the subcommand and return its exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    parser = _parser(arguments)
    chosen = parser.parse_args(arguments)
    try:
        code: int = chosen.run(chosen)
    except (BotError, MillwrightError) as error:
        sys.stderr.write(f"millwright {arguments[0]}: {error}\n")
        return WRONG
    except KeyboardInterrupt:
        return 130
    return code


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "millwright", description="A labelled issue becomes an approved, executed plan."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    known = names()
    asked = arguments[0].replace("-", "_") if arguments else ""
    for name in (asked,) if asked in known else known:
        record = subcommand(name)
        one = commands.add_parser(record.name, help=record.summary, description=record.summary)
        record.add_arguments(one)
        one.set_defaults(run=record.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
