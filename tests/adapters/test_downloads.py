"""Artifacts come from another host, which never sees our token; packs are published once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from aiohttp import web

from bot.adapters.github import releases, runs
from bot.adapters.github.session import Session
from bot.domain.people import Repo
from bot.errors import GitHubBusy, GitHubError, GitHubGone
from bot.ports import ArtifactMeta, Asset
from tests.adapters.conftest import Seen, hub_of

MakeSession = Callable[[str], Session]
OPS = Repo(21, "acme/ops", 77)
BUNDLE = ArtifactMeta(9, "millwright-leg-1", 4, "")
PACK = b"PK\x03\x04 a pack"


async def test_the_artifacts_other_host_gets_no_authorization(session_at: MakeSession) -> None:
    async with hub_of(lambda _: web.Response(body=b"PK\x03\x04")) as storage:

        def answer(_: Seen) -> web.Response:
            return web.Response(status=302, headers={"Location": f"{storage.url}/signed?sig=1"})

        async with hub_of(answer) as hub:
            assert await runs.download(session_at(hub.url), OPS, BUNDLE) == b"PK\x03\x04"
    assert hub.seen[0].headers["authorization"] == "Bearer token-1"
    assert hub.seen[0].path == "/repos/acme/ops/actions/artifacts/9/zip"
    assert "authorization" not in storage.seen[0].headers


@pytest.mark.parametrize(
    ("status", "kind"), [(404, GitHubGone), (410, GitHubGone), (503, GitHubBusy), (429, GitHubBusy)]
)
async def test_an_artifact_that_is_refused_is_told_apart(
    session_at: MakeSession, status: int, kind: type[GitHubError]
) -> None:
    async with hub_of(lambda _: web.json_response({"message": "Not here"}, status=status)) as hub:
        with pytest.raises(kind, match=f"downloading artifact 9: {status} Not here"):
            await runs.download(session_at(hub.url), OPS, BUNDLE)


async def test_a_redirect_without_a_place_is_an_error(session_at: MakeSession) -> None:
    async with hub_of(lambda _: web.Response(status=302)) as hub:
        with pytest.raises(GitHubError, match="302"):
            await runs.download(session_at(hub.url), OPS, BUNDLE)


async def test_a_storage_that_stumbles_is_worth_another_try(session_at: MakeSession) -> None:
    def answer(seen: Seen) -> web.Response:
        if seen.path == "/signed":
            return web.Response(status=500)
        return web.Response(status=302, headers={"Location": f"{hub.url}/signed"})

    async with hub_of(answer) as hub:
        with pytest.raises(GitHubBusy, match="500 from its storage"):
            await runs.download(session_at(hub.url), OPS, BUNDLE)


def release_with(asset: dict[str, object] | None, hub_url: str) -> web.Response:
    upload = f"{hub_url}/uploads/1/assets{{?name,label}}"
    return web.json_response({"id": 1, "upload_url": upload, "assets": [asset] if asset else []})


def asset_of(data: bytes) -> dict[str, object]:
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    return {
        "id": 3,
        "name": "pack.zip",
        "size": len(data),
        "digest": digest,
        "browser_download_url": "https://x/3",
    }


async def test_a_pack_that_is_published_is_found_and_not_uploaded_again(session_at: MakeSession) -> None:
    async with hub_of(lambda _: release_with(asset_of(PACK), "")) as hub:
        made = await releases.publish(session_at(hub.url), OPS, "millwright-acme-1", "pack.zip", PACK)
    assert made == Asset(3, "https://x/3")
    assert [seen.method for seen in hub.seen] == ["GET"]


async def test_another_pack_of_that_name_is_never_replaced(session_at: MakeSession) -> None:
    async with hub_of(lambda _: release_with(asset_of(b"PK\x03\x04 a pick"), "")) as hub:
        with pytest.raises(GitHubError, match="already has another"):
            await releases.publish(session_at(hub.url), OPS, "millwright-acme-1", "pack.zip", PACK)
    assert [seen.method for seen in hub.seen] == ["GET"]


async def test_an_upload_whose_answer_was_lost_is_found_when_github_says_it_exists(
    session_at: MakeSession,
) -> None:
    uploads: list[Seen] = []

    def answer(seen: Seen) -> web.Response:
        if seen.method == "POST":
            uploads.append(seen)
            return web.json_response({"message": "Validation Failed", "errors": []}, status=422)
        return release_with(asset_of(PACK) if uploads else None, hub.url)

    async with hub_of(answer) as hub:
        made = await releases.publish(session_at(hub.url), OPS, "millwright-acme-1", "pack.zip", PACK)
    assert made == Asset(3, "https://x/3")


async def test_a_tag_without_a_release_gets_one(session_at: MakeSession) -> None:
    def answer(seen: Seen) -> web.Response:
        if seen.method == "GET":
            return web.json_response({"message": "Not Found"}, status=404)
        if seen.path == "/repos/acme/ops/releases":
            return release_with(None, hub.url)
        return web.json_response(asset_of(PACK), status=201)

    async with hub_of(answer) as hub:
        made = await releases.publish(session_at(hub.url), OPS, "millwright-acme-1", "pack.zip", PACK)
    assert made == Asset(3, "https://x/3")
    assert [(seen.method, seen.path) for seen in hub.seen] == [
        ("GET", "/repos/acme/ops/releases/tags/millwright-acme-1"),
        ("POST", "/repos/acme/ops/releases"),
        ("POST", "/uploads/1/assets"),
    ]
    assert hub.seen[2].headers["content-type"] == "application/zip"
