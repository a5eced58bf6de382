"""`millwright validate FILE…`: what is wrong with policies, briefings and verticals by line; who decides where."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.subcommand import Subcommand

if TYPE_CHECKING:
    from bot.domain.faults import Fault
    from bot.domain.policy import Policy
    from executors.protocol.plan import RiskLevel
    from executors.protocol.wire import Json

KINDS = ("policy", "defaults", "briefing", "vertical")
RISKS = ("LOW", "MEDIUM", "HIGH", "CRITICAL")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The files, and what they are where their names do not tell."""
    parser.add_argument("files", metavar="FILE", type=Path, nargs="*", help="YAML, JSON, or an issue's body (.md)")
    parser.add_argument("--as", dest="kind", choices=KINDS, help="what the files are (told by their fields)")
    parser.add_argument(
        "--default", type=Path, metavar="FILE", help="the organisation's defaults, which a policy stands on"
    )
    parser.add_argument(
        "--gates", choices=(*RISKS, "all"), help="also say who decides where about a plan of that risk"
    )
    parser.add_argument("--schema", choices=KINDS, help="print the JSON Schema for editors and nothing else")


def run(arguments: argparse.Namespace) -> int:
    """A line for each fault, `file:line: field: …`; 0 where there is none, 1 where there is one."""
    if arguments.schema:
        import json

        print(json.dumps(_schema(arguments.schema), indent=2, ensure_ascii=False))
        return 0
    if not arguments.files:
        from bot.cli._files import FileFault

        raise FileFault("name a file, or --schema policy for the JSON Schema")
    return max(_checked(path, arguments) for path in arguments.files)


def _checked(path: Path, arguments: argparse.Namespace) -> int:
    from bot.cli._files import FileFault, policy_of
    from bot.cli._screen import console, show_faults, styled

    kind, faults = faults_in(path, arguments.kind, arguments.default)
    if kind not in ("policy", "file") and (arguments.default or arguments.gates):
        raise FileFault(
            f"{path} is a {kind}; --default and --gates go with a policy: `--as policy` says it is one"
        )
    screen = console()
    if faults:
        show_faults(str(path), faults, screen)
        return 1
    good = "good defaults" if kind == "defaults" else f"a good {kind}"
    screen.print(styled(f"{path}: {good}"), soft_wrap=True)
    if arguments.gates and kind == "policy":
        policy = policy_of(path, arguments.default)
        levels = RISKS if arguments.gates == "all" else (arguments.gates,)
        for line in gate_lines(policy, levels):  # type: ignore[arg-type]  # it has no faults
            screen.print(styled(line), soft_wrap=True)
    return 0


def gate_lines(policy: Policy, levels: tuple[RiskLevel, ...]) -> list[str]:
    """Who decides where, a line for each gate of each product and risk, in the order in which they are met."""
    from bot.domain.gates import asks_at
    from bot.domain.weaker import spoken

    lines = []
    for product in policy.products:
        for level in levels:
            by_itself = ": the policy itself approves the plan" if policy.mode == "auto" and level == "LOW" else ""
            lines.append(f"{product.repository} ({product.key}), {level}{by_itself}")
            lines += [f"  {ask.name:<16} {spoken(ask)}" for ask in asks_at(policy, product, level)]
    return lines


def faults_in(path: Path, told: str | None, default: Path | None = None) -> tuple[str, tuple[Fault, ...]]:
    """What the file is meant to be, and every fault in it; FileFault where it cannot be read."""
    from bot.cli import _files
    from bot.domain import briefing, policy, vertical

    text = _files.text_of(path)
    document = _files.document_of(path, text)
    if isinstance(document, tuple):
        return told or "file", document
    kind = told or _files.kind_of(document)
    match kind:
        case "policy":
            read: object = _files.policy_of(path, default)
        case "defaults":
            read = policy.parse_defaults(text)
        case "vertical":
            read = vertical.read_vertical(text)
        case _:
            read = briefing.read_briefing(document)
    return kind, read if isinstance(read, tuple) else ()


def _schema(kind: str) -> Json:
    from bot.domain import briefing, policy, vertical

    if kind in ("policy", "defaults"):
        return policy.schema("policy" if kind == "policy" else "defaults")
    if kind == "vertical":
        return vertical.schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **briefing.Briefing.model_json_schema()}


SUBCOMMAND = Subcommand("validate", "check policies, briefings and verticals", add_arguments, run)
