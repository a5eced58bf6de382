"""Check suites, check runs and annotations, as GitHub shows them."""

from __future__ import annotations

from bot.sandbox.answers import Json
from bot.sandbox.reports import CheckRun, CheckSuite
from bot.sandbox.shapes.accounts import app
from bot.sandbox.shapes.repository import api, page
from bot.sandbox.state import Repository, World, node_id
from bot.sandbox.threads import Issue


def pull_requests(world: World, found: Repository, sha: str) -> list[Json]:
    """The open pull requests whose head is that commit, in the short form of checks; those of forks are not seen.

    See https://docs.github.com/webhooks/webhook-events-and-payloads#check_suite.
    """
    return [_pull(world, found, issue) for issue in found.issues.values() if _is_head(found, issue, sha)]


def suite(world: World, found: Repository, one: CheckSuite) -> Json:
    """A check suite; its state follows from its runs."""
    runs = [run for run in found.check_runs.values() if run.suite_id == one.id]
    is_done = bool(runs) and not one.is_reset and all(run.status == "completed" for run in runs)
    url = f"{api(world, found)}/check-suites/{one.id}"
    return {
        "id": one.id, "node_id": node_id("CS", one.id), "head_branch": one.head_branch, "head_sha": one.head_sha,
        "status": "completed" if is_done else "in_progress" if runs and not one.is_reset else "queued",
        "conclusion": worst([run.conclusion for run in runs]) if is_done else None, "url": url,
        "before": one.before, "after": one.head_sha, "pull_requests": pull_requests(world, found, one.head_sha),
        "app": app(world, world.apps[one.app_id]), "created_at": one.created_at, "updated_at": one.updated_at,
        "latest_check_runs_count": len(runs), "check_runs_url": f"{url}/check-runs",
    }  # fmt: skip


def worst(conclusions: list[str | None]) -> str:
    """What a suite concludes from its runs."""
    order = ("failure", "timed_out", "cancelled", "action_required", "stale", "success", "neutral", "skipped")
    return min((str(c) for c in conclusions), key=lambda c: order.index(c) if c in order else len(order))


def run(world: World, found: Repository, one: CheckRun) -> Json:
    """A check run as the REST API shows it."""
    url = f"{api(world, found)}/check-runs/{one.id}"
    home = f"{page(world, found)}/runs/{one.id}"
    output: Json = {name: one.output.get(name) for name in ("title", "summary", "text")}
    output |= {"annotations_count": len(one.annotations), "annotations_url": f"{url}/annotations"}
    return {
        "id": one.id, "name": one.name, "node_id": node_id("CR", one.id), "head_sha": one.head_sha,
        "external_id": one.external_id, "url": url, "html_url": home, "details_url": one.details_url or home,
        "status": one.status, "conclusion": one.conclusion, "started_at": one.started_at,
        "completed_at": one.completed_at, "output": output, "check_suite": {"id": one.suite_id},
        "app": app(world, world.apps[one.app_id]), "pull_requests": pull_requests(world, found, one.head_sha),
    }  # fmt: skip


def run_event(world: World, found: Repository, one: CheckRun) -> Json:
    """A check run as `check_run` tells of it, with the whole suite inside."""
    return run(world, found, one) | {"check_suite": suite(world, found, found.check_suites[one.suite_id])}


def annotation(world: World, found: Repository, one: CheckRun, given: Json) -> Json:
    """An annotation; what was not given is null."""
    names = (
        "path", "start_line", "end_line", "start_column", "end_column", "annotation_level", "title", "message",
        "raw_details",
    )  # fmt: skip
    home = f"{page(world, found)}/blob/{one.head_sha}/{given['path']}"
    return {name: given.get(name) for name in names} | {"blob_href": home}


def _is_head(found: Repository, issue: Issue, sha: str) -> bool:
    made = issue.pull
    return (
        made is not None and issue.state == "open" and (made.head_repository_id, made.head_sha) == (found.id, sha)
    )


def _pull(world: World, found: Repository, issue: Issue) -> Json:
    made = issue.pull
    assert made is not None
    return {
        "url": f"{api(world, found)}/pulls/{issue.number}", "id": made.id, "number": issue.number,
        "head": {"ref": made.head_ref, "sha": made.head_sha, "repo": _short(world, found)},
        "base": {"ref": made.base_ref, "sha": made.base_sha, "repo": _short(world, found)},
    }  # fmt: skip


def _short(world: World, found: Repository) -> Json:
    return {"id": found.id, "url": api(world, found), "name": found.name}
