"""Answers of GitHub that were read before: asked for again with their ETag, they cost nothing of the hourly limit.

https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cachetools import LRUCache

MOST_BYTES, LARGEST = 32 << 20, 1 << 20
"""Bytes of bodies that are kept in all, and of one that is kept at all."""
ENTRY = 1_000
"""Bytes that an answer takes beside its body, about."""

Answer = tuple[int, Mapping[str, str], bytes]
"""Status, headers and body."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer with the ETag by which GitHub knows it."""

    etag: str
    answer: Answer


class Answers:
    """What is kept for every installation, each under its own number (T53), the least used going first."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._kept: LRUCache[tuple[int, str], Kept] = LRUCache(most, getsizeof=_size)

    @property
    def size(self) -> int:
        """Bytes that are kept, about."""
        return int(self._kept.currsize)

    def find(self, installation: int, url: str) -> Kept | None:
        """What that URL answered the installation the last time."""
        return self._kept.get((installation, url))

    def keep(self, installation: int, url: str, answer: Answer) -> None:
        """Remembers an answer that has an ETag and is not large."""
        etag = answer[1].get("ETag")
        if etag and len(answer[2]) <= LARGEST:
            self._kept[installation, url] = Kept(etag, answer)


def _size(kept: Kept) -> int:
    return len(kept.answer[2]) + ENTRY
