"""Issues: open, list, read, change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.access import has_role
from bot.sandbox.answers import Json, Refusal, choice, failed, list_field, ok
from bot.sandbox.call import Call, bind
from bot.sandbox.forks import head_again
from bot.sandbox.pushes import fetch_head
from bot.sandbox.rest.labels import made_sure_of, names_in, set_all, shape
from bot.sandbox.rest.threading import bodied, require_author_or, subject, tell, titled, touched
from bot.sandbox.shapes import accounts, issues
from bot.sandbox.state import Repository
from bot.sandbox.threads import Issue

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ALL = "/repos/{owner}/{repo}/issues"
REASONS = ("completed", "not_planned", "duplicate", "reopened")


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/issues/issues."""
    return bind(sandbox, [
        ("GET", ALL, listing),
        ("POST", ALL, create),
        ("GET", f"{ALL}/{{number}}", show),
        ("PATCH", f"{ALL}/{{number}}", change),
    ])  # fmt: skip


async def listing(call: Call) -> web.Response:
    """Issues and pull requests, by `state`, `labels`, `creator`, `since`, `sort` and `direction`."""
    found = call.repository("issues|pull_requests", "read")
    state, creator, since = call.query("state", "open"), call.query("creator").lower(), call.query("since")
    wanted = {name.strip().lower() for name in call.query("labels").split(",") if name.strip()}
    mine = [i for i in found.issues.values() if state in ("all", i.state) and i.updated_at >= since]
    mine = [i for i in mine if wanted <= {name.lower() for name in i.labels}]
    if creator:
        mine = [i for i in mine if call.world.accounts[i.author_id].login.lower() == creator]
    by_update = call.query("sort") == "updated"
    mine.sort(key=lambda i: (i.updated_at if by_update else i.created_at, i.number))
    if call.query("direction", "desc") == "desc":
        mine.reverse()
    return call.page(mine, lambda i: issues.issue(call.world, found, i))


async def show(call: Call) -> web.Response:
    """One issue; a pull request in its shape of an issue."""
    found, issue = subject(call, "read")
    return ok(issues.issue(call.world, found, issue))


async def create(call: Call) -> web.Response:
    """Open an issue; labels and assignees are dropped silently when a person without triage gives them."""
    found = call.repository("issues", "write", "read")
    title, body = titled(call, "Issue", is_required=True), bodied(call, "Issue")
    may_label = call.identity.is_integration or has_role(call.world, call.identity, found, "triage")
    labels = names_in(list_field(call.body, "labels")) if may_label else []
    issue = await opened(call, found, str(title), body, labels)
    if may_label:
        await _assign(call, found, issue, _assignees(call))
    return ok(issues.issue(call.world, found, issue), 201)


async def opened(call: Call, found: Repository, title: str, body: str | None, labels: list[str]) -> Issue:
    """A new issue; `opened` shows its labels already, and one `labeled` per label follows."""
    world, now = call.world, call.world.now()
    number = found.next_number()
    issue = Issue(world.next_id(), number, call.actor.id, title, body, now, now, call.app_id)
    found.issues[number] = issue
    made = [made_sure_of(call, found, name) for name in dict.fromkeys(labels)]
    issue.labels = [label.name for label in made]
    await tell(call, found, issue, "opened")
    for label in made:
        await tell(call, found, issue, "labeled", {"label": shape(call, found, label)})
    return issue


async def change(call: Call) -> web.Response:
    """Edit title or text, close or reopen (author or triage), label and assign (triage)."""
    found, issue = subject(call, "write")
    resource = "PullRequest" if issue.pull else "Issue"
    changes = _edited(call, found, issue, resource)
    if changes:
        touched(call, issue)
        await tell(call, found, issue, "edited", {"changes": changes})
    if "state" in call.body:
        require_author_or(call, found, issue.author_id, "triage")
        await change_state(call, found, issue, choice(call.body, "state", ("open", "closed")))
    if "labels" in call.body:
        require_author_or(call, found, 0, "triage")
        await set_all(call, found, issue, names_in(list_field(call.body, "labels")))
    if "assignees" in call.body:
        require_author_or(call, found, 0, "triage")
        await _assign(call, found, issue, _assignees(call))
    return ok(issues.issue(call.world, found, issue))


def _edited(call: Call, found: Repository, issue: Issue, resource: str) -> Json:
    if "title" not in call.body and "body" not in call.body:
        return {}
    require_author_or(call, found, issue.author_id, "write")
    title, changes = titled(call, resource, is_required=False), {}
    if title is not None and title != issue.title:
        changes["title"] = {"from": issue.title}
        issue.title = title
    body = bodied(call, resource)
    if "body" in call.body and body != issue.body:
        changes["body"] = {"from": issue.body or ""}
        issue.body = body
    return changes


async def change_state(call: Call, found: Repository, issue: Issue, state: str) -> None:
    """Close or reopen; nothing happens when it is so already."""
    if state == issue.state:
        return
    reason = call.body.get("state_reason")
    if reason is not None and reason not in REASONS:
        raise failed("Issue", "state_reason", "invalid")
    if issue.pull is not None and issue.pull.merged_at is not None:
        raise failed("PullRequest", "state", "invalid", "state cannot be changed. The pull request is merged.")
    if state == "open" and issue.pull is not None:
        issue.pull.head_sha = await head_again(call.sandbox, issue.pull)
        await fetch_head(call.sandbox, found, issue)
    touched(call, issue)
    issue.state = state
    if state == "closed":
        issue.closed_at, issue.closed_by_id = call.world.now(), call.actor.id
        issue.state_reason = None if issue.pull else str(reason or "completed")
    else:
        issue.closed_at, issue.closed_by_id = None, None
        issue.state_reason = None if issue.pull else "reopened"
    await tell(call, found, issue, "closed" if state == "closed" else "reopened")


def _assignees(call: Call) -> list[int]:
    found = [call.world.account(str(login)) for login in list_field(call.body, "assignees")]
    if any(account is None for account in found):
        raise Refusal(422, "Validation Failed", [{"resource": "Issue", "field": "assignees", "code": "invalid"}])
    return [account.id for account in found if account is not None]


async def _assign(call: Call, found: Repository, issue: Issue, ids: list[int]) -> None:
    before, issue.assignee_ids = issue.assignee_ids, ids
    moved = [(number, "assigned") for number in ids if number not in before]
    moved += [(number, "unassigned") for number in before if number not in ids]
    for number, action in moved:
        await tell(call, found, issue, action, {"assignee": accounts.user(call.world, number)})
