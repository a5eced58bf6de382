"""What `millwright rebuild` finds: the anchors in every installation's operations repository, each judged.

GitHub is only read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.adapters.github import anchors, since
from bot.adapters.github.reading import ReadingSession, looking
from bot.adapters.github.rest import GitHubRest
from bot.adapters.github.session import AppIdentity
from bot.app import TIMEOUT
from bot.decide.rebuilt import KIND
from bot.domain.anchor import PREFIX, span_of
from bot.domain.anchored import BLOB, Anchored, Distrusted, FoundRun, Place, believed, unknown_runs
from bot.domain.ledger import stamp
from bot.domain.people import Repo
from bot.errors import GitHubError
from bot.ports import AnchorNow, NewRow
from bot.settings import Settings

DELIVERED = timedelta(days=4)
"""For longer than this GitHub delivers nothing once more; it keeps what it sent for three days."""
LARGEST = 50_000_000
"""Bytes of all files of one anchor; more is none of ours."""


@dataclass(frozen=True)
class Known:
    """A case that can be built again, and what GitHub says happened to it since."""

    found: Anchored
    place: Repo
    """the operations repository, by the installation through which it is reached now"""
    comments: tuple[since.Said, ...] = ()
    """of as long ago as GitHub might deliver them once more"""
    reviews: tuple[since.Said, ...] = ()
    run: FoundRun | None = None
    """the present run, found by its nonce"""

    @property
    def words(self) -> tuple[str, ...]:
        """Links to what looks like a decision, was said since, and counts no more."""
        said = (*self.comments, *self.reviews)
        return tuple(one.url for one in said if one.decides and one.is_since(self.found.at))

    @property
    def row(self) -> NewRow:
        """What the case is told when the bot starts."""
        data: dict[str, Any] = {
            "line": len(self.found.lines),
            "at": self.found.at,
            "comments": [one.id for one in self.comments],
            "sources": [f"review:{one.id}" for one in self.reviews],
            "words": list(self.words),
            "run": {"id": self.run.id, "nonce": self.run.nonce} if self.run else None,
            "installation": self.place.installation,
        }
        body = json.dumps({"kind": KIND, "data": data}).encode()
        key = self.found.key
        return NewRow("internal", "told", f"told:{key}:rebuilt:{self.found.lines[-1].hash}", body, key)


@dataclass
class Findings:
    """Everything that was found."""

    cases: dict[str, Known] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    """ref (with its repository), and why it is not believed"""
    unread: list[tuple[str, str]] = field(default_factory=list)
    """installation, and why nothing of it could be read"""
    absent: list[str] = field(default_factory=list)
    """operations repositories that are not there, or that the App does not reach"""


async def search(settings: Settings, keys: Iterable[bytes], *, older: bool) -> Findings:
    """Reads and judges all anchors; `older` takes those too that GitHub's runs say are not the newest."""
    identity = AppIdentity(settings.app_id, settings.private_key, settings.api_url)
    findings, trusted = Findings(), tuple(keys)
    async with looking(identity, TIMEOUT) as session:
        for one in await since.installations(session):
            name = f"{one.login}/{settings.operations}"
            if one.suspended:
                findings.unread.append((name, "the installation is suspended"))
                continue
            try:
                await _search_in(session, one.id, name, trusted, older, findings)
            except GitHubError as error:
                findings.unread.append((name, str(error)))
    return findings


async def _search_in(
    session: ReadingSession, installation: int, name: str, keys: tuple[bytes, ...], older: bool, findings: Findings
) -> None:
    github = GitHubRest(session)
    facts = await github.find_repository(installation, name)
    if facts is None:
        findings.absent.append(name)
        return
    place = facts.repo
    found: list[Anchored] = []
    for ref, commit in sorted((await anchors.anchor_refs(session, place, PREFIX)).items()):
        judged = await _judged(session, place, ref, commit, keys)
        if isinstance(judged, Anchored) and judged.key not in findings.cases:
            found.append(judged)
        else:
            why = judged.why if isinstance(judged, Distrusted) else "the same case was found before"
            findings.left_out.append((f"{place.name} {ref} at {commit}", why))
    if not found:
        return
    runs = await since.runs_since(
        session, place, await github.bot_user(place), min(one.lines[0].at for one in found)
    )
    for one in found:
        if (unknown := unknown_runs(one.case, runs)) and not older:
            why = f"it is not the newest: GitHub has runs of this case that it does not know: {_links(unknown)}"
            findings.left_out.append((f"{place.name} {one.key}", why))
        else:
            findings.cases[one.key] = await _since(session, one, place, runs)


def _links(runs: Iterable[FoundRun]) -> str:
    return " ".join(run.url for run in runs)


async def _judged(
    session: ReadingSession, place: Repo, ref: str, commit: str, keys: tuple[bytes, ...]
) -> Anchored | Distrusted:
    now: AnchorNow = await anchors.anchor_at(session, place, commit)
    if not now.complete:
        return Distrusted("it holds more files than GitHub lists")
    files: dict[str, bytes] = {}
    for path, sha in now.files.items():
        if span_of(path) is not None or path.startswith(BLOB):
            files[path] = await anchors.anchor_file(session, place, sha)
            if sum(map(len, files.values())) > LARGEST:
                return Distrusted(f"its files are larger than {LARGEST} bytes")
    return believed(ref, files, keys, Place(place.id, place.installation))


async def _since(session: ReadingSession, found: Anchored, place: Repo, runs: Iterable[FoundRun]) -> Known:
    """What GitHub knows of the case besides; an issue that cannot be read any more has nothing to say."""
    case = found.case
    repo = Repo(case.repo.id, case.repo.name, place.installation)
    present = case.run.nonce if case.run is not None and case.run.open else None
    run = next((one for one in runs if one.case == case.key and one.nonce == present), None)
    start = stamp(datetime.fromisoformat(found.at) - DELIVERED)
    try:
        said = await since.comments_since(session, repo, case.number, start)
        reviews: tuple[since.Said, ...] = ()
        if (pull := case.made.get("pull")) is not None:
            said += await since.comments_since(session, repo, int(pull), start)
            reviews = await since.reviews_since(session, repo, int(pull), start)
    except GitHubError:
        return Known(found, place, run=run)
    return Known(found, place, said, reviews, run)
