"""`millwright template validate`: what is wrong with a template's folder, and with the site of its sample."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from bot.cli import _templates
from bot.cli._files import FileFault
from bot.cli._screen import console, plain, show_faults
from executors.kinds.website import apart


def validate(folder: Path, briefing: Path | None) -> int:
    """Show every fault as `file:line: what; what to do`; 0 where there is none, 1 where there are some."""
    own = _templates.folder_files(folder)
    template = _templates.Named(str(folder), None, own)
    sample = briefing or _templates.sample_of(own, folder)
    inputs = _templates.inputs_for(template, sample)
    if isinstance(inputs, tuple):
        show_faults(str(sample), inputs, console(sys.stderr))
        return 1
    try:
        found = apart.examined(own, inputs)
    except ValueError as error:
        raise FileFault(f"{folder}: {error}") from error
    faults = [*_flaws(found, folder), *_findings(found)]
    for line in faults:
        print(plain(line), file=sys.stderr)
    notices = [one for one in found["findings"] if one["level"] == "notice"]
    for one in notices:
        print(plain(f"notice: {one['message']}"))
    if faults:
        print(f"{len(faults)} fault{'s' if len(faults) > 1 else ''} in {folder}.", file=sys.stderr)
        return 1
    pages = {path: len(text.encode()) for path, text in found["texts"].items() if path.endswith(".html")}
    for path, size in sorted(pages.items()):
        print(f"{size:>8}  {path}")
    print(f"{folder} is good: {len(pages)} pages of {sample.name}.")
    return 0


def _flaws(found: dict[str, Any], folder: Path) -> list[str]:
    return [
        f"{folder / one['file']}:{one['line'] or 1}: {one['message']}; {one['next']}" for one in found["flaws"]
    ]


def _findings(found: dict[str, Any]) -> list[str]:
    """What the finished pages have; a notice is no fault."""
    wrong = (one for one in found["findings"] if one["level"] != "notice")
    return [
        f"{one.get('path') or 'the site'}: {one['message']}; correct the section that prints it" for one in wrong
    ]
