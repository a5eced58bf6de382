"""What the looking script prints, as values: another machine says it, so nothing of it is believed unread."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from executors.errors import WorldError
from executors.executor import Room
from executors.parts.tree import tree_digest
from executors.world.web_root import number_of

FIRST, LAST = "millwright 1", "end"
_ID = r"[a-z0-9][a-z0-9_-]{0,63}"
_CURRENT = re.compile(rf"releases/({_ID})")
_RECORD = re.compile(rf"record ({_ID}) (\{{.*\}})")
_FILE = re.compile(r"([0-9a-f]{64}) [ *]\./(.+)")
_RETIRED = re.compile(rf"retired \.millwright/retired/({_ID})/({_ID})/")
MOST_LINES = 200_000


@dataclass
class Told:
    """What there is in a web root at one moment, as an executor looks at it.

    `trees` holds by release the digest of each file, `records` what was written down, `aside` what was put aside.
    """

    current: str | None = None
    records: dict[str, Mapping[str, object]] = field(default_factory=dict)
    trees: dict[str, dict[str, str]] = field(default_factory=dict)
    aside: dict[str, str] = field(default_factory=dict)

    def served(self) -> str | None:
        """The id of the release that is served."""
        return self.current

    def retired(self) -> dict[str, str]:
        """The id of each release that was put aside → that of the newer one because of which it was."""
        return self.aside

    def releases(self) -> dict[str, str]:
        """Release id → tree digest, the oldest first."""
        order = sorted(self.records, key=lambda name: (number_of(self.records[name]), name))
        return {name: tree_digest(dict(sorted(self.trees[name].items()))) for name in order}


def told(text: str, where: str) -> Told:
    """Return what the script printed about `where`; WorldError where it stops early or says something else.

    What the account's own shell prints before is skipped.
    """
    lines = [line for line in text.splitlines() if line]
    if FIRST not in lines[:200] or lines[-1] != LAST or len(lines) > MOST_LINES:
        raise WorldError(f"{where}: what was told about it ends early, or is none of ours", again=True)
    found, inside = Told(), ""
    for line in lines[lines.index(FIRST) + 1 : -1]:
        if record := _RECORD.fullmatch(line):
            inside = record[1]
            found.records[inside], found.trees[inside] = _json(record[2], where), {}
        elif inside and (file := _FILE.fullmatch(line)):
            found.trees[inside][file[2]] = file[1]
        elif aside := _RETIRED.fullmatch(line):
            found.aside[aside[2]] = aside[1]
        elif line.startswith("current "):
            found.current = _served(line.removeprefix("current "), where)
        else:
            raise WorldError(
                f"{where}: {line[:120]!r} is a link or no plain file, or was not understood; remove it"
            )
    return found


def _served(target: str, where: str) -> str:
    at = _CURRENT.fullmatch(target)
    if at is None:
        raise WorldError(f"{where}: `current` does not point at one of its releases; put it right by hand")
    return at[1]


def _json(text: str, where: str) -> Mapping[str, object]:
    try:
        value = json.loads(text)
    except ValueError:
        raise WorldError(f"{where}: a record in .millwright is broken; look at it by hand") from None
    return value if isinstance(value, dict) else {}


def room(text: str, key: str) -> Room:
    """Return what the script printed about room; all unknown where another one ran, for the key may only look."""
    lines = text.splitlines()
    if "room 1" not in lines[:200] or lines[-1] != LAST:
        return Room(None, None, None, why=f"the key {key} of previews may only look at releases")
    said = lines[lines.index("room 1") + 1 : -1]
    free = next((line[5:] for line in said if line.startswith("free ")), "")
    return Room(
        free=int(free) * 1024 if free.isascii() and free.isdigit() else None,
        writable="writable" in said,
        whose="ours" if "ours" in said else "new" if "new" in said else "foreign",
        lacks=tuple(line[6:60] for line in said if line.startswith("lacks ")),
        tools=tuple(line[5:100] for line in said if line.startswith("tool ")),
    )
