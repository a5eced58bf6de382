"""Check suites, and the check runs of a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.answers import not_found, ok
from bot.sandbox.call import Call, bind
from bot.sandbox.pushes import suite_event
from bot.sandbox.reports import CheckRun, CheckSuite
from bot.sandbox.rest.commits import sha_of
from bot.sandbox.shapes import checks
from bot.sandbox.shapes.repository import repository
from bot.sandbox.state import Repository

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ROOT = "/repos/{owner}/{repo}"
ONE = ROOT + "/check-suites/{number}"


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/checks/suites."""
    return bind(sandbox, [
        ("GET", f"{ROOT}/commits/{{ref:.+}}/check-runs", runs_of_commit),
        ("GET", f"{ROOT}/commits/{{ref:.+}}/check-suites", suites_of_commit),
        ("GET", ONE, show),
        ("GET", f"{ONE}/check-runs", runs),
        ("POST", f"{ONE}/rerequest", rerequest),
    ])  # fmt: skip


def _suite(call: Call, level: str, role: str | None = None) -> tuple[Repository, CheckSuite]:
    found = call.repository("checks", level, role)
    one = found.check_suites.get(call.number("number"))
    if one is None:
        raise not_found()
    return found, one


def _listed(call: Call, found: Repository, mine: list[CheckRun]) -> web.Response:
    """By `check_name`, `status`, `app_id`; with `filter=latest`, the default, one per name and App."""
    name, status, app = call.query("check_name"), call.query("status"), call.query("app_id")
    mine = [r for r in mine if name in ("", r.name) and status in ("", r.status) and app in ("", str(r.app_id))]
    if call.query("filter", "latest") == "latest":
        mine = list({(r.app_id, r.name): r for r in mine}.values())
    return call.page_under("check_runs", mine, lambda r: checks.run(call.world, found, r))


async def runs_of_commit(call: Call) -> web.Response:
    """The check runs on a ref's commit."""
    found = call.repository("checks", "read")
    sha = await sha_of(call, found, call.part("ref"))
    return _listed(call, found, [r for r in found.check_runs.values() if r.head_sha == sha])


async def suites_of_commit(call: Call) -> web.Response:
    """The check suites on a ref's commit."""
    found = call.repository("checks", "read")
    sha = await sha_of(call, found, call.part("ref"))
    mine = [s for s in found.check_suites.values() if s.head_sha == sha]
    return call.page_under("check_suites", mine, lambda s: _full(call, found, s))


def _full(call: Call, found: Repository, one: CheckSuite) -> dict[str, object]:
    shown = suite_event(call.sandbox, found, one)
    return shown | {"repository": repository(call.world, found)}


async def show(call: Call) -> web.Response:
    """One check suite."""
    found, one = _suite(call, "read")
    return ok(_full(call, found, one))


async def runs(call: Call) -> web.Response:
    """The check runs of a suite."""
    found, one = _suite(call, "read")
    return _listed(call, found, [r for r in found.check_runs.values() if r.suite_id == one.id])


async def rerequest(call: Call) -> web.Response:
    """Ask the App to run all its checks again; only it is told."""
    again(call, *_suite(call, "write", "write"))
    return ok({}, 201)


def again(call: Call, found: Repository, one: CheckSuite) -> None:
    """What "Re-run all checks" does too: the suite is queued once more, and its App alone is told."""
    one.is_reset, one.updated_at = True, call.world.now()
    payload = {"check_suite": suite_event(call.sandbox, found, one)}
    call.emit(found, "check_suite", "rerequested", payload, one.app_id)
