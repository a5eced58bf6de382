"""An approval as one record: who, in which role, on what basis, of exactly which plan, by which words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from bot.domain.people import Role


@dataclass(frozen=True)
class Approval:
    """`source` is `comment:<id>`, `review:<id>` or `policy`; `evidence` the SHA-256 of the comment's body."""

    user: int
    login: str
    role: Role
    basis: str
    version: int
    digest: str
    gate: str
    source: str
    evidence: str
    at: str
    kind: Literal["person", "policy"] = "person"


@dataclass(frozen=True)
class Verdict:
    """A decision that explains itself: a tree of reasons."""

    allowed: bool
    because: str
    code: str = ""
    children: tuple[Verdict, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """The tree as plain JSON: allowed, code, because, children."""
        found = {"allowed": self.allowed, "code": self.code, "because": self.because}
        return found | ({"children": [one.to_data() for one in self.children]} if self.children else {})
