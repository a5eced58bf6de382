"""Issues, comments, reactions and labels."""

from __future__ import annotations

import hashlib

from bot.adapters.github.session import Session
from bot.adapters.github.tokens import Scope, scope
from bot.domain.facts import IssueFacts, WordsNow
from bot.domain.people import Repo
from bot.errors import GitHubError

STATE_COLOURS = {"completed": "0e8a16", "failed": "b60205", "draft": "d4c5f9", "executing": "1d76db"}


def writing(repo: Repo) -> Scope:
    """What talking on an issue takes."""
    return scope(repo, issues="write", metadata="read")


async def issue(session: Session, repo: Repo, number: int) -> IssueFacts | None:
    """The issue as it stands now."""
    found = await session.get(writing(repo), f"/repos/{repo.name}/issues/{number}")
    if found is None:
        return None
    return IssueFacts(
        title=found["title"],
        body=found["body"] or "",
        labels=tuple(label["name"] for label in found["labels"]),
        open=found["state"] == "open",
        author=found["user"]["id"],
        created_at=found["created_at"],
    )


async def comment(session: Session, repo: Repo, comment_id: int) -> WordsNow | None:
    """A comment as it stands now; None where it is gone (GET …/issues/comments/{id}).

    GitHub says in `minimized` whether somebody hid it, and tells no webhook.
    """
    found = await session.get(writing(repo), f"/repos/{repo.name}/issues/comments/{comment_id}")
    if found is None or not found.get("user"):
        return None
    return WordsNow(found["user"]["id"], digest_of(found["body"] or ""), hidden=bool(found.get("minimized")))


def digest_of(body: str) -> str:
    """SHA-256 of the words of a comment or a review, 64 hex."""
    return hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()


async def create_comment(session: Session, repo: Repo, number: int, body: str, *, urgent: bool = False) -> int:
    """The new comment's id (POST …/issues/{n}/comments); an urgent one goes before what waits to be written."""
    url = f"/repos/{repo.name}/issues/{number}/comments"
    made = await session.post(writing(repo), url, {"body": body}, urgent=urgent)
    return int(made["id"])


async def edit_comment(session: Session, repo: Repo, comment_id: int, body: str) -> None:
    """Replaces the text of one of our comments."""
    await session.patch(writing(repo), f"/repos/{repo.name}/issues/comments/{comment_id}", {"body": body})


async def find_comment(session: Session, repo: Repo, number: int, marker: str) -> int | None:
    """Our own comment that holds `marker`: written through our App, never somebody's copy of it (T23)."""
    url = f"/repos/{repo.name}/issues/{number}/comments?per_page=100"
    async for comment in session.items(writing(repo), url):
        app = comment.get("performed_via_github_app") or {}
        ours = session.app.app_id in {str(app.get("id")), app.get("client_id")}
        if ours and marker in comment["body"]:
            return int(comment["id"])
    return None


async def react(session: Session, repo: Repo, number: int, comment_id: int | None, content: str) -> None:
    """A reaction; GitHub answers 200 for one that is there already."""
    where = f"issues/comments/{comment_id}" if comment_id else f"issues/{number}"
    await session.post(writing(repo), f"/repos/{repo.name}/{where}/reactions", {"content": content})


async def set_state_label(session: Session, repo: Repo, number: int, state: str) -> None:
    """Makes the issue carry `state:<state>` and no other `state:` label."""
    now = await issue(session, repo, number)
    if now is None or (labels := await _labels(session, repo, now, state)) is None:
        return
    await session.put(writing(repo), f"/repos/{repo.name}/issues/{number}/labels", {"labels": labels})


async def _labels(session: Session, repo: Repo, now: IssueFacts, state: str) -> list[str] | None:
    """The labels that the issue should carry, each of which the repository has; None where it carries them."""
    wanted = f"state:{state}"
    others = [label for label in now.labels if not label.startswith("state:")]
    if wanted in now.labels and len(others) + 1 == len(now.labels):
        return None
    await ensure_label(session, repo, wanted)
    return [*others, wanted]


async def ensure_label(session: Session, repo: Repo, name: str) -> None:
    """Makes the label where the repository lacks it; GitHub's own words when it refuses to (422).

    A label that was there once is not looked for again: one that was deleted comes back when an issue gets it.
    """
    if (repo.id, name) not in session.labels:
        await _make_label(session, repo, name)
        session.labels[repo.id, name] = None


async def _make_label(session: Session, repo: Repo, name: str) -> None:
    url = f"/repos/{repo.name}/labels/{{name}}"
    if await session.get(writing(repo), url, name=name) is not None:
        return
    colour = STATE_COLOURS.get(name.partition(":")[2], "c5def5")
    try:
        await session.post(writing(repo), f"/repos/{repo.name}/labels", {"name": name, "color": colour})
    except GitHubError as error:
        # 422 also says that somebody made it in between.
        if error.status != 422 or await session.get(writing(repo), url, name=name) is None:
            raise


async def close_issue(session: Session, repo: Repo, number: int, reason: str, state: str = "") -> None:
    """Closes the issue, and shows `state` as its label in the same write; nothing where all that is so already."""
    now = await issue(session, repo, number)
    if now is None:
        return
    labels = await _labels(session, repo, now, state) if state else None
    if now.open or labels is not None:
        fields = {"state": "closed", "state_reason": reason} | ({"labels": labels} if labels else {})
        await session.patch(writing(repo), f"/repos/{repo.name}/issues/{number}", fields)
