"""`millwright validate FILE…`: what is wrong with a policy, a briefing or a vertical, line by line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.subcommand import Subcommand

if TYPE_CHECKING:
    from bot.domain.faults import Fault
    from executors.protocol.wire import Json

KINDS = ("policy", "briefing", "vertical")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The files, and what they are where their names do not tell."""
    parser.add_argument("files", metavar="FILE", type=Path, nargs="*", help="YAML, JSON, or an issue's body (.md)")
    parser.add_argument("--as", dest="kind", choices=KINDS, help="what the files are (told by their fields)")
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
    return max(_checked(path, arguments.kind) for path in arguments.files)


def _checked(path: Path, told: str | None) -> int:
    from bot.cli._screen import console, show_faults, styled

    kind, faults = faults_in(path, told)
    screen = console()
    if faults:
        show_faults(str(path), faults, screen)
        return 1
    screen.print(styled(f"{path}: a good {kind}"), soft_wrap=True)
    return 0


def faults_in(path: Path, told: str | None) -> tuple[str, tuple[Fault, ...]]:
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
            read: object = policy.parse(text)
        case "vertical":
            read = vertical.read_vertical(text)
        case _:
            read = briefing.read_briefing(document)
    return kind, read if isinstance(read, tuple) else ()


def _schema(kind: str) -> Json:
    from bot.domain import briefing, policy, vertical

    if kind == "policy":
        return policy.schema()
    model = briefing.Briefing if kind == "briefing" else vertical.Vertical
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}


SUBCOMMAND = Subcommand("validate", "check policies, briefings and verticals", add_arguments, run)
