"""Releases and their assets, uploaded under `/uploads` and downloaded by way of a redirect."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.access import require
from bot.sandbox.answers import Json, Refusal, failed, no_content, not_found, ok, required, text_field
from bot.sandbox.call import Call, bind
from bot.sandbox.git import ZERO
from bot.sandbox.pushes import Move, move_ref
from bot.sandbox.reports import Asset, Release
from bot.sandbox.shapes import deployments as shapes
from bot.sandbox.state import Repository

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ALL = "/repos/{owner}/{repo}/releases"
ONE = ALL + "/{number}"
ASSET = ALL + "/assets/{asset}"


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/releases."""

    async def fetch(request: web.Request) -> web.Response:
        return await download(sandbox, request)

    return [
        *bind(sandbox, [
            ("GET", ALL, listing),
            ("POST", ALL, create),
            ("GET", f"{ALL}/latest", latest),
            ("GET", f"{ALL}/tags/{{tag:.+}}", by_tag),
            ("GET", ASSET, asset),
            ("DELETE", ASSET, delete_asset),
            ("GET", ONE, show),
            ("PATCH", ONE, change),
            ("DELETE", ONE, delete),
            ("GET", f"{ONE}/assets", assets),
            ("POST", f"/uploads{ONE}/assets", upload),
            ("GET", "/{owner}/{repo}/releases/download/{tag}/{name}", browse),
        ]),
        web.get("/_downloads/{repo}/{asset}/{digest}", fetch),
    ]  # fmt: skip


def _shape(call: Call, found: Repository, one: Release) -> Json:
    return shapes.release(call.world, found, one)


def _may_write(call: Call, found: Repository) -> bool:
    try:
        require(call.world, call.identity, found, "contents", "write")
    except Refusal:
        return False
    return True


def _visible(call: Call) -> tuple[Repository, list[Release]]:
    """Newest first; drafts only for those who may write."""
    found = call.repository("contents", "read")
    may_write = _may_write(call, found)
    return found, [r for r in reversed(found.releases.values()) if may_write or not r.is_draft]


def _release(call: Call, level: str) -> tuple[Repository, Release]:
    found = call.repository("contents", level)
    one = found.releases.get(call.number("number"))
    if one is None or (one.is_draft and not _may_write(call, found)):
        raise not_found()
    return found, one


async def listing(call: Call) -> web.Response:
    """All releases."""
    found, mine = _visible(call)
    return call.page(mine, lambda r: _shape(call, found, r))


async def latest(call: Call) -> web.Response:
    """The newest full release."""
    found, mine = _visible(call)
    for one in mine:
        if not one.is_draft and not one.is_prerelease:
            return ok(_shape(call, found, one))
    raise not_found()


async def by_tag(call: Call) -> web.Response:
    """The published release of a tag."""
    found, mine = _visible(call)
    for one in mine:
        if one.tag_name == call.part("tag") and not one.is_draft:
            return ok(_shape(call, found, one))
    raise not_found()


async def show(call: Call) -> web.Response:
    """One release."""
    found, one = _release(call, "read")
    return ok(_shape(call, found, one))


async def create(call: Call) -> web.Response:
    """Make a release; a published one makes its tag where there is none."""
    found, tag = call.repository("contents", "write"), required(call.body, "tag_name")
    if any(r.tag_name == tag and not r.is_draft for r in found.releases.values()):
        raise failed("Release", "tag_name", "already_exists")
    now, is_draft = call.world.now(), call.body.get("draft") is True
    one = Release(
        call.world.next_id(), call.actor.id, tag,
        text_field(call.body, "target_commitish") or found.default_branch,
        text_field(call.body, "name"), text_field(call.body, "body"), is_draft,
        call.body.get("prerelease") is True, now, None,
    )  # fmt: skip
    if not is_draft:
        await _publish(call, found, one)
    found.releases[one.id] = one
    _tell(call, found, one, "created", *(() if is_draft else ("published", "released")))
    return ok(_shape(call, found, one), 201)


async def _publish(call: Call, found: Repository, one: Release) -> None:
    git = call.git(found)
    if await git.sha(f"refs/tags/{one.tag_name}") is None:
        target = await git.sha(one.target_commitish)
        if target is None:
            raise failed("Release", "target_commitish", "invalid")
        await move_ref(call.sandbox, found, Move(f"refs/tags/{one.tag_name}", ZERO, target), call.doer)
    one.published_at, one.is_draft = call.world.now(), False


def _tell(call: Call, found: Repository, one: Release, *actions: str) -> None:
    for action in actions:
        if action == "released" and one.is_prerelease:
            action = "prereleased"
        call.emit(found, "release", action, {"release": _shape(call, found, one)})


async def change(call: Call) -> web.Response:
    """Edit a release, or publish a draft."""
    found, one = _release(call, "write")
    changes: Json = {}
    for name in ("name", "body"):
        value = text_field(call.body, name)
        if value is not None and value != getattr(one, name):
            changes[name] = {"from": getattr(one, name) or ""}
            setattr(one, name, value)
    if "prerelease" in call.body:
        one.is_prerelease = call.body["prerelease"] is True
    if one.is_draft and call.body.get("draft") is False:
        await _publish(call, found, one)
        _tell(call, found, one, "published", "released")
    elif changes:
        call.emit(found, "release", "edited", {"release": _shape(call, found, one), "changes": changes})
    return ok(_shape(call, found, one))


async def delete(call: Call) -> web.Response:
    """Remove a release; its tag stays."""
    found, one = _release(call, "write")
    del found.releases[one.id]
    _tell(call, found, one, "deleted")
    return no_content()


async def assets(call: Call) -> web.Response:
    """A release's assets."""
    found, one = _release(call, "read")
    return call.page(one.assets.values(), lambda a: shapes.asset(call.world, found, one, a))


async def upload(call: Call) -> web.Response:
    """Attach a file: `name` in the query, bytes in the body."""
    found, one = _release(call, "write")
    name, content = call.query("name"), await call.request.read()
    if not name:
        raise failed("ReleaseAsset", "name", "missing_field")
    if any(a.name == name for a in one.assets.values()):
        raise failed("ReleaseAsset", "name", "already_exists")
    if not content:
        raise Refusal(400, "Bad Content-Length: 0")
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    made = Asset(
        call.world.next_id(), call.actor.id, name, call.query("label") or None, call.request.content_type, content,
        digest, call.world.now(),
    )  # fmt: skip
    one.assets[made.id] = made
    return ok(shapes.asset(call.world, found, one, made), 201)


def _asset(call: Call, level: str) -> tuple[Repository, Release, Asset]:
    found = call.repository("contents", level)
    for one in found.releases.values():
        held = one.assets.get(call.number("asset"))
        if held is not None and (not one.is_draft or _may_write(call, found)):
            return found, one, held
    raise not_found()


def _address(call: Call, found: Repository, held: Asset) -> str:
    """A signed address elsewhere; it takes no other authorization."""
    return f"{call.world.url}/_downloads/{found.id}/{held.id}/{held.digest.removeprefix('sha256:')}"


async def asset(call: Call) -> web.Response:
    """An asset's description; with `application/octet-stream` a redirect to its bytes."""
    found, one, held = _asset(call, "read")
    if "octet-stream" in call.request.headers.get("Accept", ""):
        return web.Response(status=302, headers={"Location": _address(call, found, held)})
    return ok(shapes.asset(call.world, found, one, held))


async def browse(call: Call) -> web.Response:
    """What `browser_download_url` gives: the same redirect."""
    found, mine = _visible(call)
    for one in mine:
        for held in one.assets.values():
            if (one.tag_name, held.name) == (call.part("tag"), call.part("name")):
                return web.Response(status=302, headers={"Location": _address(call, found, held)})
    raise not_found()


async def delete_asset(call: Call) -> web.Response:
    """Remove an asset."""
    _, one, held = _asset(call, "write")
    del one.assets[held.id]
    return no_content()


async def download(sandbox: Sandbox, request: web.Request) -> web.Response:
    """The bytes behind a signed address; like the real store it refuses a second authorization."""
    if "Authorization" in request.headers:
        return web.Response(status=400, text="InvalidAuthenticationInfo")
    found = sandbox.world.repositories.get(int(request.match_info["repo"]))
    for one in found.releases.values() if found else ():
        held = one.assets.get(int(request.match_info["asset"]))
        if held is not None and held.digest == f"sha256:{request.match_info['digest']}":
            held.download_count += 1
            disposition = {"Content-Disposition": f'attachment; filename="{held.name}"'}
            return web.Response(body=held.content, content_type=held.content_type, headers=disposition)
    return web.Response(status=404)
