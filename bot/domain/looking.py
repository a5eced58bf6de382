"""Going round what GitHub may have changed unheard: open cases, and issues that no case was ever opened on.

A round takes a piece, and the next one goes on behind it; so what was looked at longest ago comes first, without
anything to be remembered but one place.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.people import Actor, Repo

APP = "app:look"
"""The case of these rounds; a sweep of deliveries is not kept waiting by them."""
ROUNDS = 12
"""Rounds between two sweeps: the work is spread over the hour."""
CASES = 100
"""Open cases that a round looks at: 1,200 in an hour, each by five requests that mostly answer 304."""
SCANNED = 1_000
"""Ledgers that a round goes past at most, those of ended cases included."""
PLACES = 20
"""Repositories that a round lists labelled issues of: 240 in an hour, each by one request per lane."""


@dataclass(frozen=True)
class FoundIssue:
    """An open issue with one of our labels, as a list shows it."""

    repo: Repo
    node_id: str
    number: int
    title: str
    author: Actor
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Piece:
    """What a round takes, and where the next one begins: behind `after`, from the start where that is ""."""

    cases: tuple[str, ...] = ()
    issues: tuple[FoundIssue, ...] = ()
    after: str = ""


NOTHING = Piece()
