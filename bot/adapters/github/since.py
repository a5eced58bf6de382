"""What `millwright rebuild` asks GitHub: where the App is installed, what was said and started since a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.adapters.github.runs import acting
from bot.adapters.github.session import Session
from bot.adapters.github.tokens import scope
from bot.domain.anchored import FoundRun
from bot.domain.people import Repo

PAGE = 100


@dataclass(frozen=True)
class Installed:
    """An installation of the App: its id, and the account that it is on."""

    id: int
    login: str
    suspended: bool


@dataclass(frozen=True)
class Said:
    """A comment or a review by a person: its id, where it stands, whether it looks like a decision."""

    id: int
    url: str
    decides: bool
    at: str
    """RFC 3339, UTC, in whole seconds"""

    def is_since(self, moment: str) -> bool:
        """Whether it was said in that second of a ledger's time or later."""
        return self.at >= _second(moment)


async def installations(session: Session) -> tuple[Installed, ...]:
    """All installations of the App (GET /app/installations, as the App itself)."""
    found: list[Installed] = []
    page: list[Mapping[str, Any]] = [{}] * PAGE
    while len(page) == PAGE:
        number = str(len(found) // PAGE + 1)
        page = await session.as_app("/app/installations{?per_page,page}", per_page=str(PAGE), page=number)
        found += [Installed(one["id"], one["account"]["login"], bool(one["suspended_at"])) for one in page]
    return tuple(found)


async def comments_since(session: Session, repo: Repo, number: int, since: str) -> tuple[Said, ...]:
    """The comments on an issue or pull request that people wrote at that time (RFC 3339, UTC) or later."""
    url = f"/repos/{repo.name}/issues/{number}/comments{{?since,per_page}}"
    looking = scope(repo, issues="read", metadata="read")
    start = _second(since)
    found = [
        Said(one["id"], one["html_url"], (one["body"] or "").lstrip("\r\n").startswith("/"), one["created_at"])
        async for one in session.items(looking, url, since=start, per_page=str(PAGE))
        if (one.get("user") or {}).get("type") == "User"
    ]
    return tuple(one for one in found if one.is_since(since))


async def reviews_since(session: Session, repo: Repo, pull: int, since: str) -> tuple[Said, ...]:
    """The reviews of a pull request that people submitted at that time or later."""
    url = f"/repos/{repo.name}/pulls/{pull}/reviews{{?per_page}}"
    looking = scope(repo, metadata="read", pull_requests="read")
    found = [
        Said(one["id"], one["html_url"], one["state"] in {"APPROVED", "CHANGES_REQUESTED"}, one["submitted_at"])
        async for one in session.items(looking, url, per_page=str(PAGE))
        if one.get("submitted_at") and (one.get("user") or {}).get("type") == "User"
    ]
    return tuple(one for one in found if one.is_since(since))


async def runs_since(session: Session, repo: Repo, bot: tuple[int, str], since: str) -> tuple[FoundRun, ...]:
    """The runs of our workflow that the App's own account (id, login) started at that time or later."""
    url = f"/repos/{repo.name}/actions/runs{{?actor,event,created,per_page}}"
    asked = {"actor": bot[1], "event": "workflow_dispatch", "created": f">={_second(since)}"}
    found = []
    async for run in session.items(acting(repo), url, "workflow_runs", per_page=str(PAGE), **asked):
        words = str(run.get("display_title", "")).split(" ")
        if run["actor"]["id"] == bot[0] and len(words) == 4 and words[0] == "millwright":
            found.append(FoundRun(words[1], words[3], run["id"], run["html_url"]))
    return tuple(found)


def _second(at: str) -> str:
    """A time of the ledger as GitHub writes them: whole seconds, so that nothing of that second is missed."""
    return f"{at[:19]}Z"
