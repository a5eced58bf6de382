"""Issues, comments and reactions, as GitHub shows them."""

from __future__ import annotations

from collections.abc import Iterable

from bot.sandbox.answers import Json
from bot.sandbox.shapes.accounts import app_or_none, user, user_or_none
from bot.sandbox.shapes.repository import api, label, page
from bot.sandbox.state import Repository, World, node_id
from bot.sandbox.threads import Comment, Issue, Reaction

CONTENTS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


def association(world: World, repository: Repository, account_id: int) -> str:
    """How an author stands to a repository: OWNER, MEMBER, COLLABORATOR, CONTRIBUTOR or NONE."""
    owner = world.accounts[repository.owner_id]
    if account_id == owner.id:
        return "OWNER"
    if account_id in owner.members:
        return "MEMBER"
    if repository.roles.get(account_id, "none") != "none":
        return "COLLABORATOR"
    merged = (i for i in repository.issues.values() if i.pull and i.pull.merged_at and i.author_id == account_id)
    return "CONTRIBUTOR" if any(merged) else "NONE"


def rollup(url: str, given: Iterable[Reaction]) -> Json:
    """How many of which reaction."""
    contents = [reaction.content for reaction in given]
    counts = {content: contents.count(content) for content in CONTENTS}
    return {"url": f"{url}/reactions", "total_count": len(contents), **counts}


def reaction(world: World, one: Reaction) -> Json:
    """A reaction."""
    return {
        "id": one.id, "node_id": node_id("REA", one.id), "user": user(world, one.account_id),
        "content": one.content, "created_at": one.created_at,
    }  # fmt: skip


def issue(world: World, repository: Repository, one: Issue) -> Json:
    """An issue; a pull request in its shape of an issue has `pull_request`."""
    url = f"{api(world, repository)}/issues/{one.number}"
    kind = "pull" if one.pull else "issues"
    assignees = [user(world, number) for number in one.assignee_ids]
    labels = [repository.labels[name.lower()] for name in one.labels if name.lower() in repository.labels]
    shown: Json = {
        "url": url, "repository_url": api(world, repository), "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments", "events_url": f"{url}/events",
        "html_url": f"{page(world, repository)}/{kind}/{one.number}", "id": one.id,
        "node_id": node_id("PR" if one.pull else "I", one.id), "number": one.number, "title": one.title,
        "user": user(world, one.author_id), "labels": [label(world, repository, found) for found in labels],
        "state": one.state, "locked": one.is_locked, "assignee": assignees[0] if assignees else None,
        "assignees": assignees, "milestone": None, "comments": len(one.comments), "created_at": one.created_at,
        "updated_at": one.updated_at, "closed_at": one.closed_at,
        "author_association": association(world, repository, one.author_id), "type": None,
        "active_lock_reason": None, "body": one.body, "closed_by": user_or_none(world, one.closed_by_id),
        "reactions": rollup(url, one.reactions), "timeline_url": f"{url}/timeline",
        "performed_via_github_app": app_or_none(world, one.app_id), "state_reason": one.state_reason,
        "sub_issues_summary": {"total": 0, "completed": 0, "percent_completed": 0},
    }  # fmt: skip
    if one.pull:
        home = f"{page(world, repository)}/pull/{one.number}"
        shown["draft"] = one.pull.is_draft
        shown["pull_request"] = {
            "url": f"{api(world, repository)}/pulls/{one.number}", "html_url": home, "diff_url": f"{home}.diff",
            "patch_url": f"{home}.patch", "merged_at": one.pull.merged_at,
        }  # fmt: skip
    return shown


def comment(world: World, repository: Repository, one: Comment) -> Json:
    """A comment on an issue or pull request."""
    root = api(world, repository)
    kind = "pull" if repository.issues[one.issue_number].pull else "issues"
    url = f"{root}/issues/comments/{one.id}"
    return {
        "url": url,
        "html_url": f"{page(world, repository)}/{kind}/{one.issue_number}#issuecomment-{one.id}",
        "issue_url": f"{root}/issues/{one.issue_number}",
        "id": one.id,
        "node_id": node_id("IC", one.id),
        "user": user(world, one.author_id),
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "author_association": association(world, repository, one.author_id),
        "body": one.body,
        "reactions": rollup(url, one.reactions),
        "performed_via_github_app": app_or_none(world, one.app_id),
    }


def shown_comment(world: World, repository: Repository, one: Comment) -> Json:
    """The same as the REST API answers it: with why it is hidden, which no webhook says."""
    reason = None if one.minimized is None else {"reason": one.minimized}
    return comment(world, repository, one) | {"minimized": reason}
