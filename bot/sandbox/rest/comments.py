"""Comments on issues and pull requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.access import require, require_role
from bot.sandbox.answers import Refusal, no_content, not_found, ok, required
from bot.sandbox.call import Call, bind
from bot.sandbox.rest.threading import MOST_CHARACTERS, require_author_or, subject, tell_comment, touched
from bot.sandbox.shapes import issues
from bot.sandbox.state import Repository
from bot.sandbox.threads import Comment

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ROOT = "/repos/{owner}/{repo}/issues"
ONE = ROOT + "/comments/{id}"
REASONS = ("spam", "abuse", "off-topic", "outdated", "duplicate", "resolved", "low-quality")


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/issues/comments."""
    return bind(sandbox, [
        ("GET", f"{ROOT}/comments", of_repository),
        ("GET", ONE, show),
        ("PATCH", ONE, change),
        ("DELETE", ONE, delete),
        ("GET", f"{ROOT}/{{number}}/comments", listing),
        ("POST", f"{ROOT}/{{number}}/comments", create),
    ])  # fmt: skip


def _text(call: Call) -> str:
    body = required(call.body, "body")
    problem = None
    if not body.strip():
        problem = "Body cannot be blank"
    elif len(body) > MOST_CHARACTERS:
        problem = f"Body is too long (maximum is {MOST_CHARACTERS} characters)"
    if problem:
        error = {"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": problem}
        raise Refusal(422, "Validation Failed", [error])
    return body


def comment_of(call: Call, level: str, role: str = "read") -> tuple[Repository, Comment]:
    """The comment of the path."""
    found = call.repository("issues|pull_requests", level, role)
    number = call.number("id")
    for issue in found.issues.values():
        if number in issue.comments:
            if issue.pull is None:
                require(call.world, call.identity, found, "issues", level, role)
            return found, issue.comments[number]
    raise not_found()


async def listing(call: Call) -> web.Response:
    """An issue's comments, oldest first, those changed `since` if asked."""
    found, issue = subject(call, "read")
    mine = [c for c in issue.comments.values() if c.updated_at >= call.query("since")]
    return call.page(mine, lambda c: issues.shown_comment(call.world, found, c))


async def of_repository(call: Call) -> web.Response:
    """All comments of a repository."""
    found = call.repository("issues|pull_requests", "read")
    everything = [c for i in found.issues.values() for c in i.comments.values()]
    mine = [c for c in everything if c.updated_at >= call.query("since")]
    field = "updated_at" if call.query("sort") == "updated" else "created_at"
    mine.sort(key=lambda c: (getattr(c, field), c.id), reverse=call.query("direction") == "desc")
    return call.page(mine, lambda c: issues.shown_comment(call.world, found, c))


async def create(call: Call) -> web.Response:
    """Comment; everybody who sees the issue may."""
    found, issue = subject(call, "write")
    body, now = _text(call), call.world.now()
    one = Comment(call.world.next_id(), issue.number, call.actor.id, body, now, now, call.app_id)
    issue.comments[one.id] = one
    touched(call, issue)
    tell_comment(call, found, one, "created")
    shown = issues.shown_comment(call.world, found, one)
    return ok(shown, 201, {"Location": shown["url"]})


async def show(call: Call) -> web.Response:
    """One comment."""
    found, one = comment_of(call, "read")
    return ok(issues.shown_comment(call.world, found, one))


async def change(call: Call) -> web.Response:
    """Edit a comment: its author, anybody with write, a token with permission."""
    found, one = comment_of(call, "write")
    require_author_or(call, found, one.author_id, "write")
    before, one.body = one.body, _text(call)
    one.updated_at = call.world.now()
    if one.body != before:
        tell_comment(call, found, one, "edited", {"changes": {"body": {"from": before}}})
    return ok(issues.shown_comment(call.world, found, one))


async def delete(call: Call) -> web.Response:
    """Remove a comment."""
    found, one = comment_of(call, "write")
    require_author_or(call, found, one.author_id, "write")
    del found.issues[one.issue_number].comments[one.id]
    tell_comment(call, found, one, "deleted")
    return no_content()


def minimize(call: Call, found: Repository, one: Comment, reason: str | None) -> None:
    """Hide a comment, or show it again with None: takes write, its own author has no say; no webhook tells of it.

    GitHub has this in GraphQL only: https://docs.github.com/graphql/reference/mutations#minimizecomment
    """
    require(call.world, call.identity, found, "issues", "write", "read")
    require_role(call.world, call.identity, found, "write")
    if reason is not None and reason not in REASONS:
        raise Refusal(422, f"{reason} is none of {', '.join(REASONS)}")
    one.minimized = reason
