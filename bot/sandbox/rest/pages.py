"""GitHub Pages of a repository: what the API tells of it, and the site itself, served from its branch.

A site is built the moment its branch moves; GitHub takes a minute, and says nothing of how long. Without
`.nojekyll` what begins with a dot or an underscore is left out, as Jekyll does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.answers import not_found, ok
from bot.sandbox.call import Call, bind
from bot.sandbox.shapes.repository import api

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

SITE = "/_pages/{owner}/{repo}"
_TYPES = {"css": "text/css", "html": "text/html", "js": "text/javascript", "svg": "image/svg+xml"}


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/pages."""

    async def site(request: web.Request) -> web.Response:
        return await _site(sandbox, request)

    told = bind(sandbox, [("GET", "/repos/{owner}/{repo}/pages", pages)])
    return [*told, web.get(SITE + "/{path:.*}", site)]


async def pages(call: Call) -> web.Response:
    """Where the site is published from, and whether it is."""
    found = call.repository("pages", "read")
    if found.pages_branch is None:
        raise not_found()
    git, name = call.git(found), call.world.full_name(found)
    cname = await git.read_file(found.pages_branch, "CNAME")
    is_there = await git.sha(f"refs/heads/{found.pages_branch}") is not None
    return ok({
        "url": f"{api(call.world, found)}/pages", "status": "built" if is_there else None,
        "cname": cname.decode().strip() if cname else None,
        "custom_404": await git.read_file(found.pages_branch, "404.html") is not None,
        "html_url": f"{call.world.url}/_pages/{name}/", "build_type": "legacy",
        "source": {"branch": found.pages_branch, "path": "/"}, "public": not found.private,
    })  # fmt: skip


async def _site(sandbox: Sandbox, request: web.Request) -> web.Response:
    """A file of the branch as a visitor gets it."""
    found = sandbox.world.repository(f"{request.match_info['owner']}/{request.match_info['repo']}")
    if found is None or found.pages_branch is None:
        raise web.HTTPNotFound
    git, path = sandbox.git(found), request.match_info["path"]
    path = f"{path}index.html" if path.endswith("/") or not path else path
    is_jekyll = await git.read_file(found.pages_branch, ".nojekyll") is None
    is_hidden = is_jekyll and any(part.startswith((".", "_")) for part in path.split("/"))
    body = None if is_hidden else await git.read_file(found.pages_branch, path)
    kind = _TYPES.get(path.rpartition(".")[2], "application/octet-stream")
    if body is None:
        return web.Response(status=404, body=await git.read_file(found.pages_branch, "404.html") or b"")
    return web.Response(body=body, content_type=kind)
