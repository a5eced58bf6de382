"""`millwright ssh-key POLICY ENVIRONMENT KEY.pub`: the line of `authorized_keys` for a key that may only look."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.cli.subcommand import Subcommand


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The policy, its environment, and the public half of the key that previews use."""
    parser.add_argument("policy", metavar="POLICY", type=Path, help="the operations repository's policy")
    parser.add_argument("environment", metavar="ENVIRONMENT", help="the environment of kind `ssh`")
    parser.add_argument("public", metavar="KEY.pub", type=Path, help="the public half of the key for previews")
    parser.add_argument(
        "--default", type=Path, metavar="FILE", help="the organisation's defaults below the policy"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the line; 1 where the policy has faults, 2 where the arguments do not fit."""
    import re
    import sys

    from bot.cli._files import FileFault, policy_of, text_of
    from bot.cli._screen import console, show_faults
    from bot.domain.site_place import SshEnvironment
    from executors.world.ssh.scripts import forced

    policy = policy_of(arguments.policy, arguments.default)
    if isinstance(policy, tuple):
        show_faults(str(arguments.policy), policy, console(sys.stderr))
        return 1
    place = policy.environment(arguments.environment)
    if not isinstance(place, SshEnvironment):
        known = ", ".join(one.name for one in policy.environments if one.kind == "ssh") or "none"
        raise FileFault(f"{arguments.environment} is no environment of kind `ssh`; the policy has {known}")
    key = text_of(arguments.public).strip()
    if not re.fullmatch(r"(ssh|ecdsa|sk)-[a-z0-9@.-]+ AAAA[A-Za-z0-9+/]+={0,2}( [ -~]*)?", key):
        raise FileFault(f"{arguments.public} is no public key; name the file that ends in .pub")
    print(f"{forced(place.path)} {key}")
    where = f"~{place.user}/.ssh/authorized_keys on {place.host}"
    print(f"Add it to {where}; the private half is {place.key} of {place.read_name}.", file=sys.stderr)
    return 0


SUBCOMMAND = Subcommand(
    "ssh-key", "print the line of authorized_keys for a key that may only look", add_arguments, run
)
