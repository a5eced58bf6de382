"""What issues and pull requests share: which webhook tells of them, who may touch them, limits of text."""

from __future__ import annotations

from bot.sandbox.access import has_role, require
from bot.sandbox.answers import Json, Refusal, failed, text_field
from bot.sandbox.call import Call
from bot.sandbox.pushes import tell_pull
from bot.sandbox.shapes import issues
from bot.sandbox.state import Repository
from bot.sandbox.threads import Comment, Issue

MOST_CHARACTERS = 65_536
MOST_TITLE = 256


async def tell(call: Call, found: Repository, issue: Issue, action: str, more: Json | None = None) -> None:
    """Emit `issues`, or `pull_request` when it is one."""
    if issue.pull is not None:
        await tell_pull(call.sandbox, found, issue, action, call.doer, more)
        return
    call.emit(found, "issues", action, {"issue": issues.issue(call.world, found, issue), **(more or {})})


def tell_comment(call: Call, found: Repository, one: Comment, action: str, more: Json | None = None) -> None:
    """Emit `issue_comment`; `issue.pull_request` is there when the comment stands on one."""
    issue = found.issues[one.issue_number]
    shown = {
        "issue": issues.issue(call.world, found, issue),
        "comment": issues.comment(call.world, found, one),
    }
    call.emit(found, "issue_comment", action, shown | (more or {}))


def touched(call: Call, issue: Issue) -> None:
    """The issue has changed now."""
    issue.updated_at = call.world.now()


def titled(call: Call, resource: str, is_required: bool) -> str | None:
    """The title in the body; 422 when missing, blank or too long."""
    title = text_field(call.body, "title", is_required)
    if title is not None and not title.strip():
        raise failed(resource, "title", "missing_field")
    if title is not None and len(title) > MOST_TITLE:
        raise failed(resource, "title", "custom", f"title is too long (maximum is {MOST_TITLE} characters)")
    return title


def bodied(call: Call, resource: str) -> str | None:
    """The text in the body; 422 when it is longer than 65,536 characters."""
    body = text_field(call.body, "body")
    if body is not None and len(body) > MOST_CHARACTERS:
        message = f"body is too long (maximum is {MOST_CHARACTERS} characters)"
        raise failed(resource, "body", "custom", message)
    return body


def subject(call: Call, level: str, role: str = "read") -> tuple[Repository, Issue]:
    """The issue or pull request of the path; a pull request may be reached by either permission."""
    found = call.repository("issues|pull_requests", level, role)
    issue = call.issue(found)
    if issue.pull is None:
        require(call.world, call.identity, found, "issues", level, role)
    is_shut = level != "read" and issue.is_locked and call.identity.kind == "user"
    if is_shut and not has_role(call.world, call.identity, found, "write"):
        raise Refusal(403, "Unable to create comment because issue is locked.")
    return found, issue


def require_author_or(call: Call, found: Repository, author_id: int, role: str) -> None:
    """People may change what they wrote; what others wrote needs a role. Tokens have passed by permission."""
    if call.identity.kind == "user" and call.actor.id != author_id:
        require(call.world, call.identity, found, "issues", "write", role)
