"""One file is one slash command; what is listed here is what there is.

A command is added by adding a file that ends in `COMMAND = Command(…)`: grammar, refusals by role and phase,
`/help` and the README pick it up from the folder's listing. Which comment is a command at all stands in
bot/domain/command.py.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from bot.domain.command import Command


@cache
def names() -> tuple[str, ...]:
    """The names of all commands, sorted; nothing is imported."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name[0] != "_"))


@cache
def command(name: str) -> Command:
    """The command of that name; LookupError where there is none or its file holds no record of that name."""
    if name not in names():
        raise LookupError(f"there is no command {name!r}")
    found = getattr(importlib.import_module(f"{__name__}.{name}"), "COMMAND", None)
    if not isinstance(found, Command) or found.name != name:
        raise LookupError(f"bot/commands/{name}.py does not end in COMMAND = Command(name={name!r}, …)")
    return found


def commands() -> tuple[Command, ...]:
    """All commands, by name."""
    return tuple(command(name) for name in names())
