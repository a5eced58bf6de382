"""The JSON of workflows, runs, jobs and artifacts as the REST API and the webhooks show them.

Source: https://docs.github.com/en/rest/actions
"""

from bot.sandbox.actions.model import Artifact, JobRun, Run
from bot.sandbox.answers import Json
from bot.sandbox.shapes.accounts import user
from bot.sandbox.shapes.checks import pull_requests
from bot.sandbox.shapes.repository import api, page, repository
from bot.sandbox.state import Repository, World, node_id

_INSIDE = (
    "id", "node_id", "name", "full_name", "owner", "private",
    "html_url", "description", "fork", "url", "archive_url", "assignees_url",
    "blobs_url", "branches_url", "collaborators_url", "comments_url", "commits_url", "compare_url",
    "contents_url", "contributors_url", "deployments_url", "downloads_url", "events_url", "forks_url",
    "git_commits_url", "git_refs_url", "git_tags_url", "hooks_url", "issue_comment_url", "issue_events_url",
    "issues_url", "keys_url", "labels_url", "languages_url", "merges_url", "milestones_url",
    "notifications_url", "pulls_url", "releases_url", "stargazers_url", "statuses_url", "subscribers_url",
    "subscription_url", "tags_url", "teams_url", "trees_url",
)  # fmt: skip


def workflow(world: World, found: Repository, number: int, path: str, name: str) -> Json:
    """A workflow file that GitHub knows."""
    file = path.rpartition("/")[2]
    return {
        "id": number, "node_id": node_id("W", number), "name": name, "path": path, "state": "active",
        "created_at": found.created_at, "updated_at": found.updated_at,
        "url": f"{api(world, found)}/actions/workflows/{number}",
        "html_url": f"{page(world, found)}/blob/{found.default_branch}/{path}",
        "badge_url": f"{page(world, found)}/actions/workflows/{file}/badge.svg",
    }  # fmt: skip


def run_url(world: World, run: Run) -> str:
    """Where the API shows a run."""
    return f"{api(world, world.repositories[run.repository_id])}/actions/runs/{run.id}"


def run_page(world: World, run: Run) -> str:
    """Where people see a run."""
    return f"{page(world, world.repositories[run.repository_id])}/actions/runs/{run.id}"


def run(world: World, one: Run) -> Json:
    """A workflow run."""
    found = world.repositories[one.repository_id]
    whole, url = repository(world, found), run_url(world, one)
    inside = {name: whole[name] for name in _INSIDE}
    before = f"{url}/attempts/{one.attempt - 1}" if one.attempt > 1 else None
    return {
        "id": one.id, "name": one.workflow.name, "node_id": node_id("WFR", one.id), "head_branch": one.branch,
        "head_sha": one.sha, "path": one.workflow.path, "display_title": one.title, "run_number": one.number,
        "event": one.event, "status": one.status, "conclusion": one.conclusion, "workflow_id": one.workflow_id,
        "check_suite_id": one.check_suite_id, "check_suite_node_id": node_id("CS", one.check_suite_id), "url": url,
        "html_url": run_page(world, one), "pull_requests": pull_requests(world, found, one.sha),
        "created_at": one.created_at, "updated_at": one.updated_at, "actor": user(world, one.actor_id),
        "run_attempt": one.attempt, "referenced_workflows": [], "run_started_at": one.started_at,
        "triggering_actor": user(world, one.triggering_actor_id), "jobs_url": f"{url}/jobs",
        "logs_url": f"{url}/logs",
        "check_suite_url": f"{api(world, found)}/check-suites/{one.check_suite_id}",
        "artifacts_url": f"{url}/artifacts", "cancel_url": f"{url}/cancel", "rerun_url": f"{url}/rerun",
        "previous_attempt_url": before, "workflow_url": f"{api(world, found)}/actions/workflows/{one.workflow_id}",
        "head_commit": one.head_commit, "repository": inside, "head_repository": inside,
    }  # fmt: skip


def job(world: World, of: Run, one: JobRun) -> Json:
    """A job of a run, with its steps."""
    found = world.repositories[of.repository_id]
    runner = {"runner_id": 1, "runner_name": "sandbox", "runner_group_id": 1, "runner_group_name": "Default"}
    return {
        "id": one.id, "run_id": of.id, "workflow_name": of.workflow.name, "head_branch": of.branch,
        "run_url": run_url(world, of), "run_attempt": one.attempt, "node_id": node_id("CR", one.id),
        "head_sha": of.sha, "url": f"{api(world, found)}/actions/jobs/{one.id}",
        "html_url": f"{run_page(world, of)}/job/{one.id}", "status": one.status, "conclusion": one.conclusion,
        "created_at": one.created_at, "started_at": one.started_at or one.created_at,
        "completed_at": one.completed_at, "name": one.name,
        "steps": [
            {
                "name": step.name, "status": step.status, "conclusion": step.conclusion, "number": step.number,
                "started_at": step.started_at, "completed_at": step.completed_at,
            }
            for step in one.steps
        ],
        "check_run_url": f"{api(world, found)}/check-runs/{one.check_run_id}", "labels": list(one.labels),
        **(runner if one.steps else dict.fromkeys(runner)),
    }  # fmt: skip


def artifact(world: World, of: Run, one: Artifact) -> Json:
    """An artifact of a run, with the digest of its ZIP."""
    found = world.repositories[of.repository_id]
    url = f"{api(world, found)}/actions/artifacts/{one.id}"
    return {
        "id": one.id, "node_id": node_id("MDg6QXJ0aWZhY3Q", one.id), "name": one.name,
        "size_in_bytes": len(one.content), "url": url, "archive_download_url": f"{url}/zip",
        "expired": one.expires_at <= world.now(), "digest": f"sha256:{one.digest}", "created_at": one.created_at,
        "updated_at": one.created_at, "expires_at": one.expires_at,
        "workflow_run": {
            "id": of.id, "repository_id": found.id, "head_repository_id": found.id, "head_branch": of.branch,
            "head_sha": of.sha,
        },
    }  # fmt: skip
