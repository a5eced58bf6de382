"""A part of the bot with some of its methods replaced; everything else is the part's own."""

from __future__ import annotations

from typing import Any


class Instead:
    """`Instead(store, accept=mine)`: the store, but for `accept`."""

    def __init__(self, real: Any, **methods: Any) -> None:
        self._real = real
        self.__dict__ |= methods

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)
