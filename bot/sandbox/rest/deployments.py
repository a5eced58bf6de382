"""Deployments and their statuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.answers import Refusal, choice, list_field, no_content, not_found, ok, required, text_field
from bot.sandbox.call import Call, bind
from bot.sandbox.reports import Deployment, DeploymentStatus
from bot.sandbox.shapes import deployments
from bot.sandbox.state import Repository

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ALL = "/repos/{owner}/{repo}/deployments"
ONE = ALL + "/{number}"
STATES = ("error", "failure", "inactive", "in_progress", "queued", "pending", "success")


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/deployments."""
    return bind(sandbox, [
        ("GET", ALL, listing),
        ("POST", ALL, create),
        ("GET", ONE, show),
        ("DELETE", ONE, delete),
        ("GET", f"{ONE}/statuses", statuses),
        ("POST", f"{ONE}/statuses", add_status),
        ("GET", f"{ONE}/statuses/{{status}}", status),
    ])  # fmt: skip


def _deployment(call: Call, level: str) -> tuple[Repository, Deployment]:
    found = call.repository("deployments", level)
    one = found.deployments.get(call.number("number"))
    if one is None:
        raise not_found()
    return found, one


async def listing(call: Call) -> web.Response:
    """Newest first, by `sha`, `ref`, `task` and `environment`."""
    found = call.repository("deployments", "read")
    mine = [
        one
        for one in reversed(found.deployments.values())
        if all(call.query(name) in ("", getattr(one, name)) for name in ("sha", "ref", "task", "environment"))
    ]
    return call.page(mine, lambda one: deployments.deployment(call.world, found, one))


async def create(call: Call) -> web.Response:
    """Deploy a ref; 409 while a check on its commit is not green, unless `required_contexts` says otherwise."""
    found = call.repository("deployments", "write")
    ref = required(call.body, "ref")
    sha = await call.git(found).sha(ref)
    if sha is None:
        raise Refusal(422, f"No ref found for: {ref}")
    environment = text_field(call.body, "environment") or "production"
    _require_contexts(call, found, ref, sha)
    await _require_merged(call, found, ref, sha)
    one = new_deployment(call, found, ref, sha, environment)
    return ok(deployments.deployment(call.world, found, one), 201)


def new_deployment(call: Call, found: Repository, ref: str, sha: str, environment: str) -> Deployment:
    """Keep a deployment and announce it."""
    now, body = call.world.now(), call.body
    one = Deployment(
        call.world.next_id(), call.actor.id, call.app_id, ref, sha, text_field(body, "task") or "deploy",
        environment,
        text_field(body, "description"), body.get("payload") or {}, now, now,
        is_transient=body.get("transient_environment") is True,
        is_production=body.get("production_environment", environment == "production") is True,
    )  # fmt: skip
    found.deployments[one.id] = one
    shown = deployments.deployment(call.world, found, one)
    call.emit(found, "deployment", "created", {"deployment": shown, "workflow": None, "workflow_run": None})
    return one


def _require_contexts(call: Call, found: Repository, ref: str, sha: str) -> None:
    wanted = list_field(call.body, "required_contexts") if "required_contexts" in call.body else None
    latest = {run.name: run.conclusion for run in found.check_runs.values() if run.head_sha == sha}
    names = latest if wanted is None else wanted
    bad = [name for name in names if latest.get(name) not in ("success", "neutral", "skipped")]
    if bad:
        contexts = [{"context": name, "state": latest.get(name) or "pending"} for name in bad]
        error = {"contexts": contexts, "resource": "Deployment", "field": "required_contexts", "code": "invalid"}
        raise Refusal(409, f"Conflict: Commit status checks failed for {ref}.", [error])


async def _require_merged(call: Call, found: Repository, ref: str, sha: str) -> None:
    """With `auto_merge`, the default, GitHub would merge the default branch into a branch that lacks it."""
    if call.body.get("auto_merge", True) is not True:
        return
    git, base = call.git(found), await call.git(found).sha(found.default_branch)
    is_branch = await git.sha(f"refs/heads/{ref}") is not None
    if is_branch and base is not None and not await git.is_ancestor(base, sha):
        raise Refusal(409, f"Conflict merging {found.default_branch} into {ref}.")


async def show(call: Call) -> web.Response:
    """One deployment."""
    found, one = _deployment(call, "read")
    return ok(deployments.deployment(call.world, found, one))


async def delete(call: Call) -> web.Response:
    """Remove a deployment that is inactive, or the only one."""
    found, one = _deployment(call, "write")
    if len(found.deployments) > 1 and (not one.statuses or one.statuses[-1].state != "inactive"):
        raise Refusal(
            422, "We cannot delete an active deployment unless it is the only deployment in a given environment."
        )
    del found.deployments[one.id]
    return no_content()


async def statuses(call: Call) -> web.Response:
    """A deployment's statuses, newest first."""
    found, one = _deployment(call, "read")
    return call.page(reversed(one.statuses), lambda s: deployments.status(call.world, found, one, s))


async def status(call: Call) -> web.Response:
    """One status."""
    found, one = _deployment(call, "read")
    wanted = next((s for s in one.statuses if s.id == call.number("status")), None)
    if wanted is None:
        raise not_found()
    return ok(deployments.status(call.world, found, one, wanted))


async def add_status(call: Call) -> web.Response:
    """Say how a deployment goes; success makes older ones of its environment inactive, unless told not to."""
    found, one = _deployment(call, "write")
    state = choice(call.body, "state", STATES)
    description = text_field(call.body, "description", limit=140) or ""
    url = text_field(call.body, "environment_url") or ""
    log = text_field(call.body, "log_url") or text_field(call.body, "target_url") or ""
    environment = text_field(call.body, "environment") or one.environment
    made = DeploymentStatus(
        call.world.next_id(),
        call.actor.id,
        call.app_id,
        state,
        description,
        environment,
        url,
        log,
        call.world.now(),
    )
    _add(call, found, one, made)
    if state == "success" and call.body.get("auto_inactive", True) is True and not one.is_transient:
        _retire_others(call, found, one)
    return ok(deployments.status(call.world, found, one, made), 201)


def _add(call: Call, found: Repository, one: Deployment, made: DeploymentStatus) -> None:
    one.statuses.append(made)
    one.updated_at = made.created_at
    call.emit(found, "deployment_status", "created", {
        "deployment_status": deployments.status(call.world, found, one, made),
        "deployment": deployments.deployment(call.world, found, one),
        "check_run": None, "workflow": None, "workflow_run": None,
    })  # fmt: skip


def _retire_others(call: Call, found: Repository, one: Deployment) -> None:
    for other in found.deployments.values():
        is_older = other.id < one.id and other.environment == one.environment and not other.is_transient
        if is_older and other.statuses and other.statuses[-1].state == "success":
            retired = DeploymentStatus(
                call.world.next_id(), call.actor.id, call.app_id, "inactive", "", other.environment, "", "",
                call.world.now(),
            )  # fmt: skip
            _add(call, found, other, retired)
