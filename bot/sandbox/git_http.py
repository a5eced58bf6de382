"""Git over smart HTTP by git's own `http-backend`: clone, fetch and push with a token, webhooks following."""

from __future__ import annotations

import asyncio
import gzip
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.access import can_see, require
from bot.sandbox.answers import Refusal
from bot.sandbox.call import IDENTITY
from bot.sandbox.git import ZERO, Git, environment
from bot.sandbox.identity import Identity
from bot.sandbox.pushes import Move, announce
from bot.sandbox.state import Repository
from bot.sandbox.webhooks import Doer

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

CHALLENGE = {"WWW-Authenticate": 'Basic realm="GitHub"'}


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """The three addresses of the smart protocol; see https://git-scm.com/docs/http-protocol."""

    async def answer(request: web.Request) -> web.Response:
        return await _answer(sandbox, request)

    root = "/{owner}/{repo:[^/]+?}{suffix:(?:\\.git)?}"
    return [
        web.get(f"{root}/{{path:info/refs}}", answer),
        web.post(f"{root}/{{path:git-upload-pack}}", answer),
        web.post(f"{root}/{{path:git-receive-pack}}", answer),
    ]


async def _answer(sandbox: Sandbox, request: web.Request) -> web.Response:
    path, identity = request.match_info["path"], request[IDENTITY]
    is_push = "git-receive-pack" in (path, request.query.get("service"))
    found = sandbox.world.repository(f"{request.match_info['owner']}/{request.match_info['repo']}")
    refusal = _refused(sandbox, identity, found, is_push=is_push)
    if refusal is not None or found is None:
        return refusal or web.Response(status=404, text="Repository not found.")
    git = sandbox.git(found)
    before = await git.refs() if is_push else {}
    lacks_workflows = identity.is_integration and identity.permissions.get("workflows") != "write"
    extra = {"SANDBOX_WITHOUT_WORKFLOWS": "yes"} if lacks_workflows else {}
    response = await _backend(git, request, path, extra)
    if path == "git-receive-pack" and identity.account is not None:
        after, doer = await git.refs(), Doer(identity.account, identity.kind == "job")
        for ref in sorted({*before, *after}):
            if before.get(ref) != after.get(ref):
                move = Move(ref, before.get(ref, ZERO), after.get(ref, ZERO))
                await announce(sandbox, found, move, doer)
    return response


def _refused(
    sandbox: Sandbox, identity: Identity, found: Repository | None, *, is_push: bool
) -> web.Response | None:
    """None for those who may; nobody is asked for a name first, as git expects."""
    if identity.kind == "anonymous" and (is_push or found is None or found.private):
        return web.Response(status=401, headers=CHALLENGE, text="No anonymous write access.")
    if found is None or not can_see(sandbox.world, identity, found):
        return web.Response(status=404, text="Repository not found.")
    try:
        require(sandbox.world, identity, found, "contents", "write" if is_push else "read")
    except Refusal:
        who = identity.account.login if identity.account else "you"
        denied = f"Permission to {sandbox.world.full_name(found)}.git denied to {who}."
        return web.Response(status=403, text=denied)
    return None


async def _backend(git: Git, request: web.Request, path: str, extra: dict[str, str]) -> web.Response:
    body = await request.read()
    if request.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    variables = {
        "GIT_PROJECT_ROOT": str(git.path.parent), "GIT_HTTP_EXPORT_ALL": "1", "REMOTE_USER": "git",
        "PATH_INFO": f"/{git.path.name}/{path}", "REQUEST_METHOD": request.method,
        "QUERY_STRING": request.query_string, "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        **extra, "CONTENT_LENGTH": str(len(body)), "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        "git", "http-backend", env=environment(variables),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    out, _ = await process.communicate(body)
    head, _, content = out.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line)
    status = int(headers.pop("Status", "200 OK").split()[0])
    return web.Response(body=content, status=status, headers=headers)
