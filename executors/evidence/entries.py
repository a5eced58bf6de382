"""The entries of a log that stands as JSON lines; what was cut off or is no entry is counted, not believed."""

from __future__ import annotations

from dataclasses import dataclass

from executors.errors import ProtocolError
from executors.protocol.canonical import parse
from executors.protocol.wire import Json


@dataclass(frozen=True)
class Entries:
    """What could be read, in order, and how many lines could not."""

    read: tuple[Json, ...]
    cut: int


def entries_of(data: bytes) -> Entries:
    """Return the objects of a log's lines; blank lines are none."""
    lines = [line for line in data.split(b"\n") if line.strip()]
    read = tuple(entry for entry in map(_entry, lines) if entry is not None)
    return Entries(read, len(lines) - len(read))


def _entry(line: bytes) -> Json | None:
    try:
        value = parse(line)
    except (ProtocolError, ValueError):
        return None
    return value if isinstance(value, dict) else None
