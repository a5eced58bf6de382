"""`millwright verify PACK`: whether an evidence pack is what was sealed, said by the verifier that packs carry."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.cli.subcommand import Subcommand


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The pack and the key, or the published keys, that are trusted."""
    parser.add_argument("pack", metavar="PACK", help="the ZIP file, or the folder it was unpacked to")
    trusted = parser.add_mutually_exclusive_group()
    trusted.add_argument("--key", metavar="FINGERPRINT", help="the key that you trust: SHA256:<64 hex digits>")
    trusted.add_argument(
        "--keys", metavar="FILE", type=Path, help="the bot's /.well-known/millwright-keys.json, saved by yourself"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the verdict; 0 AUTHENTIC, 1 TAMPERED, 3 intact but no key was named, or a compromised one signed it.

    FileFault for no pack at all and for a file that holds no published keys.
    """
    import re
    import sys

    from bot.cli._files import FileFault
    from bot.cli._published import keys_of, verdict_of
    from templates.evidence import verify

    key: str | None = arguments.key
    if key is not None and not re.fullmatch(r"SHA256:[0-9a-fA-F]{64}", key):
        raise FileFault("--key wants the fingerprint that the bot publishes: SHA256: and 64 hex digits")
    try:
        if arguments.keys is not None:
            verdict, code = verdict_of(arguments.pack, keys_of(arguments.keys))
        else:
            verdict = verify.verify_pack(arguments.pack, key)
            code = verify.EXIT[verdict.name]
    except OSError as error:
        raise FileFault(f"cannot read {arguments.pack}: {error.strerror}") from error
    sys.stdout.write(verify.report(verdict))
    return code


SUBCOMMAND = Subcommand("verify", "check an evidence pack, offline", add_arguments, run)
