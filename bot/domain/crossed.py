"""What crossed between the jobs of a foreign leg: artifacts by the job's word and by GitHub's (T39, T57)."""

from __future__ import annotations

from bot.domain.facts import ArtifactFacts
from executors.protocol.foreign import crossing
from executors.protocol.plan import Leg
from executors.protocol.spec import Bundle


def beside(leg: Leg | None) -> tuple[str, ...]:
    """The names of the artifacts, beside the bundle, whose digests GitHub is asked for."""
    return crossing(leg.id) if leg is not None and leg.foreign else ()


def crossed_fault(bundle: Bundle | None, artifact: ArtifactFacts | None, leg: Leg | None) -> str:
    """Why what the job `report` checked is not what GitHub keeps of this run; "" where it is.

    A leg that completed must say what it checked; one that failed says so of what it found to be sound.
    """
    names = beside(leg)
    if not names or bundle is None or artifact is None:
        return ""
    told = {one.artifact: one.digest for one in bundle.checked}
    if bundle.outcome == "completed" and set(told) != set(names):
        return (
            f"the job did not say that it checked {', '.join(sorted(set(names) - set(told))) or 'these artifacts'}"
        )
    for name, digest in told.items():
        if artifact.beside.get(name) != digest:
            return f"the artifact {name} is not the one that the job checked"
    return ""
