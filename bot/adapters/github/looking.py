"""What rounds look at: where the App is installed, issues with our labels, what became of a pull request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.adapters.github import since
from bot.adapters.github.issues import writing
from bot.adapters.github.pages import Listing, pages
from bot.adapters.github.pulls import proposing
from bot.adapters.github.session import Session
from bot.domain.facts import PullFacts
from bot.domain.looking import FoundIssue
from bot.domain.people import Actor, Repo

_KINDS = {"User": "User", "Organization": "Organization", "Mannequin": "Mannequin"}


async def installations(session: Session) -> tuple[int, ...]:
    """The ids of all that are not suspended, ascending (GET /app/installations, as the App itself)."""
    return tuple(sorted(one.id for one in await since.installations(session) if not one.suspended))


async def reached(session: Session, installation: int) -> tuple[Repo, ...]:
    """The repositories that it reaches and that are not archived, by id (GET /installation/repositories).

    The one token that is for all of them; it reads their metadata and nothing else (T43).
    """
    token = (await session.mint(installation, [], {"metadata": "read"})).token
    listing = Listing("/installation/repositories", installation, lambda: token)
    found = [one async for page in pages(session, listing) for one in page["repositories"]]
    repos = (_repo(one, installation) for one in found if not one["archived"])
    return tuple(sorted(repos, key=lambda repo: repo.id))


async def labelled(session: Session, repo: Repo, label: str) -> tuple[FoundIssue, ...]:
    """The newest hundred of the open issues with that label (GET /repos/{owner}/{repo}/issues)."""
    url = f"/repos/{repo.name}/issues?state=open&per_page=100{{&labels}}"
    found = await session.get(writing(repo), url, labels=label)
    return tuple(_issue(one, repo) for one in found or () if not one.get("pull_request"))


async def pull_now(session: Session, repo: Repo, number: int) -> PullFacts | None:
    """The pull request, None where it is gone (GET /repos/{owner}/{repo}/pulls/{n})."""
    found = await session.get(proposing(repo), f"/repos/{repo.name}/pulls/{number}")
    if found is None:
        return None
    by = found.get("merged_by") or found.get("user")
    of = found["head"].get("repo") or {}  # null where a fork is gone
    merged, actor = bool(found["merged"]), _actor(by, via_app=False)
    return PullFacts(number, found["head"]["sha"], merged, actor, fork=of.get("id") != repo.id)


def _repo(one: Mapping[str, Any], installation: int) -> Repo:
    return Repo(one["id"], one["full_name"], installation, one["private"], one["default_branch"])


def _issue(one: Mapping[str, Any], repo: Repo) -> FoundIssue:
    via_app = one.get("performed_via_github_app") is not None
    author = _actor(one.get("user"), via_app=via_app)
    labels = tuple(label["name"] for label in one["labels"])
    return FoundIssue(repo, one["node_id"], one["number"], one["title"], author, labels)


def _actor(user: Mapping[str, Any] | None, *, via_app: bool) -> Actor:
    """The account; a ghost where GitHub says null, and what kind we do not know is a bot (`events.shown`)."""
    if user is None:
        return Actor(0, "ghost", "Mannequin")
    return Actor(user["id"], user["login"], _KINDS.get(user["type"], "Bot"), via_app)  # type: ignore[arg-type]
