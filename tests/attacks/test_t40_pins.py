"""T40: whatever action we use, here or in what we generate, stands there by its commit."""

from __future__ import annotations

import re
from pathlib import Path

from bot.cli.demo.operations import workflow
from tests.bot.standin import KEYS

HOUSE = Path(__file__).parents[2]
USES = re.compile(r"^\s*(?:-\s+)?uses:\s*(\S+)", re.MULTILINE)


def test_every_action_is_named_by_forty_digits() -> None:
    texts = [path.read_text("utf-8") for path in (HOUSE / ".github" / "workflows").glob("*.yml")]
    texts += [path.read_text("utf-8") for path in (HOUSE / "actions").glob("*/action.yml")]
    texts.append(workflow("https://bot.example", KEYS, "c" * 40))
    used = [name for text in texts for name in USES.findall(text)]
    assert len(used) > 5
    for name in used:
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", name), name
