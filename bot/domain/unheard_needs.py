"""Needs of sweeps, rounds and limits: facts that no single event tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class MissedDeliveries:
    """GitHub's log of what it sent to the App since then, three days at most; answers deliveries, sweep_every."""

    since: datetime | None = None


@dataclass(frozen=True)
class PullNow:
    """The plan pull request as it stands now; answers `pull`."""

    number: int


@dataclass(frozen=True)
class OpenCases:
    """The next cases that have not ended, behind the key `after`; answers `open_cases`."""

    after: str = ""


@dataclass(frozen=True)
class Unheard:
    """Labelled issues that no case was opened on, in the next repositories behind `after`; answers `unheard`."""

    after: str = ""


@dataclass(frozen=True)
class OpenedLately:
    """The capabilities that were opened in a repository within a day or so; answers `opened`."""

    repository: int
