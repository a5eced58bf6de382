"""`millwright verify PACK`: whether an evidence pack is what was sealed, said by the verifier that packs carry."""

from __future__ import annotations

import argparse

from bot.cli.subcommand import Subcommand


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The pack and the key that is trusted."""
    parser.add_argument("pack", metavar="PACK", help="the ZIP file, or the folder it was unpacked to")
    parser.add_argument("--key", metavar="FINGERPRINT", help="the key that you trust: SHA256:<64 hex digits>")


def run(arguments: argparse.Namespace) -> int:
    """Print the verdict; 0 AUTHENTIC, 1 TAMPERED, 3 intact but no key was named. FileFault for no pack at all."""
    import re
    import sys

    from bot.cli._files import FileFault
    from templates.evidence import verify

    key: str | None = arguments.key
    if key is not None and not re.fullmatch(r"SHA256:[0-9a-fA-F]{64}", key):
        raise FileFault("--key wants the fingerprint that the bot publishes: SHA256: and 64 hex digits")
    try:
        verdict = verify.verify_pack(arguments.pack, key)
    except OSError as error:
        raise FileFault(f"cannot read {arguments.pack}: {error.strerror}") from error
    sys.stdout.write(verify.report(verdict))
    return verify.EXIT[verdict.name]


SUBCOMMAND = Subcommand("verify", "check an evidence pack, offline", add_arguments, run)
