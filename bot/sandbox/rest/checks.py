"""Check runs: made and changed only by the App they belong to, annotations appended, asked for again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.access import require
from bot.sandbox.answers import (
    Json,
    Refusal,
    choice,
    invalid_request,
    list_field,
    not_found,
    ok,
    required,
    text_field,
)
from bot.sandbox.call import Call, bind
from bot.sandbox.pushes import suite_event, suite_for
from bot.sandbox.reports import CheckRun
from bot.sandbox.shapes import checks
from bot.sandbox.state import Repository

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ALL = "/repos/{owner}/{repo}/check-runs"
ONE = ALL + "/{number}"
STATUSES = ("queued", "in_progress", "completed", "waiting", "requested", "pending")
CONCLUSIONS = (
    "action_required", "cancelled", "failure", "neutral", "success", "skipped", "stale", "timed_out",
)  # fmt: skip
LEVELS = ("notice", "warning", "failure")
MOST_OUTPUT, MOST_ANNOTATIONS, MOST_ACTIONS = 65_535, 50, 3
ACTION_LIMITS = {"label": 20, "description": 40, "identifier": 20}


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/checks/runs."""
    return bind(sandbox, [
        ("POST", ALL, create),
        ("GET", ONE, show),
        ("PATCH", ONE, change),
        ("GET", f"{ONE}/annotations", annotated),
        ("POST", f"{ONE}/rerequest", rerequest),
    ])  # fmt: skip


def run_of(call: Call, level: str, role: str | None = None) -> tuple[Repository, CheckRun]:
    """The check run of the path."""
    found = call.repository("checks", level, role)
    one = found.check_runs.get(call.number("number"))
    if one is None:
        raise not_found()
    return found, one


async def create(call: Call) -> web.Response:
    """Make a check run; only Apps can."""
    if call.identity.kind == "user":
        call.repository("checks", "read", "read")
        raise Refusal(403, "You must authenticate via a GitHub App.")
    found = call.repository("checks", "write")
    name, sha, app_id = required(call.body, "name"), required(call.body, "head_sha"), call.app_id
    if await call.git(found).kind(sha) != "commit":
        raise Refusal(422, f"No commit found for SHA: {sha}")
    assert app_id is not None
    suite = suite_for(call.sandbox, found, app_id, sha)
    one = CheckRun(call.world.next_id(), suite.id, app_id, name, sha, "queued", None)
    _apply(call, one)
    found.check_runs[one.id] = one
    _tell(call, found, one, "created")
    if one.status == "completed":
        _tell_completed(call, found, one)
    return ok(checks.run(call.world, found, one), 201)


async def change(call: Call) -> web.Response:
    """Change a check run; 403 for every other App, people included."""
    if call.identity.kind == "user":
        call.repository("checks", "read", "read")
        raise Refusal(403, "You must authenticate via a GitHub App.")
    found, one = run_of(call, "write")
    if one.app_id != call.app_id:
        words = (
            f"Invalid app_id `{one.app_id}` - check run can only be modified by the GitHub App that created it."
        )
        raise Refusal(403, words)
    was_completed = one.status == "completed"
    _apply(call, one)
    if one.status == "completed" and not was_completed:
        _tell_completed(call, found, one)
    return ok(checks.run(call.world, found, one))


def _apply(call: Call, one: CheckRun) -> None:
    """Check everything first, so that a refused request changes nothing."""
    body, now = call.body, call.world.now()
    status = choice(body, "status", STATUSES, one.status)
    conclusion = choice(body, "conclusion", CONCLUSIONS) if body.get("conclusion") is not None else None
    if status == "completed" and conclusion is None and one.conclusion is None:
        raise invalid_request('"conclusion" wasn\'t supplied.')
    output, added, actions = _output(body), _annotations(body), _actions(body)
    call.place().check_suites[one.suite_id].is_reset = False
    one.name = text_field(body, "name") or one.name
    one.external_id = text_field(body, "external_id") or one.external_id
    one.details_url = text_field(body, "details_url") or one.details_url
    one.status = "completed" if conclusion else status
    one.conclusion = conclusion or (one.conclusion if status == "completed" else None)
    one.started_at = text_field(body, "started_at") or one.started_at or now
    if one.status == "completed":
        one.completed_at = text_field(body, "completed_at") or one.completed_at or now
    else:
        one.completed_at = None
    one.output = {**one.output, **output}
    one.annotations += added
    one.actions = actions if "actions" in body else one.actions


def _output(body: Json) -> dict[str, str | None]:
    given = body.get("output")
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise invalid_request("For 'properties/output', it is not an object.")
    limits = {"title": None, "summary": MOST_OUTPUT, "text": MOST_OUTPUT}
    required(given, "summary")
    return {name: text_field(given, name, limit=limit) for name, limit in limits.items() if name in given}


def _annotations(body: Json) -> list[Json]:
    given = list_field(body.get("output") or {}, "annotations")
    if len(given) > MOST_ANNOTATIONS:
        raise invalid_request(f"No more than {MOST_ANNOTATIONS} items are allowed; {len(given)} were supplied.")
    for one in given:
        for name in ("path", "message"):
            required(one, name)
        choice(one, "annotation_level", LEVELS)
        for name in ("start_line", "end_line"):
            if not isinstance(one.get(name), int):
                raise invalid_request(f'"{name}" wasn\'t supplied.')
        for name, limit in (("message", 65_536), ("raw_details", 65_536), ("title", 255)):
            text_field(one, name, limit=limit)
    return given


def _actions(body: Json) -> list[dict[str, str]]:
    given = list_field(body, "actions")
    if len(given) > MOST_ACTIONS:
        raise invalid_request(f"No more than {MOST_ACTIONS} items are allowed; {len(given)} were supplied.")
    for one in given:
        for name, limit in ACTION_LIMITS.items():
            text_field(one, name, is_required=True, limit=limit)
    return given


def _tell(call: Call, found: Repository, one: CheckRun, action: str, only: int | None = None) -> None:
    call.emit(found, "check_run", action, {"check_run": checks.run_event(call.world, found, one)}, only)


def _tell_completed(call: Call, found: Repository, one: CheckRun) -> None:
    _tell(call, found, one, "completed")
    suite = found.check_suites[one.suite_id]
    suite.updated_at = call.world.now()
    if all(run.status == "completed" for run in found.check_runs.values() if run.suite_id == suite.id):
        payload = {"check_suite": suite_event(call.sandbox, found, suite)}
        call.emit(found, "check_suite", "completed", payload, one.app_id)


async def show(call: Call) -> web.Response:
    """One check run."""
    found, one = run_of(call, "read")
    return ok(checks.run(call.world, found, one))


async def annotated(call: Call) -> web.Response:
    """A check run's annotations."""
    found, one = run_of(call, "read")
    return call.page(one.annotations, lambda a: checks.annotation(call.world, found, one, a))


async def rerequest(call: Call) -> web.Response:
    """Ask the App to run the check again; only it is told."""
    found, one = run_of(call, "write", "write")
    if one.status != "completed":
        raise Refusal(403, "This check run is not rerequestable")
    _tell(call, found, one, "rerequested", one.app_id)
    return ok({}, 201)


def press(call: Call, found: Repository, one: CheckRun, identifier: str) -> None:
    """What the button of a check run does on the web, for those with write: `requested_action`, to its App."""
    require(call.world, call.identity, found, "checks", "write")
    if identifier not in {action["identifier"] for action in one.actions}:
        raise not_found()
    payload = {
        "check_run": checks.run_event(call.world, found, one),
        "requested_action": {"identifier": identifier},
    }
    call.emit(found, "check_run", "requested_action", payload, one.app_id)
