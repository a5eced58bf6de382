"""`millwright workflow POLICY`: the workflow file for the operations repository, made from the policy."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.subcommand import Subcommand

if TYPE_CHECKING:
    from bot.domain.policy import Policy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The policy, the bot that the workflow obeys, and the commit of the actions."""
    parser.add_argument("policy", metavar="POLICY", type=Path, help="the operations repository's policy")
    parser.add_argument("--default", type=Path, metavar="FILE", help="the organisation's defaults below it")
    parser.add_argument("--url", required=True, help="where the bot is, as the runners reach it")
    key = parser.add_mutually_exclusive_group(required=True)
    key.add_argument(
        "--key",
        action="append",
        metavar="FINGERPRINT",
        help="the bot's active key: SHA256:<64 hex>; repeat it to trust another one too while keys are rotated",
    )
    key.add_argument(
        "--keys",
        type=Path,
        metavar="FILE",
        help="or take the active key of a saved /.well-known/millwright-keys.json",
    )
    parser.add_argument(
        "--actions", required=True, metavar="OWNER/REPO@SHA", help="our composite actions at one commit (40 hex)"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write it there instead of printing it")


def run(arguments: argparse.Namespace) -> int:
    """Print or write the workflow; 1 where the policy has faults, 2 where the arguments cannot stand in one."""
    import sys

    from bot.cli._files import FileFault, policy_of
    from bot.cli._screen import console, show_faults
    from bot.domain.workflow_check import generated

    policy = policy_of(arguments.policy, arguments.default)
    if isinstance(policy, tuple):
        show_faults(str(arguments.policy), policy, console(sys.stderr))
        return 1
    try:
        text = generated(policy, arguments.url, _pinned(arguments), arguments.actions, template())
    except ValueError as error:
        raise FileFault(str(error)) from error
    if arguments.output is None:
        print(text, end="")
        print(_set_up(policy), end="", file=sys.stderr)
        return 0
    try:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(text, "utf-8")
    except OSError as error:
        raise FileFault(f"cannot write {arguments.output}: {error.strerror}") from error
    print(f"Wrote {arguments.output}. Next: commit it as {policy.workflow.path} in {policy.operations}.")
    print(_set_up(policy), end="")
    return 0


def _pinned(arguments: argparse.Namespace) -> str:
    """What the jobs are to pin: the fingerprints that were named, or the active one of the published keys."""
    from bot.cli._published import keys_of

    if arguments.keys is None:
        return " ".join(arguments.key)
    return next(key.keyid for key in keys_of(arguments.keys).keys if key.state == "active")


def _set_up(policy: Policy) -> str:
    """The environments that the operations repository needs, a line each with the secrets it must hold."""
    lines = []
    for place in policy.environments:
        if place.secrets:
            lines.append(f"  {place.name}: {', '.join(place.secrets)}")
        if place.kind in ("odoo", "dns", "ssh"):
            lines.append(f"  {place.read_name}: {place.key} of somebody who may only look, for previews")
    head = f"Environments of {policy.operations} with their secrets:"
    return "\n".join([head, *lines]) + "\n" if lines else ""


def template() -> str:
    """The text that the policy is filled into."""
    from importlib.resources import files

    return (files("templates") / "workflow" / "millwright.yml.in").read_text("utf-8")


SUBCOMMAND = Subcommand("workflow", "write the workflow of the operations repository", add_arguments, run)
