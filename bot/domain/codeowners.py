"""CODEOWNERS: who owns which file, as GitHub reads it; the last line that matches a path decides.

Source: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from codeowners import CodeOwners

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks for the file, in this order; the first that is there counts."""


class Codeowners:
    """The owners that a CODEOWNERS file names; paths are `dir/file`. An address of mail names nobody to us."""

    def __init__(self, text: str, organisation: str) -> None:
        self._text, self._organisation = text, organisation.lower()

    @cached_property
    def _owners(self) -> CodeOwners:
        return CodeOwners("\n".join(line for line in self._text.splitlines() if _is_githubs(line)))

    def owned(self, paths: Sequence[str], login: str, teams: Iterable[str]) -> tuple[str, ...]:
        """Of the paths those that the account owns, by its login or one of the organisation's teams (slugs)."""
        names = {f"@{login}".lower(), *(f"@{self._organisation}/{team}".lower() for team in teams)}
        return tuple(path for path in paths if any(name.lower() in names for _, name in self._owners.of(path)))

    def teams(self, paths: Sequence[str]) -> tuple[str, ...]:
        """The slugs of the organisation's teams that own one of the paths: the memberships worth asking for."""
        start = f"@{self._organisation}/"
        named = {name.lower() for path in paths for kind, name in self._owners.of(path) if kind == "TEAM"}
        return tuple(sorted(name.removeprefix(start) for name in named if name.startswith(start)))

    @property
    def skipped(self) -> tuple[tuple[int, str], ...]:
        """The lines that GitHub skips, by number, with why."""
        return ()


def _is_githubs(line: str) -> bool:
    """Whether GitHub takes the line: it knows no `!`, no `[…]` and no escaped `#`, and skips such lines."""
    pattern = line.split("#", 1)[0].strip().split(" ", 1)[0]
    return not (pattern.startswith(("!", "\\#")) or "[" in pattern or "]" in pattern)
