"""Repositories, environments and labels, as GitHub shows them."""

from __future__ import annotations

from calendar import timegm
from datetime import datetime
from urllib.parse import quote

from bot.sandbox.answers import Json
from bot.sandbox.shapes.accounts import user
from bot.sandbox.state import ROLES, Environment, Label, Repository, World, node_id

TEMPLATES = {
    "archive_url": "/{archive_format}{/ref}", "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}", "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}", "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}", "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors", "deployments_url": "/deployments", "downloads_url": "/downloads",
    "events_url": "/events", "forks_url": "/forks", "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}", "git_tags_url": "/git/tags{/sha}", "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}", "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}", "keys_url": "/keys{/key_id}", "labels_url": "/labels{/name}",
    "languages_url": "/languages", "merges_url": "/merges", "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}", "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}", "stargazers_url": "/stargazers", "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers", "subscription_url": "/subscription", "tags_url": "/tags",
    "teams_url": "/teams", "trees_url": "/git/trees{/sha}",
}  # fmt: skip


def api(world: World, found: Repository) -> str:
    """The repository's address in the API."""
    return f"{world.url}/repos/{world.full_name(found)}"


def page(world: World, found: Repository) -> str:
    """The repository's address for people."""
    return f"{world.url}/{world.full_name(found)}"


def minimal(world: World, found: Repository) -> Json:
    """The short form in `installation` events."""
    return {
        "id": found.id, "node_id": found.node_id, "name": found.name, "full_name": world.full_name(found),
        "private": found.private,
    }  # fmt: skip


def repository(world: World, found: Repository) -> Json:
    """A repository as it stands in other objects and in webhooks."""
    home, url = page(world, found), api(world, found)
    open_issues = sum(issue.state == "open" for issue in found.issues.values())
    forks = sum(other.parent_id == found.id for other in world.repositories.values())
    return {
        **minimal(world, found),
        "owner": user(world, found.owner_id),
        "html_url": home,
        "description": found.description,
        "fork": found.parent_id is not None,
        "url": url,
        **{name: url + path for name, path in TEMPLATES.items()},
        "created_at": found.created_at, "updated_at": found.updated_at, "pushed_at": found.pushed_at,
        "git_url": home.replace("http:", "git:") + ".git",
        "ssh_url": f"git@localhost:{world.full_name(found)}.git",
        "clone_url": f"{home}.git", "svn_url": home, "homepage": None, "size": 1,
        "stargazers_count": 0, "watchers_count": 0, "language": None, "has_issues": True, "has_projects": True,
        "has_downloads": True, "has_wiki": False, "has_pages": False, "has_discussions": False,
        "forks_count": forks, "mirror_url": None, "archived": found.is_archived, "disabled": False,
        "open_issues_count": open_issues, "license": None, "allow_forking": True, "is_template": False,
        "web_commit_signoff_required": False, "topics": [],
        "visibility": "private" if found.private else "public", "forks": forks, "open_issues": open_issues,
        "watchers": 0, "default_branch": found.default_branch,
    }  # fmt: skip


def full(world: World, found: Repository, role: str) -> Json:
    """`GET /repos/{owner}/{repo}` for a caller of that role."""
    merging = ("allow_squash_merge", "allow_merge_commit", "allow_rebase_merge")
    shown = repository(world, found) | {
        "permissions": permissions(role), "temp_clone_token": None, "network_count": 0, "subscribers_count": 0,
        **dict.fromkeys(merging, True), "allow_auto_merge": False, "delete_branch_on_merge": False,
    }  # fmt: skip
    if found.parent_id in world.repositories:
        parent = repository(world, world.repositories[found.parent_id])
        shown |= {"parent": parent, "source": parent}
    if world.accounts[found.owner_id].type == "Organization":
        shown["organization"] = user(world, found.owner_id)
    return shown


def permissions(role: str) -> Json:
    """The old five booleans of a role."""
    names = {"admin": "admin", "maintain": "maintain", "push": "write", "triage": "triage", "pull": "read"}
    return {name: ROLES.index(role) >= ROLES.index(needed) for name, needed in names.items()}


def in_push(world: World, found: Repository) -> Json:
    """The repository in a `push` event, where times are numbers and the owner has a name."""
    shown = repository(world, found)
    owner = shown["owner"] | {"name": shown["owner"]["login"], "email": None}
    return shown | {
        "owner": owner, "created_at": _seconds(found.created_at), "pushed_at": _seconds(found.pushed_at),
        "stargazers": 0, "master_branch": found.default_branch,
    }  # fmt: skip


def label(world: World, found: Repository, one: Label) -> Json:
    """A label."""
    return {
        "id": one.id, "node_id": node_id("LA", one.id),
        "url": f"{api(world, found)}/labels/{quote(one.name, safe='')}",
        "name": one.name, "color": one.color, "default": False, "description": one.description,
    }  # fmt: skip


def environment(world: World, found: Repository, one: Environment) -> Json:
    """A deployment environment with its protection rules."""
    rules: list[Json] = []
    if one.wait_timer:
        rules.append(_rule(one, 1, "wait_timer") | {"wait_timer": one.wait_timer})
    if one.reviewer_ids:
        reviewers = [{"type": "User", "reviewer": user(world, number)} for number in one.reviewer_ids]
        who = {"prevent_self_review": one.prevent_self_review, "reviewers": reviewers}
        rules.append(_rule(one, 2, "required_reviewers") | who)
    policy = None
    if one.branch_policy is not None:
        rules.append(_rule(one, 3, "branch_policy"))
        is_protected = one.branch_policy == "protected"
        policy = {"protected_branches": is_protected, "custom_branch_policies": not is_protected}
    name = quote(one.name, safe="")
    return {
        "id": one.id, "node_id": node_id("EN", one.id), "name": one.name,
        "url": f"{api(world, found)}/environments/{name}",
        "html_url": f"{page(world, found)}/deployments/activity_log?environments_filter={name}",
        "created_at": one.created_at, "updated_at": one.created_at, "can_admins_bypass": True,
        "protection_rules": rules, "deployment_branch_policy": policy,
    }  # fmt: skip


def _rule(one: Environment, n: int, kind: str) -> Json:
    return {"id": one.id * 10 + n, "node_id": node_id("GA", one.id * 10 + n), "type": kind}


def _seconds(text: str) -> int:
    return timegm(datetime.fromisoformat(text).utctimetuple())
