"""Finds the one briefing that a person pasted into an issue as a fenced `json` or `yaml` block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.domain.document import Document
from bot.domain.faults import Fault
from bot.domain.strict_json import read_json
from bot.domain.strict_yaml import read_yaml

_OPEN = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*([A-Za-z0-9_+-]*)[^`]*")


@dataclass
class Block:
    """A fenced block: its language, and the number of its first line in the body."""

    fence: str
    language: str
    first: int
    lines: list[str] = field(default_factory=list)
    closed: bool = False


def read_pasted(lines: Sequence[str]) -> Document | tuple[Fault, ...]:
    """The document in the only `json` or `yaml` block of the body, or what is wrong."""
    found = [block for block in blocks(lines) if block.language in ("json", "yaml", "yml")]
    if not found:
        advice = (
            "open an issue from the form, or paste one block that begins with three backticks and `yaml` or `json`"
        )
        return (Fault("", "there is no briefing in this issue", advice),)
    if len(found) > 1:
        message = f"there are {len(found)} briefings in this issue; the second begins here"
        return (Fault("", message, "keep one block", found[1].first - 1),)
    block = found[0]
    if not block.closed:
        return (Fault("", "the block has no end", "add a line with three backticks", block.first - 1),)
    text = "\n".join(block.lines)
    read = read_json(text, block.first) if block.language == "json" else read_yaml(text, block.first)
    return (read,) if isinstance(read, Fault) else read


def blocks(lines: Sequence[str]) -> Iterator[Block]:
    """Every fenced block in order, an unclosed last one too.

    Source: https://spec.commonmark.org/0.31.2/#fenced-code-blocks
    """
    block: Block | None = None
    for number, line in enumerate(lines, start=1):
        if block is None:
            if match := _OPEN.fullmatch(line):
                block = Block(match[1], match[2].lower(), number + 1)
        elif _closes(line, block.fence):
            block.closed = True
            yield block
            block = None
        else:
            block.lines.append(line)
    if block is not None:
        yield block


def _closes(line: str, fence: str) -> bool:
    bare = line.strip(" \t")
    indent = len(line) - len(line.lstrip(" "))
    return indent <= 3 and len(bare) >= len(fence) and set(bare) == {fence[0]}
