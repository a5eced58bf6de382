"""The doors that running jobs knock at with their own token: OIDC tokens and artifact uploads."""

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.actions.model import JobRun, Run
from bot.sandbox.actions.oidc import PATH
from bot.sandbox.actions.workshop import UPLOADS
from bot.sandbox.answers import Refusal

if TYPE_CHECKING:
    from bot.sandbox.actions.runs import Actions

_Door = Callable[[web.Request], Awaitable[web.Response]]


def routes(actions: "Actions") -> list[web.RouteDef]:
    """Routes below `/_`, which check their callers themselves."""
    doors = JobDoors(actions)
    lines: list[tuple[str, str, _Door]] = [
        ("GET", f"{PATH}/.well-known/openid-configuration", doors.discovery),
        ("GET", f"{PATH}/.well-known/jwks", doors.jwks),
        ("GET", f"{PATH}/token", doors.token),
        ("POST", UPLOADS, doors.upload),
        ("GET", UPLOADS, doors.download),
    ]
    return [web.route(method, path, _refusing(door)) for method, path, door in lines]


def _refusing(door: _Door) -> _Door:
    async def answer(request: web.Request) -> web.Response:
        try:
            return await door(request)
        except Refusal as refusal:
            return refusal.response()

    return answer


class JobDoors:
    """One method per door."""

    def __init__(self, actions: "Actions") -> None:
        self.actions = actions

    async def discovery(self, _: web.Request) -> web.Response:
        """The issuer's discovery document."""
        return web.json_response(self.actions.issuer.discovery())

    async def jwks(self, _: web.Request) -> web.Response:
        """The issuer's public keys."""
        return web.json_response(self.actions.issuer.jwks())

    async def token(self, request: web.Request) -> web.Response:
        """`{"count", "value"}` with a token for the asking job and `?audience=`."""
        run, job = self._caller(request)
        value = self.actions.issuer.token_for(run, job, request.query.get("audience"))
        return web.json_response({"count": len(value), "value": value})

    async def upload(self, request: web.Request) -> web.Response:
        """201 with the artifact's id, url and digest for a ZIP; 409 where the name is taken."""
        run, job = self._caller(request)
        if job.status != "in_progress":
            raise Refusal(401, "Unauthorized: the job is not running")
        query, content = request.query, await request.read()
        made = self.actions.storage.keep(
            run,
            query.get("name", ""),
            content,
            int(query.get("retention_days") or 0),
            may_replace=query.get("overwrite") == "true",
        )
        repository = self.actions.world.full_name(self.actions.world.repositories[run.repository_id])
        url = f"{self.actions.world.url}/{repository}/actions/runs/{run.id}/artifacts/{made.id}"
        return web.Response(
            status=201,
            text=json.dumps({"id": str(made.id), "url": url, "digest": made.digest}),
            content_type="application/json",
        )

    async def download(self, request: web.Request) -> web.Response:
        """200 with the ZIP of an artifact of the caller's own run, its digest in a header; 404 without it."""
        run, job = self._caller(request)
        if job.status != "in_progress":
            raise Refusal(401, "Unauthorized: the job is not running")
        name = request.query.get("name", "")
        found = next((one for one in self.actions.storage.of(run) if one.name == name), None)
        if found is None:
            raise Refusal(404, f"Artifact not found for name: {name}")
        return web.Response(
            body=found.content, content_type="application/zip", headers={"X-Artifact-Digest": found.digest}
        )

    def _caller(self, request: web.Request) -> tuple[Run, JobRun]:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        found = self.actions.job_of_token(token) if scheme.lower() == "bearer" else None
        if found is None:
            raise Refusal(401, "Unauthorized: no job has this token")
        return found
