"""`millwright keys`: which keys the ring has, a new one, and the end of an old one; secrets of webhooks.

No secret of the ring is ever shown. What a webhook's receiver must know is derived from one, and that is shown.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.subcommand import Subcommand

if TYPE_CHECKING:
    from bot.domain.ring import Ring


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list`, `rotate` and `retire`, each with `--file` and `--json`, and `webhook`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--file", type=Path, metavar="FILE", help="the key file, where MILLWRIGHT_KEY_FILE does not say it"
    )
    shared.add_argument("--json", action="store_true", help="as JSON, with what is published")
    actions.add_parser("list", parents=[shared], help="the keys, their time, and what each is still needed for")
    actions.add_parser("rotate", parents=[shared], help="make a new active key; the old one co-signs specs")
    retire = actions.add_parser("retire", parents=[shared], help="destroy the private half of a key")
    retire.add_argument("fingerprint", metavar="FINGERPRINT", help="SHA256:<64 hex digits>, as `list` shows it")
    retire.add_argument(
        "--compromised",
        action="store_true",
        help="somebody else may have it: its packs prove nothing",
    )
    retire.add_argument(
        "--workflow",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a workflow of an operations repository that must not need the key any more; may be repeated",
    )
    webhook = actions.add_parser("webhook", parents=[shared], help="the secret that verifies a webhook of ours")
    webhook.add_argument(
        "operations", metavar="ID", type=int, help="of the operations repository: gh api repos/OWNER/REPO --jq .id"
    )
    webhook.add_argument("url", metavar="URL", help="the endpoint, just as the policy has it")


def run(arguments: argparse.Namespace) -> int:
    """Do it and print what comes next; 1 where a workflow still needs the key, 2 (an error) for what cannot be."""
    import os

    from bot.adapters.key_file import read_ring
    from bot.settings import key_file

    path: Path = arguments.file or key_file(os.environ)
    match arguments.action:
        case "list":
            return _shown(arguments, read_ring(path), "")
        case "rotate":
            return _rotate(arguments, path)
        case "webhook":
            return _webhook(arguments, read_ring(path))
        case _:
            return _retire(arguments, path)


def _webhook(arguments: argparse.Namespace, ring: Ring) -> int:
    import json

    from bot.adapters.keys import SigningKeys
    from bot.domain.webhook_secret import of_endpoint, shown

    secret = shown(of_endpoint(SigningKeys(ring).session, arguments.operations, arguments.url))
    told = {"operations": arguments.operations, "url": arguments.url, "secret": secret}
    print(json.dumps(told, indent=2) if arguments.json else secret)
    return 0


def _rotate(arguments: argparse.Namespace, path: Path) -> int:
    from datetime import UTC, datetime
    from secrets import token_bytes

    from bot.cli._keys_told import after_rotation
    from bot.domain.ring import rotated

    def change(ring: Ring) -> Ring:
        # The clock is read under the lock, so that of two rotations the second is also the later one.
        return rotated(ring, token_bytes(32), datetime.now(UTC))  # noqa: TID251 - the edge that reads it

    ring = _changed(path, change)
    return _shown(arguments, ring, after_rotation(ring))


def _retire(arguments: argparse.Namespace, path: Path) -> int:
    import sys
    from datetime import UTC, datetime
    from secrets import token_bytes

    from bot.adapters.key_file import read_ring
    from bot.cli._files import text_of
    from bot.cli._keys_told import after_retirement, pinning
    from bot.domain.ring import compromised, retired

    fingerprint: str = arguments.fingerprint
    signing = {key.fingerprint for key in read_ring(path).signing}
    found = pinning(((file, text_of(file)) for file in arguments.workflow), fingerprint, signing)
    sys.stderr.write("".join(f"{one.line}\n" for one in found))
    # A stolen key is not kept alive for anybody's workflow.
    if any(one.alone for one in found) and not arguments.compromised:
        sys.stderr.write("Nothing was changed: generate the workflow anew with the active key first.\n")
        return 1

    def change(ring: Ring) -> Ring:
        now = datetime.now(UTC)  # noqa: TID251 - the edge that reads it
        if arguments.compromised:
            return compromised(ring, fingerprint, now, token_bytes(32))
        return retired(ring, fingerprint, now)

    ring = _changed(path, change)
    return _shown(arguments, ring, after_retirement(ring, fingerprint, bool(arguments.workflow)))


def _changed(path: Path, change: Callable[[Ring], Ring]) -> Ring:
    """The ring after the change; RingRefused where it cannot be."""
    from bot.adapters.key_file import change_ring
    from bot.cli._keys_told import RingRefused

    try:
        return change_ring(path, change)
    except ValueError as error:
        raise RingRefused(str(error)) from error


def _shown(arguments: argparse.Namespace, ring: Ring, then: str) -> int:
    """Print the ring, and what comes next: beside it where a program reads the ring."""
    import sys

    from bot.cli._keys_told import as_json, as_text

    print(as_json(ring) if arguments.json else as_text(ring), end="")
    if then:
        print(then, end="", file=sys.stderr if arguments.json else sys.stdout)
    return 0


SUBCOMMAND = Subcommand(
    "keys",
    "list, rotate and retire the keys that sign specs and packs; show a webhook's secret",
    add_arguments,
    run,
)
