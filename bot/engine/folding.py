"""The case of one worker, folded on from where it was: lines never change, so none is read twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.domain.case import Case
from bot.domain.ledger import Line
from bot.handle import Flow


class Folding:
    """`blobs` and `fold` of a flow, for one case; what they return is what the flow's own return."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._case: Case | None = None
        self._read = 0
        self._last: Line | None = None

    def blobs(self, lines: Sequence[Line]) -> Sequence[str]:
        """The blobs that folding on will ask for."""
        return self._flow.blobs(lines[self._known(lines) :])

    def fold(self, key: str, lines: Sequence[Line], blob: Callable[[str], bytes | None]) -> Case | None:
        """The case as these lines describe it."""
        known, on = self._known(lines), self._flow.fold_on
        if known and self._case is not None and on is not None:
            case: Case | None = on(self._case, lines[known:], blob)
        else:
            case = self._flow.fold(key, lines, blob)
        self._case, self._read, self._last = case, len(lines), lines[-1] if lines else None
        return case

    def _known(self, lines: Sequence[Line]) -> int:
        """How many of the lines are folded already; none where they were read anew, or opened no case yet."""
        if self._case is None or self._flow.fold_on is None or len(lines) < self._read:
            return 0
        return self._read if lines[self._read - 1] is self._last else 0
