"""Sections that fit GitHub's limits: whole ones give way, so Markdown never ends inside something (T24)."""

from __future__ import annotations

from dataclasses import dataclass

COMMENT = 60_000
"""Characters of a comment that we use; GitHub takes 65,536."""
CHECK_TEXT = 60_000
"""Characters of a check run's text or summary; GitHub takes 65,535."""
MARK = "\x1e"
"""Begins a section in a rendered template: the mark, its rank, a space, its name, a line end."""


@dataclass(frozen=True)
class Section:
    """A piece of Markdown that stands for itself. Rank 0 always stays; the highest rank gives way first."""

    rank: int
    name: str
    text: str


def sections(rendered: str) -> list[Section]:
    """The sections of a rendered template, in order."""
    found = []
    for piece in rendered.split(MARK)[1:]:
        head, _, text = piece.partition("\n")
        rank, _, name = head.partition(" ")
        if text.strip():
            found.append(Section(int(rank), name, text.strip()))
    return found


def fit(found: list[Section], limit: int = COMMENT) -> str:
    """The sections in order, those of the highest ranks left out and named where they do not fit.

    Raises ValueError where what must stay is too long: a template then shows too much in rank 0.
    """
    kept = list(found)
    dropped: list[str] = []
    while len(_joined(kept, dropped)) > limit:
        candidates = [section for section in kept if section.rank > 0]
        if not candidates:
            raise ValueError(f"{sum(len(s.text) for s in kept)} characters must stay, {limit} fit")
        victim = max(candidates, key=lambda section: (section.rank, len(section.text)))
        kept.remove(victim)
        dropped.append(victim.name)
    return _joined(kept, dropped)


def _joined(kept: list[Section], dropped: list[str]) -> str:
    text = "\n\n".join(section.text for section in kept)
    if dropped:
        text += f"\n\n*Left out here for length: {', '.join(sorted(dropped))}. It is in the plan pull request.*"
    return text
