"""Pull requests: open, list, read, change, files, commits, merge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.access import can_see, has_role, require
from bot.sandbox.answers import Json, Refusal, choice, failed, not_found, ok, required
from bot.sandbox.call import Call, bind
from bot.sandbox.pushes import compared, fetch_head, fetch_objects, full_pull
from bot.sandbox.rest.issues import change_state
from bot.sandbox.rest.threading import bodied, require_author_or, tell, titled, touched
from bot.sandbox.shapes import commits, pulls
from bot.sandbox.state import Repository
from bot.sandbox.threads import Issue, Pull

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ALL = "/repos/{owner}/{repo}/pulls"
ONE = ALL + "/{number}"


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/pulls/pulls."""
    return bind(sandbox, [
        ("GET", ALL, listing),
        ("POST", ALL, create),
        ("GET", ONE, show),
        ("PATCH", ONE, change),
        ("GET", f"{ONE}/files", files),
        ("GET", f"{ONE}/commits", commits_of),
        ("GET", f"{ONE}/merge", is_merged),
    ])  # fmt: skip


def pull_of(call: Call, level: str, role: str | None = None) -> tuple[Repository, Issue, Pull]:
    """The pull request of the path."""
    found = call.repository("pull_requests", level, role)
    issue = call.issue(found)
    if issue.pull is None:
        raise not_found()
    return found, issue, issue.pull


async def listing(call: Call) -> web.Response:
    """Pull requests by `state`, `head` (owner:branch) and `base`, newest first."""
    found = call.repository("pull_requests", "read")
    state, base, head = call.query("state", "open"), call.query("base"), call.query("head")
    mine = [i for i in found.issues.values() if i.pull and state in ("all", i.state)]
    mine = [i for i in mine if i.pull and base in ("", i.pull.base_ref)]
    if head:
        mine = [i for i in mine if i.pull and _label(call, i.pull).lower() == head.lower()]
    mine.sort(key=lambda i: i.number, reverse=call.query("direction", "desc") == "desc")
    return call.page(mine, lambda i: pulls.pull(call.world, found, i))


def _label(call: Call, made: Pull) -> str:
    owner = call.world.repositories[made.head_repository_id].owner_id
    return f"{call.world.accounts[owner].login}:{made.head_ref}"


async def create(call: Call) -> web.Response:
    """Open a pull request from a branch (`head`, or `owner:head` of a fork) to `base`."""
    found = call.repository("pull_requests", "write", "read")
    title, body = titled(call, "PullRequest", is_required=True), bodied(call, "PullRequest")
    made = await _proposed(call, found)
    if call.identity.kind == "user" and made.head_repository_id == found.id:
        require(call.world, call.identity, found, "pull_requests", "write", "write")
    await fetch_objects(call.sandbox, found, made)
    if not (await compared(call.git(found), made)).commits:
        raise _custom(f"No commits between {made.base_ref} and {made.head_ref}")
    _refuse_second(call, found, made)
    # From here to its being kept nothing is awaited, so that no two share a number.
    now, number = call.world.now(), found.next_number()
    issue = Issue(call.world.next_id(), number, call.actor.id, str(title), body, now, now, call.app_id, pull=made)
    found.issues[number] = issue
    await fetch_head(call.sandbox, found, issue)
    await tell(call, found, issue, "opened")
    return ok(await full_pull(call.sandbox, found, issue), 201)


async def _proposed(call: Call, found: Repository) -> Pull:
    owner, _, branch = required(call.body, "head").rpartition(":")
    base = required(call.body, "base")
    source = _source(call, found, owner)
    head_sha = await call.git(source).sha(f"refs/heads/{branch}") if source else None
    if source is None or head_sha is None:
        raise failed("PullRequest", "head", "invalid")
    base_sha = await call.git(found).sha(f"refs/heads/{base}")
    if base_sha is None:
        raise failed("PullRequest", "base", "invalid")
    is_draft = call.body.get("draft") is True
    return Pull(call.world.next_id(), source.id, branch, head_sha, base, base_sha, is_draft)


def _refuse_second(call: Call, found: Repository, made: Pull) -> None:
    for other in (issue.pull for issue in found.issues.values() if issue.pull and issue.state == "open"):
        if (other.source, other.base_ref) == (made.source, made.base_ref):
            raise _custom(f"A pull request already exists for {_label(call, made)}.")


def _custom(words: str) -> Refusal:
    return Refusal(422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": words}])


def _source(call: Call, found: Repository, owner: str) -> Repository | None:
    """The repository the head is in: this one, or the fork of that owner."""
    if owner.lower() in ("", call.world.accounts[found.owner_id].login.lower()):
        return found
    for other in call.world.repositories.values():
        is_fork = other.parent_id == found.id and can_see(call.world, call.identity, other)
        if is_fork and call.world.accounts[other.owner_id].login.lower() == owner.lower():
            return other
    return None


async def show(call: Call) -> web.Response:
    """One pull request; with `application/vnd.github.diff` its diff."""
    found, issue, made = pull_of(call, "read")
    if "diff" in call.request.headers.get("Accept", ""):
        text = await call.git(found).run("diff", f"{made.base_sha}...{made.head_sha}")
        return web.Response(body=text, content_type="application/vnd.github.diff", charset="utf-8")
    return ok(await full_pull(call.sandbox, found, issue))


async def change(call: Call) -> web.Response:
    """Edit title, text or base, close or reopen."""
    found, issue, made = pull_of(call, "write", "read")
    if not (call.identity.is_integration or has_role(call.world, call.identity, found, "triage")):
        require_author_or(call, found, issue.author_id, "triage")
    changes: Json = {}
    title, body = titled(call, "PullRequest", is_required=False), bodied(call, "PullRequest")
    if title is not None and title != issue.title:
        changes["title"], issue.title = {"from": issue.title}, title
    if "body" in call.body and body != issue.body:
        changes["body"], issue.body = {"from": issue.body or ""}, body
    if "base" in call.body and call.body["base"] != made.base_ref:
        changes["base"] = await _rebased(call, found, made)
    if changes:
        touched(call, issue)
        await tell(call, found, issue, "edited", {"changes": changes})
    if "state" in call.body:
        await change_state(call, found, issue, choice(call.body, "state", ("open", "closed")))
    return ok(await full_pull(call.sandbox, found, issue))


async def _rebased(call: Call, found: Repository, made: Pull) -> Json:
    base = required(call.body, "base")
    sha = await call.git(found).sha(f"refs/heads/{base}")
    if sha is None:
        raise failed("PullRequest", "base", "invalid")
    before = {"ref": {"from": made.base_ref}, "sha": {"from": made.base_sha}}
    made.base_ref, made.base_sha = base, sha
    return before


async def files(call: Call) -> web.Response:
    """The changed files, at most 3,000."""
    found, _, made = pull_of(call, "read")
    changes = (await compared(call.git(found), made)).files[:3000]
    return call.page(changes, lambda f: pulls.file(call.world, found, made.head_sha, f))


async def commits_of(call: Call) -> web.Response:
    """The commits, oldest first, at most 250."""
    found, _, made = pull_of(call, "read")
    shown = (await compared(call.git(found), made)).commits[:250]
    return call.page(shown, lambda c: commits.commit(call.world, found, c))


async def is_merged(call: Call) -> web.Response:
    """204 when merged, 404 otherwise."""
    _, _, made = pull_of(call, "read")
    if made.merged_at is None:
        raise not_found()
    return web.Response(status=204)
