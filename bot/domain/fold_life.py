"""What entries about GitHub's own life leave behind in a case: names, what is frozen, who was answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.domain.case import Case
from bot.domain.ledger import Line


def place_alias(case: Case, operations: int = 0, installation: int = 0) -> str:
    """The name by which the store finds what an installation plans, or has carried out in one repository of it."""
    return f"installation:{installation or case.repo.installation}:{operations}:{case.key}"


def _renamed(case: Case, line: Line) -> Case:
    return replace(case, repo=replace(case.repo, name=str(line.entry.data["name"])))


def _branched(case: Case, line: Line) -> Case:
    return replace(case, repo=replace(case.repo, default_branch=str(line.entry.data["branch"])))


def _moved(case: Case, line: Line) -> Case:
    """The repository is another owner's, or another installation reaches it."""
    data = line.entry.data
    return replace(case, repo=replace(case.repo, name=str(data["name"]), installation=int(data["installation"])))


def _frozen(case: Case, line: Line) -> Case:
    """What GitHub keeps shut has changed, in a phase that it does not move; "" where nothing is shut any more."""
    return replace(case, frozen=str(line.entry.data["frozen"]))


def _restored(case: Case, _: Line) -> Case:
    return replace(case, restored=True)


def _rebuilt(case: Case, line: Line) -> Case:
    """What people said between the last anchor and the rebuilding is not heard any more, whatever brings it."""
    data = line.entry.data
    comments, sources = frozenset(data["comments"]), frozenset(data["sources"])
    seen = {"seen_comments": case.seen_comments | comments, "seen_sources": case.seen_sources | sources}
    return replace(case, restored=True, **seen)  # type: ignore[arg-type]  # names of Case's fields


def _answered(case: Case, line: Line) -> Case:
    return replace(case, answered=(*case.answered[-39:], (line.at, line.entry.actor.id)))


def _untold(case: Case, line: Line) -> Case:
    failed = (str(line.entry.data["place"]), line.entry.reason)
    return replace(case, untold=(*case.untold[-9:], failed))


LIFE_READERS: dict[str, Callable[[Case, Line], Case]] = {
    "outsider.answered": _answered,
    "notice.failed": _untold,
    "repository.renamed": _renamed,
    "repository.branched": _branched,
    "repository.moved": _moved,
    "capability.frozen": _frozen,
    "ledger.restored": _restored,
    "ledger.rebuilt": _rebuilt,
}
