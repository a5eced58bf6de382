"""`millwright serve`: run the bot until it is told to stop; it then drains before it ends."""

from __future__ import annotations

import argparse

from bot.cli.subcommand import Subcommand


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--init-key` and `--check`."""
    parser.add_argument("--init-key", action="store_true", help="make the key ring if there is none, then serve")
    parser.add_argument("--check", action="store_true", help="read the settings and the key, then end")


def run(arguments: argparse.Namespace) -> int:
    """Serve; 0 after a drained stop. Raises SettingsError with every mistake in the environment."""
    import asyncio
    import os
    from datetime import UTC, datetime

    from bot.adapters.key_file import make_ring, read_ring
    from bot.settings import Settings

    settings = Settings.read(os.environ)
    if arguments.init_key:
        make_ring(settings.key_file, datetime.now(UTC))  # noqa: TID251 - the edge that reads it
    read_ring(settings.key_file)
    if arguments.check:
        print("the settings are good")
        return 0
    from bot.cli import _serving
    from bot.logs import set_up

    set_up(settings.log)
    return asyncio.run(_serving.until_told(settings))


SUBCOMMAND = Subcommand("serve", "run the bot: webhooks in, plans, runs and evidence out", add_arguments, run)
