"""The firms that the demo sets up: the examples of every trade, each with its briefing and its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from bot.cli._files import briefing_of
from bot.domain.briefing import Briefing
from bot.domain.vertical import Vertical
from bot.errors import BotError
from bot.load import blueprints

EVERY = "all"
"""The word for one firm of each trade."""
_EXAMPLES = files("templates") / "examples"


@dataclass(frozen=True)
class Firm:
    """An example of a trade: `file` is its briefing below templates/examples."""

    file: str
    vertical: str

    @property
    def login(self) -> str:
        """Its organisation on GitHub."""
        return self._stem.removesuffix("_briefing").replace("_", "-")

    @cached_property
    def text(self) -> str:
        """Its briefing as YAML."""
        return (_EXAMPLES / self.file).read_text("utf-8")

    @cached_property
    def briefing(self) -> Briefing:
        """Its briefing, read; ValueError names what is wrong with the shipped file."""
        read = briefing_of(Path(self.file), self.text)
        if isinstance(read, Briefing):
            return read
        raise ValueError(f"{self.file}: {'; '.join(f'{fault.path} {fault.message}' for fault in read)}")

    def pictures(self) -> dict[str, bytes]:
        """The pictures that its briefing names, by their paths in its repository."""
        folder = _EXAMPLES / "pictures" / self._stem
        found = folder.iterdir() if folder.is_dir() else ()
        return {f"pictures/{self._stem}/{one.name}": one.read_bytes() for one in found}

    @property
    def _stem(self) -> str:
        return self.file.removesuffix(".yaml")


def every_firm() -> list[Firm]:
    """All examples, trade by trade, in the order of their files."""
    return [firm for vertical in blueprints.verticals() for firm in _examples(vertical)]


def chosen(word: str) -> list[Firm]:
    """The first firm of a trade, by its id or a word of it (`saas`); with `all`, of every trade.

    Raises BotError that names the trades for a word that means none of them, or several.
    """
    verticals = [one for one in blueprints.verticals() if _examples(one)]
    meant = verticals if word == EVERY else [one for one in verticals if _means(word, one)]
    if not meant or (len(meant) > 1 and word != EVERY):
        known = ", ".join(one.vertical_id for one in verticals)
        raise BotError(f"{word} names no trade; write one of {known}, a word of one such as saas, or {EVERY}")
    return [_examples(vertical)[0] for vertical in meant]


def _means(word: str, vertical: Vertical) -> bool:
    return word == vertical.vertical_id or word in vertical.vertical_id.split("_")[:-1]


def _examples(vertical: Vertical) -> Sequence[Firm]:
    return [Firm(one.briefing, vertical.vertical_id) for one in vertical.examples if one.briefing]
