"""Secret values: only those that the leg names, and none of them in anything that is printed (T26)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from executors.errors import WorldError

_SHORTEST = 4
HIDDEN = "***"
# What tokens look like, so that one which nobody told us of is hidden too.
_LOOKS_SECRET = re.compile(
    r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,})"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----"
)


class Secrets:
    """The secrets of one leg, by name; everything else in the environment stays out of reach.

    `where` is the name of the GitHub environment, for people.
    """

    def __init__(self, names: Iterable[str], environ: Mapping[str, str], where: str | None = None) -> None:
        self._where = f"the environment {where}" if where else "the environment"
        self._values = {name: environ[name] for name in names if environ.get(name)}
        self._hidden: set[str] = set()
        self.hide(*self._values.values())

    def value(self, name: str) -> str:
        """Return the value; WorldError, without it, where the leg does not name it or the environment lacks it."""
        if name not in self._values:
            raise WorldError(f"secret {name}: {self._where} does not hold it, or the leg does not name it")
        return self._values[name]

    def hide(self, *values: str | None) -> None:
        """Hide these values too from now on: session keys, tokens."""
        for value in values:
            if value and len(value) >= _SHORTEST:
                self._hidden.update([value, *(line for line in value.splitlines() if len(line) >= _SHORTEST)])

    @property
    def hidden(self) -> tuple[str, ...]:
        """Return every value that is to be hidden, longest first."""
        return tuple(sorted(self._hidden, key=lambda value: (-len(value), value)))

    def redact(self, text: str) -> str:
        """Return the text without any known value and without what looks like a token."""
        for value in self.hidden:
            text = text.replace(value, HIDDEN)
        return _LOOKS_SECRET.sub(HIDDEN, text)
