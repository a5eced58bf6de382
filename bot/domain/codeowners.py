"""CODEOWNERS: who owns which file, as GitHub reads it; the last line that matches a path decides.

The package `codeowners` matches a path with a line. What it takes differently from GitHub is settled here before
it sees one: comments behind owners, lines that GitHub skips, spaces in names, signs that end a line for Python.

Source: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
and, for what makes a line invalid, https://docs.github.com/en/rest/repos/repos#list-codeowners-errors
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

from codeowners import CodeOwners

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks for the file, in this order; the first that is there counts."""
LARGEST = 3 << 20
"""Bytes; GitHub does not read a larger file."""
MOST_STARS = 3
"""Wildcards of a line beside `**`; with more of them a match could take longer than anybody would wait."""
MOST_TRIED = 2_000
"""Lines that look as if they could match a path, and do not; after that nobody is found to own it."""

_OWNER = re.compile(r"@[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?|[^@\s]+@[^@\s]+\.[^@\s]+")
_COMMENT = re.compile(r"(^|(?<!\\)[ \t])#.*")
_WILD = re.compile(r"[*?/\\\\]+")
_BETWEEN = re.compile(r"(?<!\\)[ \t]+")
_SPACE = "\ue000"
"""Stands for a space in a name, which the package would take for many slashes."""


class Codeowners:
    """The owners that a CODEOWNERS file names; paths are `dir/file`. An address of mail names nobody to us."""

    def __init__(self, text: str, organisation: str) -> None:
        self._text, self._organisation = text, organisation.lower()

    def owned(self, paths: Sequence[str], login: str, teams: Iterable[str]) -> tuple[str, ...]:
        """Of the paths those that the account owns, by its login or one of the organisation's teams (slugs)."""
        names = {f"@{login}".lower(), *(f"@{self._organisation}/{team}".lower() for team in teams)}
        return tuple(path for path in paths if names & set(self._of(path)))

    def teams(self, paths: Sequence[str]) -> tuple[str, ...]:
        """The slugs of the organisation's teams that own one of the paths: the memberships worth asking for."""
        start = f"@{self._organisation}/"
        named = {name for path in paths for name in self._of(path)}
        return tuple(sorted(name.removeprefix(start) for name in named if name.startswith(start)))

    @property
    def skipped(self) -> tuple[tuple[int, str], ...]:
        """The lines that GitHub skips, by number from 1, with why."""
        return tuple((line.number, line.wrong) for line in _lines(self._text) if line.wrong)

    def _of(self, path: str) -> tuple[str, ...]:
        """The owners of a path as they are compared: in small letters."""
        path = path.replace(" ", _SPACE)
        likely = (line for line in reversed(_good(self._text)) if all(part in path for part in line.parts))
        for line in islice(likely, MOST_TRIED):
            owners, number, _, _ = CodeOwners(" ".join((line.pattern, *line.owners))).matching_line(path)
            if number is not None:
                return tuple(name.lower() for _, name in owners)
        return ()

    def prepare(self) -> Codeowners:
        """Itself, read through: what takes a while for a large file is done then."""
        _good(self._text)
        return self


@dataclass(frozen=True)
class _Line:
    number: int
    pattern: str
    owners: tuple[str, ...]
    wrong: str
    """why GitHub skips it; "" for a good one"""

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """What stands in every path that it matches."""
        return tuple(part for part in _WILD.split(self.pattern) if part)


@lru_cache(maxsize=8)
def _good(text: str) -> tuple[_Line, ...]:
    return tuple(line for line in _lines(text) if not line.wrong)


def _lines(text: str) -> Iterator[_Line]:
    if len(text.encode("utf-8", "replace")) > LARGEST:
        return
    for number, row in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        # Only behind white space does a comment begin: `a#b` is a name.
        words = [word for word in _BETWEEN.split(_COMMENT.sub("", row.rstrip("\r")).strip(" \t")) if word]
        if words:
            pattern, owners = words[0].replace("\\ ", _SPACE), tuple(words[1:])
            yield _Line(number, pattern, owners, _wrong(pattern, owners))


def _wrong(pattern: str, owners: tuple[str, ...]) -> str:
    """Why GitHub skips a line of that pattern with those owners."""
    if pattern.startswith("!"):
        return "GitHub skips this line: `!` takes nothing out of a CODEOWNERS file; write a line without owners"
    if pattern.startswith("\\#"):
        return "GitHub skips this line: `#` cannot be escaped in a CODEOWNERS file"
    if "[" in pattern or "]" in pattern:
        return "GitHub skips this line: a CODEOWNERS file knows no `[…]`; write a line for each"
    if "***" in pattern:
        return "GitHub skips this line: `***` is no pattern; write `**`"
    if not pattern.replace(_SPACE, "").isprintable():
        return "this line is skipped: its pattern holds an invisible sign"
    if pattern.replace("**", "").count("*") > MOST_STARS:
        return f"this line is skipped: it has more than {MOST_STARS} wildcards"
    strange = next((owner for owner in owners if not _OWNER.fullmatch(owner)), None)
    if strange is not None:
        return (
            f"GitHub skips this line: {strange[:60]!r} is no owner; write `@login`, `@organisation/team` or e-mail"
        )
    return ""
