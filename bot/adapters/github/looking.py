"""What rounds look at: where the App is installed, issues with our labels, what became of a pull request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import ClientResponse
from yarl import URL

from bot.adapters.github.issues import writing
from bot.adapters.github.pulls import proposing
from bot.adapters.github.session import FAULTS, Session
from bot.adapters.github.translation import refusal
from bot.domain.facts import PullFacts
from bot.domain.looking import FoundIssue
from bot.domain.people import Actor, Repo

PAGES = 100
"""Pages of a hundred that a list of installations or repositories has at most."""
_KINDS = {"User": "User", "Organization": "Organization", "Mannequin": "Mannequin"}


async def installations(session: Session) -> tuple[int, ...]:
    """The ids of all that are not suspended, ascending (GET /app/installations, as the App itself)."""
    found: list[int] = []
    place: URL | None = URL(f"{session.app.api_url.rstrip('/')}/app/installations?per_page=100")
    for _ in range(PAGES):
        if place is None:
            break
        page, place = await _page(session, place, session.app_jwt())
        found += [one["id"] for one in page if not one.get("suspended_at")]
    return tuple(sorted(found))


async def reached(session: Session, installation: int) -> tuple[Repo, ...]:
    """The repositories that it reaches and that are not archived, by id (GET /installation/repositories).

    The one token that is for all of them; it reads their metadata and nothing else (T43).
    """
    token = (await session.mint(installation, [], {"metadata": "read"})).token
    found: list[Repo] = []
    place: URL | None = URL(f"{session.app.api_url.rstrip('/')}/installation/repositories?per_page=100")
    for _ in range(PAGES):
        if place is None:
            break
        page, place = await _page(session, place, token)
        found += [_repo(one, installation) for one in page["repositories"] if not one["archived"]]
    return tuple(sorted(found, key=lambda repo: repo.id))


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
    return PullFacts(number, found["head"]["sha"], bool(found["merged"]), _actor(by, via_app=False))


async def _page(session: Session, place: URL, token: str) -> tuple[Any, URL | None]:
    doing = f"reading {place.path}"
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}
    try:
        async with session.http.get(place, headers=headers, allow_redirects=False) as answer:
            body = await answer.read()
            if refused := refusal(answer.status, answer.headers, body, doing, session.clock()):
                raise session.scaled(refused)
            return await answer.json(), _next(answer)
    except FAULTS as error:
        raise session.refused(error, doing) from error


def _next(answer: ClientResponse) -> URL | None:
    following = answer.links.get("next")
    place = following["url"] if following is not None else None
    return place if isinstance(place, URL) and place.origin() == answer.url.origin() else None


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
