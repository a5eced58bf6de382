"""Nothing happens that the approved envelope does not hold, and not to a world that was not approved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from executors.errors import MillwrightError, OutsideEnvelope
from executors.protocol.history import has_operations
from executors.protocol.operation import ONCE, Operation, names_of, target_of
from executors.protocol.plan import Envelope, Seen
from executors.protocol.spec import JobSpec

_Kind = tuple[str, str]


class Drift(MillwrightError):
    """The world is not as it was when people approved."""


@dataclass
class Guard:
    """The envelope of this run, None where the plan has none; counts what was proposed so far."""

    envelope: Envelope | None
    first: bool
    """Whether no earlier run has changed the world, so that it must look as it did when approved."""
    proposed: Counter[_Kind] = field(default_factory=Counter)

    @classmethod
    def of(cls, spec: JobSpec) -> Guard:
        """Return the guard of an execute run; a preview makes the envelope, so it has none."""
        envelope = spec.plan.envelope(spec.leg) if spec.verb == "execute" else None
        return cls(envelope, first=not has_operations(spec.journal))

    def see(self, seen: Iterable[Seen]) -> None:
        """Compare a step's first look with the approved one; raises Drift that names the first difference.

        Facts that need not hold are for readers: what the steps before changed is no drift.
        """
        if self.envelope is None or not self.first:
            return
        approved = {(fact.target, fact.fact): fact.value for fact in self.envelope.seen}
        for fact in seen:
            if not fact.holds:
                continue
            before = approved.get((fact.target, fact.fact))
            if before != fact.value:
                was = "was not looked at" if before is None else f"was {before[:80]!r}"
                raise Drift(f"{fact.target}: {fact.fact} is {fact.value[:80]!r} and {was} when people approved")

    def allow(self, operations: Iterable[Operation]) -> None:
        """Count the operations; raises OutsideEnvelope for one that is not in the envelope or one too many.

        What an operation brings along must have been seen at its place too, with whichever operation of its kind:
        a run that goes on after another finds a part of it there already.
        """
        if self.envelope is None:
            return
        allowed = {(item.op, item.target): item.count for item in self.envelope.planned}
        for operation in operations:
            kind = (operation.op, target_of(operation))
            self.proposed[kind] += 1
            if (1 if operation.op in ONCE else self.proposed[kind]) > allowed.get(kind, 0):
                raise OutsideEnvelope(
                    f"{operation.op} on {kind[1]}: approved {allowed.get(kind, 0)} times, "
                    f"proposed a {self.proposed[kind]}. time"
                )
            if names := names_of(operation):
                self._allow_names(self.envelope, operation, names)

    @staticmethod
    def _allow_names(envelope: Envelope, operation: Operation, names: Iterable[str]) -> None:
        op, place = operation.op, operation.at.target
        seen = {name for item in envelope.planned if (item.op, item.place) == (op, place) for name in item.names}
        if more := sorted(set(names) - seen):
            raise OutsideEnvelope(
                f"{operation.op} on {target_of(operation)}: nobody approved {', '.join(more)[:500]}"
            )
