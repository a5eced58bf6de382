"""A check as a record: what was looked at, what was found, what that means, and what to do next.

Unknown stays unknown: nobody may read it as a yes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

from executors.executor import Facts
from executors.protocol.finding import Finding
from executors.protocol.plan import Seen

Verdict = Literal["ok", "warning", "failure", "unknown"]
_LEVEL: dict[str, Literal["notice", "warning", "failure"]] = {
    "warning": "warning",
    "failure": "failure",
    "unknown": "notice",
}


@dataclass(frozen=True)
class Check:
    """One check and its result; `next` says what to do where that is not `ok`."""

    check: str
    looked_at: str
    found: str
    verdict: Verdict = "ok"
    next: str = ""

    def __post_init__(self) -> None:
        """A result that is not fine without a way on helps nobody."""
        assert self.verdict == "ok" or self.next, f"{self.check}: says nothing of what to do"

    @property
    def words(self) -> str:
        """It in one sentence, for people."""
        said = self.found if self.verdict == "ok" else f"{self.verdict}: {self.found} → {self.next}"
        return said[:4000]

    def finding(self, step: str) -> Finding | None:
        """The finding that it is, None where all is well."""
        level = _LEVEL.get(self.verdict)
        if level is None:
            return None
        message = f"{self.looked_at}: {self.words}"[:4000]
        return Finding(level=level, code=self.check, message=message, step=step)


def facts(checks: Iterable[Check], step: str, record: str) -> Facts:
    """What a look returns that is made of checks: each is a fact for people, what is not `ok` is a finding too.

    The facts need not hold when the leg is carried out, for then everything is looked at anew.
    """
    made = tuple(checks)
    return Facts(
        made,
        tuple(Seen(target=one.looked_at, fact=one.check, value=one.words, holds=False) for one in made),
        {record: [asdict(one) for one in made]},
        tuple(found for one in made if (found := one.finding(step)) is not None),
    )
