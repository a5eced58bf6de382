"""Reviews of pull requests, asking for them, and merging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.access import require
from bot.sandbox.answers import Json, Refusal, choice, list_field, not_found, ok, required, text_field
from bot.sandbox.call import Call, bind
from bot.sandbox.diff import merged_tree
from bot.sandbox.git import Person
from bot.sandbox.pushes import Move, move_ref
from bot.sandbox.rest.pulls import pull_of
from bot.sandbox.rest.threading import MOST_CHARACTERS, require_author_or, tell, touched
from bot.sandbox.shapes import accounts, pulls
from bot.sandbox.shapes.commits import noreply
from bot.sandbox.state import Repository
from bot.sandbox.threads import Issue, Pull, Review

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ONE = "/repos/{owner}/{repo}/pulls/{number}"
STATES = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}
OWN = {
    "APPROVE": "Can not approve your own pull request",
    "REQUEST_CHANGES": "Can not request changes on your own pull request",
}


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/pulls/reviews."""
    return bind(sandbox, [
        ("GET", f"{ONE}/reviews", listing),
        ("POST", f"{ONE}/reviews", create),
        ("GET", f"{ONE}/reviews/{{id}}", show),
        ("PUT", f"{ONE}/reviews/{{id}}", edit),
        ("POST", f"{ONE}/reviews/{{id}}/events", submit),
        ("PUT", f"{ONE}/reviews/{{id}}/dismissals", dismiss),
        ("POST", f"{ONE}/requested_reviewers", ask),
        ("PUT", f"{ONE}/merge", merge),
    ])  # fmt: skip


def _review(call: Call, made: Pull) -> Review:
    found = next((r for r in made.reviews if r.id == call.number("id")), None)
    if found is None or (found.state == "PENDING" and found.author_id != call.actor.id):
        raise not_found()
    return found


def _tell(
    call: Call, found: Repository, issue: Issue, given: Review, action: str, more: Json | None = None
) -> None:
    shown = {
        "review": pulls.review_event(call.world, found, issue, given),
        "pull_request": pulls.pull(call.world, found, issue),
    }
    call.emit(found, "pull_request_review", action, shown | (more or {}))


async def listing(call: Call) -> web.Response:
    """The reviews, oldest first; a pending one only for its author."""
    found, issue, made = pull_of(call, "read")
    me = call.identity.account.id if call.identity.account else None
    mine = [r for r in made.reviews if r.state != "PENDING" or r.author_id == me]
    return call.page(mine, lambda r: pulls.review(call.world, found, issue, r))


async def show(call: Call) -> web.Response:
    """One review."""
    found, issue, made = pull_of(call, "read")
    return ok(pulls.review(call.world, found, issue, _review(call, made)))


async def create(call: Call) -> web.Response:
    """Review a pull request; without an `event` the review stays pending."""
    found, issue, made = pull_of(call, "write", "read")
    body = text_field(call.body, "body", limit=MOST_CHARACTERS) or ""
    commit = text_field(call.body, "commit_id") or made.head_sha
    if await call.git(found).kind(commit) != "commit":
        raise Refusal(422, "Unprocessable Entity", ["commit_id is not part of the pull request"])
    state = _state(call, issue, body) if call.body.get("event") else "PENDING"
    given = Review(call.world.next_id(), call.actor.id, body, state, commit, call.world.now(), call.app_id)
    made.reviews.append(given)
    if state != "PENDING":
        _tell(call, found, issue, given, "submitted")
    return ok(pulls.review(call.world, found, issue, given))


def _state(call: Call, issue: Issue, body: str) -> str:
    event = choice(call.body, "event", tuple(STATES))
    if call.actor.id == issue.author_id and event in OWN:
        raise Refusal(422, "Unprocessable Entity", [OWN[event]])
    if event != "APPROVE" and not body.strip():
        raise Refusal(422, "Unprocessable Entity", ["Body can not be blank"])
    return STATES[event]


async def edit(call: Call) -> web.Response:
    """Change the text of a review: its author, anybody with write; state and commit stay."""
    found, issue, made = pull_of(call, "write", "read")
    given, body = _review(call, made), required(call.body, "body")
    require_author_or(call, found, given.author_id, "write")
    if len(body) > MOST_CHARACTERS or (not body.strip() and given.state != "APPROVED"):
        raise Refusal(422, "Unprocessable Entity", ["Body can not be blank or too long"])
    before, given.body = given.body, body
    given.updated_at = call.world.now()
    if body != before and given.state != "PENDING":
        _tell(call, found, issue, given, "edited", {"changes": {"body": {"from": before}}})
    return ok(pulls.review(call.world, found, issue, given))


async def submit(call: Call) -> web.Response:
    """Submit one's pending review."""
    found, issue, made = pull_of(call, "write", "read")
    given = _review(call, made)
    if given.state != "PENDING":
        raise Refusal(422, "Unprocessable Entity", ["Can not submit a review that is not pending"])
    given.body = text_field(call.body, "body", limit=MOST_CHARACTERS) or given.body
    given.state, given.submitted_at = _state(call, issue, given.body), call.world.now()
    _tell(call, found, issue, given, "submitted")
    return ok(pulls.review(call.world, found, issue, given))


async def dismiss(call: Call) -> web.Response:
    """Dismiss an approval or a request for changes; takes write."""
    found, issue, made = pull_of(call, "write", "write")
    required(call.body, "message")
    given = _review(call, made)
    if given.state not in ("APPROVED", "CHANGES_REQUESTED"):
        raise Refusal(
            422, "Unprocessable Entity", [f"Can not dismiss a {given.state.lower()} pull request review"]
        )
    given.state = "DISMISSED"
    _tell(call, found, issue, given, "dismissed")
    return ok(pulls.review(call.world, found, issue, given))


async def ask(call: Call) -> web.Response:
    """Ask people for a review."""
    found, issue, made = pull_of(call, "write", "triage")
    for login in list_field(call.body, "reviewers"):
        who = call.world.account(str(login))
        if who is None or call.world.role(found, who.id) == "none" or who.id == issue.author_id:
            raise Refusal(422, "Reviews may only be requested from collaborators.")
        if who.id not in made.requested_reviewer_ids:
            made.requested_reviewer_ids.append(who.id)
            more = {"requested_reviewer": accounts.user(call.world, who.id)}
            await tell(call, found, issue, "review_requested", more)
    return ok(pulls.pull(call.world, found, issue), 201)


async def merge(call: Call) -> web.Response:
    """Merge (or squash) into the base branch."""
    found, issue, made = pull_of(call, "write", "write")
    require(call.world, call.identity, found, "contents", "write", "write")
    git, method = call.git(found), choice(call.body, "merge_method", ("merge", "squash", "rebase"), "merge")
    if text_field(call.body, "sha") not in (None, made.head_sha):
        raise Refusal(409, "Head branch was modified. Review and try the merge again.")
    base = await git.sha(f"refs/heads/{made.base_ref}")
    tree = await merged_tree(git, base, made.head_sha) if base else None
    if issue.state != "open" or made.is_draft or base is None or tree is None:
        raise Refusal(405, "Pull Request is not mergeable")
    if method == "rebase":
        raise Refusal(405, "Rebase merges are not allowed on this repository.")
    actor = call.actor
    who = Person(actor.name or actor.login, noreply(actor), call.world.now())
    source = call.world.repositories[made.head_repository_id]
    label = f"{call.world.accounts[source.owner_id].login}/{made.head_ref}"
    title = text_field(call.body, "commit_title") or f"Merge pull request #{issue.number} from {label}"
    parents = [base, made.head_sha] if method == "merge" else [base]
    message = f"{title}\n\n{text_field(call.body, 'commit_message') or issue.title}"
    sha = await git.create_commit(tree, parents, message, who, who)
    made.base_sha = base
    await move_ref(call.sandbox, found, Move(f"refs/heads/{made.base_ref}", base, sha), call.doer)
    _close(call, issue, made, sha)
    await tell(call, found, issue, "closed")
    return ok({"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


def _close(call: Call, issue: Issue, made: Pull, sha: str) -> None:
    now, me = call.world.now(), call.actor.id
    made.merged_at, made.merged_by_id, made.merge_commit_sha = now, me, sha
    issue.state, issue.closed_at, issue.closed_by_id = "closed", now, me
    touched(call, issue)
