"""Lists of names as people read them: sorted, counted, and never longer than a fact may be."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable

LONGEST = 3_600
"""Characters of a list; a fact for people holds 4,000."""


def listed(names: Iterable[str], longest: int = LONGEST) -> str:
    """Return the names sorted and joined; what is too long ends in how many more, with a digest of all."""
    ordered = sorted(names)
    whole = ", ".join(ordered)
    if len(whole) <= longest:
        return whole
    kept = whole[:longest].rsplit(", ", 1)[0]
    more = len(ordered) - kept.count(", ") - 1
    return f"{kept} and {more} more (sha256 of all: {hashlib.sha256(whole.encode()).hexdigest()[:16]})"


def counted(names: Collection[str], one: str, many: str) -> str:
    """Return `1 module: a` or `2 modules: a, b`."""
    return f"{len(names)} {one if len(names) == 1 else many}: {listed(names)}"
