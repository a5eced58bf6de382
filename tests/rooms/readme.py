"""The parts of README.md and OPERATIONS.md that are drawn from the code; run as a module this writes them."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from bot import commands
from bot.cli.demo.scene import EVENTS, PERMISSIONS
from bot.domain.lifecycle import mermaid
from bot.load import blueprints
from bot.metrics import Metrics
from bot.settings import Settings
from executors.render.shipped import shipped, template_ids

README = Path(__file__).parents[2] / "README.md"
OPERATIONS = README.parent / ".github" / "OPERATIONS.md"


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
    return "\n".join(["| variable | meaning |", "|---|---|", *rows])


def metrics_table() -> str:
    """Every metric with its labels, as the bot registers them."""
    rows = [
        f"| `{one.name}{'_total' if one.type == 'counter' else ''}` | {one.type} | {one.documentation}. |"
        for one in Metrics().registry.collect()
    ]
    return "\n".join(["| metric | kind | what it tells |", "|---|---|---|", *rows])


def gallery() -> str:
    """Every template with its first page, on a desk and on a phone."""
    rows = []
    for name in template_ids():
        about = shipped(name).manifest
        shots = " ".join(
            f'<img src=".github/gallery/{name}-{view}.webp" alt="{about.name}, {said}" width="{width}">'
            for view, said, width in (("day", "on a desk", 340), ("phone", "on a phone", 118))
        )
        rows.append(f"| **{about.name}**<br>`{name}`<br>{about.description} | {shots} |")
    return "\n".join(["| template | |", "|---|---|", *rows])


def trades() -> str:
    """Every vertical with its guide and its examples."""
    rows = []
    for one in blueprints.verticals():
        firms = ", ".join(f"[{each.name}](templates/examples/{each.briefing})" for each in one.examples)
        rows.append(f"| [{one.name}](.github/guides/{one.vertical_id}.md) | {one.description} | {firms} |")
    return "\n".join(["| trade | who | examples |", "|---|---|---|", *rows])


PARTS = {
    README: {
        "gallery": gallery,
        "trades": trades,
        "commands": command_table,
        "lifecycle": lambda: f"```mermaid\n{mermaid()}\n```",
        "app": app_table,
    },
    OPERATIONS: {"metrics": metrics_table, "settings": settings_table},
}


def written(page: Path) -> str:
    """The page with each part as the code has it."""
    text = page.read_text("utf-8")
    for name, part in PARTS[page].items():
        begin, _, rest = text.partition(f"<!-- {name}:")
        mark, _, rest = rest.partition("\n")
        _, end, after = rest.partition(f"<!-- /{name} -->")
        text = f"{begin}<!-- {name}:{mark}\n{part()}\n{end}{after}"
    return text


if __name__ == "__main__":
    for each in PARTS:
        each.write_text(written(each), "utf-8")
