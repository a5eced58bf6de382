"""Every reason code that the bot can give, found in its source; and the page that explains them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from bot.domain.reasons import REASONS

BOT = Path(__file__).parents[2] / "bot"
PAGE = Path(__file__).parents[2] / ".github" / "REASONS.md"
ROOMS = ("domain", "decide", "commands", "doors")
POSITIONS = {"Refused": 0, "No": 1, "_no": 1, "_yes": 1, "refused": 1, "BadRequest": 1, "void": 5}
"""Of each maker of a refusal, at which place its code stands."""


def codes() -> set[str]:
    """The codes in the source."""
    found: set[str] = set()
    for room in ROOMS:
        for path in sorted((BOT / room).rglob("*.py")):
            found |= set(_codes(ast.parse(path.read_text("utf-8"))))
    return found


def _codes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = POSITIONS.get(name)
            if place is not None and len(node.args) > place:
                yield from _words(node.args[place])
            for keyword in node.keywords:
                if keyword.arg == "code" and name != "Finding":
                    yield from _words(keyword.value)
        elif isinstance(node, ast.FunctionDef):
            defaults = zip(reversed(node.args.args), reversed(node.args.defaults), strict=False)
            yield from (word for arg, value in defaults if arg.arg == "code" for word in _words(value))
        elif isinstance(node, ast.Assign) and any(getattr(one, "id", "") == "code" for one in node.targets):
            yield from _words(node.value)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "code":
                    yield from _words(value)


def _words(node: ast.AST) -> Iterator[str]:
    """The constants that an expression can be: `"a"`, `"a" if x else "b"`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _words(node.body)
        yield from _words(node.orelse)


def page() -> str:
    """The page for readers, made from the table."""
    lines = [
        "# Reason codes",
        "",
        "Everything that Millwright refuses, and every approval that does not count, carries one of these codes:",
        "in the reply, in `/why`, in the check run `millwright / plan` as JSON, in the ledger and so in the",
        "evidence pack. The list is closed: a code that is not here is a defect (`tests/rooms/test_reasons.py`).",
    ]
    for group in dict.fromkeys(one.group for one in REASONS.values()):
        lines += ["", f"## {group}", "", "| code | what it means | what to do |", "|---|---|---|"]
        lines += [
            f"| `{code}` | {one.meaning} | {one.next} |" for code, one in REASONS.items() if one.group == group
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
