"""The parts of README.md that are drawn from the code; `python -m tests.rooms.readme` writes them."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from bot import commands
from bot.cli.demo.scene import EVENTS, PERMISSIONS
from bot.domain.lifecycle import mermaid
from bot.settings import Settings

README = Path(__file__).parents[2] / "README.md"


def command_table() -> str:
    """Every slash command, as its own file describes it."""
    rows = [
        f"| `{command.usage}` | {command.summary} | {'the policy' if command.at_gate else command.who.word} |"
        for command in commands.commands()
    ]
    return "\n".join(["| command | what it does | who |", "|---|---|---|", *rows])


def app_table() -> str:
    """The App's permissions and events."""
    rows = [f"| {name.replace('_', ' ')} | {level} |" for name, level in PERMISSIONS.items()]
    events = ", ".join(f"`{event}`" for event in EVENTS)
    table = "\n".join(["| permission | access |", "|---|---|", *rows])
    return "\n".join(f"   {line}" if line else "" for line in f"{table}\n\nEvents: {events}.".split("\n"))


def settings_table() -> str:
    """The variables, from the comments above the fields of Settings."""
    text = re.sub(r"\n    # (?=[a-z0-9(])", " ", inspect.getsource(Settings).split("@classmethod")[0])
    found = re.findall(r"^    # ([A-Z][A-Z_]+[^:]*): (.+)$", text, re.MULTILINE)
    rows = [f"| `{name}` | {' '.join(meaning.replace(' # ', ' ').split())} |" for name, meaning in found]
    return "\n".join(f"   {row}" for row in ["| variable | meaning |", "|---|---|", *rows])


PARTS = {
    "commands": command_table,
    "lifecycle": lambda: f"```mermaid\n{mermaid()}\n```",
    "app": app_table,
    "settings": settings_table,
}


def written(text: str) -> str:
    """The README with each part as the code has it."""
    for name, part in PARTS.items():
        begin, _, rest = text.partition(f"<!-- {name}:")
        mark, _, rest = rest.partition("\n")
        _, end, after = rest.partition(f"<!-- /{name} -->")
        text = f"{begin}<!-- {name}:{mark}\n{part()}\n{end}{after}"
    return text


if __name__ == "__main__":
    README.write_text(written(README.read_text("utf-8")), "utf-8")
