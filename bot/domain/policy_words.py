"""What the check run `millwright / policy` says of a proposed policy, as data (template: checks/policy.md.j2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.domain.faults import Fault
from bot.domain.proposed import OpenPlan


@dataclass(frozen=True)
class GateChange:
    """What became of one gate for plans of these risks; `was` and `now` in words, "" where it is not there."""

    products: tuple[str, ...]
    """keys"""
    levels: tuple[str, ...]
    gate: str
    was: str
    now: str
    weaker: tuple[str, ...] = ()
    """in what respects, in words"""


@dataclass(frozen=True)
class RuleChange:
    """What became of one other rule."""

    name: str
    was: str
    now: str
    weaker: bool = False


@dataclass(frozen=True)
class PolicyChecked:
    """A proposed policy, or proposed defaults, against what is in force."""

    holds: Literal["policy", "defaults"]
    operations: str
    """name of the operations repository; "" where the App does not see it"""
    faults: tuple[Fault, ...] = ()
    """with `file` filled in for each"""
    compared: bool = True
    """whether there is a good policy in force to compare with"""
    gates: tuple[GateChange, ...] = ()
    rules: tuple[RuleChange, ...] = ()
    stale: tuple[OpenPlan, ...] = ()
    """plans that are to be made again, and approved again, once it is merged"""
    is_whole: bool = True
    """whether all open plans were looked at"""

    @property
    def weaker(self) -> int:
        """How many of the changes ask for less than before."""
        return sum(bool(one.weaker) for one in self.gates) + sum(one.weaker for one in self.rules)
