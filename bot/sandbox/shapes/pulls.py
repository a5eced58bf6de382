"""Pull requests, their reviews and files, as GitHub shows them."""

from __future__ import annotations

from urllib.parse import quote

from bot.sandbox.answers import Json
from bot.sandbox.diff import Comparison, FileChange
from bot.sandbox.shapes.accounts import user, user_or_none
from bot.sandbox.shapes.issues import association, issue
from bot.sandbox.shapes.repository import api, page, repository
from bot.sandbox.state import Repository, World, node_id
from bot.sandbox.threads import Issue, Pull, Review


def end(world: World, found: Repository, ref: str, sha: str) -> Json:
    """One end of a pull request: where it comes from or goes to; without its repository once that is deleted."""
    owner = world.accounts[found.owner_id]
    merging = ("allow_squash_merge", "allow_merge_commit", "allow_rebase_merge")
    settings = {
        **dict.fromkeys(merging, True), "allow_auto_merge": False, "delete_branch_on_merge": False,
        "allow_update_branch": False, "use_squash_pr_title_as_default": False,
        "merge_commit_title": "MERGE_MESSAGE",
        "merge_commit_message": "PR_TITLE", "squash_merge_commit_title": "COMMIT_OR_PR_TITLE",
        "squash_merge_commit_message": "COMMIT_MESSAGES",
    }  # fmt: skip
    return {
        "label": f"{owner.login}:{ref}", "ref": ref, "sha": sha, "user": user(world, owner.id),
        "repo": None if found.is_deleted else repository(world, found) | settings,
    }  # fmt: skip


def pull(world: World, base: Repository, one: Issue) -> Json:
    """A pull request as it stands in lists and reviews' webhooks."""
    made = _of(one)
    url, home = f"{api(world, base)}/pulls/{one.number}", f"{page(world, base)}/pull/{one.number}"
    issue_url = f"{api(world, base)}/issues/{one.number}"
    statuses = f"{api(world, base)}/statuses/{made.head_sha}"
    as_issue = issue(world, base, one)
    shared = (
        "number", "state", "locked", "title", "user", "body", "labels", "milestone", "active_lock_reason",
        "created_at", "updated_at", "closed_at", "assignee", "assignees", "author_association",
    )  # fmt: skip
    head = world.repositories[made.head_repository_id]
    links = {
        "self": url, "html": home, "issue": issue_url, "comments": f"{issue_url}/comments",
        "review_comments": f"{url}/comments", "review_comment": f"{api(world, base)}/pulls/comments{{/number}}",
        "commits": f"{url}/commits", "statuses": statuses,
    }  # fmt: skip
    return {
        "url": url, "id": made.id, "node_id": node_id("PR", made.id), "html_url": home, "diff_url": f"{home}.diff",
        "patch_url": f"{home}.patch", "issue_url": issue_url, "commits_url": f"{url}/commits",
        "review_comments_url": f"{url}/comments",
        "review_comment_url": f"{api(world, base)}/pulls/comments{{/number}}",
        "comments_url": f"{issue_url}/comments", "statuses_url": statuses,
        **{name: as_issue[name] for name in shared},
        "requested_reviewers": [user(world, number) for number in made.requested_reviewer_ids],
        "requested_teams": [],
        "head": end(world, head, made.head_ref, made.head_sha),
        "base": end(world, base, made.base_ref, made.base_sha),
        "_links": {name: {"href": href} for name, href in links.items()}, "auto_merge": None,
        "draft": made.is_draft, "merged_at": made.merged_at, "merge_commit_sha": made.merge_commit_sha,
    }  # fmt: skip


def full(world: World, base: Repository, one: Issue, compared: Comparison) -> Json:
    """A pull request with what only a look at git can tell."""
    made = _of(one)
    is_open = one.state == "open"
    return pull(world, base, one) | {
        "merged": made.merged_at is not None, "mergeable": compared.is_mergeable if is_open else None,
        "rebaseable": compared.is_mergeable if is_open else None,
        "mergeable_state": ("clean" if compared.is_mergeable else "dirty") if is_open else "unknown",
        "merged_by": user_or_none(world, made.merged_by_id), "comments": len(one.comments), "review_comments": 0,
        "maintainer_can_modify": False, "commits": len(compared.commits),
        "additions": sum(f.additions for f in compared.files),
        "deletions": sum(f.deletions for f in compared.files),
        "changed_files": len(compared.files),
    }  # fmt: skip


def review(world: World, base: Repository, one: Issue, given: Review) -> Json:
    """A review; the webhooks write its state in lower case, see `review_event`."""
    url = f"{api(world, base)}/pulls/{one.number}"
    home = f"{page(world, base)}/pull/{one.number}#pullrequestreview-{given.id}"
    return {
        "id": given.id, "node_id": node_id("PRR", given.id), "user": user(world, given.author_id),
        "body": given.body, "state": given.state, "html_url": home, "pull_request_url": url,
        "author_association": association(world, base, given.author_id),
        "_links": {"html": {"href": home}, "pull_request": {"href": url}},
        "submitted_at": given.submitted_at, "commit_id": given.commit_id,
    }  # fmt: skip


def review_event(world: World, base: Repository, one: Issue, given: Review) -> Json:
    """A review as `pull_request_review` tells of it."""
    shown = review(world, base, one, given)
    return shown | {
        "state": given.state.lower(),
        "body": given.body or None,
        "updated_at": given.updated_at or given.submitted_at,
    }


def file(world: World, base: Repository, head_sha: str, change: FileChange) -> Json:
    """One changed file."""
    path, home = quote(change.path), page(world, base)
    shown: Json = {
        "sha": change.sha, "filename": change.path, "status": change.status, "additions": change.additions,
        "deletions": change.deletions, "changes": change.additions + change.deletions,
        "blob_url": f"{home}/blob/{head_sha}/{path}", "raw_url": f"{home}/raw/{head_sha}/{path}",
        "contents_url": f"{api(world, base)}/contents/{path}?ref={head_sha}",
    }  # fmt: skip
    if change.patch is not None:
        shown["patch"] = change.patch
    if change.previous_path is not None:
        shown["previous_filename"] = change.previous_path
    return shown


def _of(one: Issue) -> Pull:
    assert one.pull is not None
    return one.pull
