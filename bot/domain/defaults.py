"""An organisation's defaults: `.github/millwright.yml` of its `.github` repository, below the policy.

| | what counts |
|---|---|
| a key that the policy has | the policy's, whole: nothing inside it is mixed with the defaults' |
| a key that it leaves out | the defaults' |
| `gates` | those of both, the defaults' first; the policy's rule takes the place of theirs of that name |
| `operations`, `products`, `environments` | the policy's; in the defaults they are faults |

So the policy has the last word, as the few who may write to the operations repository have it; the check run on
its pull requests says which rules become weaker. Defaults that cannot be read stop everything, as a policy does:
without them rules could be missing. Where there are none nothing is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.domain.document import Document, Path
from bot.domain.faults import Fault
from bot.domain.reading import read_model, spelled
from bot.domain.rules import Rule
from bot.domain.strict_yaml import read_yaml

if TYPE_CHECKING:
    from bot.domain.disputes import Dispute
    from bot.domain.policy import Defaults, Policy
    from bot.domain.rules import GateRule

R = TypeVar("R", bound=Rule)

REPOSITORY = ".github"
"""The repository, of the same owner, whose default branch holds them."""
ELSEWHERE = ("operations", "products", "environments")
"""What only the policy itself can say."""


@dataclass(frozen=True)
class PolicyText:
    """The text of the defaults, and the name that faults in it bear."""

    text: str
    file: str


@dataclass(frozen=True)
class Parsed(Generic[R]):
    """What a file says, and on which lines."""

    rules: R
    document: Document


def read_rules(model: type[R], text: str) -> Parsed[R] | tuple[Fault, ...]:
    """The text as `model`, or every fault in it, sorted by line."""
    document = read_yaml(text)
    if isinstance(document, Fault):
        return (document,)
    rules = read_model(model, document)
    if isinstance(rules, tuple):
        return tuple(_elsewhere(fault) if "operations" not in model.model_fields else fault for fault in rules)
    return Parsed(rules, document)


def in_file(faults: Iterable[Fault], file: str) -> tuple[Fault, ...]:
    """The faults with the name of the file that they are in."""
    return tuple(replace(fault, file=file) for fault in faults)


def _elsewhere(fault: Fault) -> Fault:
    if fault.path not in ELSEWHERE:
        return fault
    return replace(
        fault,
        message="has no place in an organisation's defaults",
        next="write it into the policy of the operations repository",
    )


@dataclass(frozen=True)
class Whence:
    """From which file the parts of a policy come, so that what is wrong with it is named where it was written."""

    own: Document
    given: Document | None = None
    file: str = ""
    keys: frozenset[str] = frozenset()
    """the top-level keys that come from the defaults"""
    gates: tuple[tuple[bool, int], ...] = ()
    """of each gate whether it is the defaults', and its number in its file"""

    def faults(self, found: Iterable[Dispute]) -> list[Fault]:
        """The disputes as faults with file and line, the policy's own first, by line."""
        faults = [self._fault(*one) for one in found]
        return sorted(faults, key=lambda fault: (fault.file, fault.line or 0))

    def _fault(self, path: Path, message: str, advice: str) -> Fault:
        theirs = path[0] in self.keys
        if path[0] == "gates" and len(path) > 1 and isinstance(path[1], int) and self.gates:
            theirs, number = self.gates[path[1]]
            path = ("gates", number, *path[2:])
        document = self.given if theirs and self.given is not None else self.own
        return Fault(spelled(path), message, advice, document.line_of(path), self.file if theirs else "")


def merged(own: Parsed[Policy], given: Parsed[Defaults] | None, file: str = "") -> tuple[Policy, Whence]:
    """The policy with what it leaves out from the defaults, and where each part of it stands."""
    policy = own.rules
    if given is None:
        return policy, Whence(own.document)
    keys = given.rules.model_fields_set - policy.model_fields_set
    order = tuple(_order(given.rules.gates, policy.gates))
    changes = {name: getattr(given.rules, name) for name in keys}
    changes["gates"] = [(given.rules if theirs else policy).gates[number] for theirs, number in order]
    return policy.model_copy(update=changes), Whence(own.document, given.document, file, frozenset(keys), order)


def _order(theirs: list[GateRule], ours: list[GateRule]) -> Iterator[tuple[bool, int]]:
    """Each gate as (is it the defaults', its number there)."""
    taken: set[int] = set()
    for number, rule in enumerate(theirs):
        same = (n for n, mine in enumerate(ours) if mine.name == rule.name and n not in taken)
        found = next(same, None)
        if found is None:
            yield True, number
        else:
            taken.add(found)
            yield False, found
    yield from ((False, n) for n in range(len(ours)) if n not in taken)
