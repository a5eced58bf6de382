"""Deployments with their statuses, releases with their assets, as GitHub shows them."""

from __future__ import annotations

from urllib.parse import quote

from bot.sandbox.answers import Json
from bot.sandbox.reports import Asset, Deployment, DeploymentStatus, Release
from bot.sandbox.shapes.accounts import app_or_none, user
from bot.sandbox.shapes.repository import api, page
from bot.sandbox.state import Repository, World, node_id


def deployment(world: World, found: Repository, one: Deployment) -> Json:
    """A deployment."""
    url = f"{api(world, found)}/deployments/{one.id}"
    return {
        "url": url, "id": one.id, "node_id": node_id("DE", one.id), "task": one.task,
        "original_environment": one.environment, "environment": one.environment, "description": one.description,
        "created_at": one.created_at, "updated_at": one.updated_at, "statuses_url": f"{url}/statuses",
        "repository_url": api(world, found), "creator": user(world, one.creator_id), "sha": one.sha,
        "ref": one.ref,
        "payload": one.payload, "transient_environment": one.is_transient,
        "production_environment": one.is_production, "performed_via_github_app": app_or_none(world, one.app_id),
    }  # fmt: skip


def status(world: World, found: Repository, of: Deployment, one: DeploymentStatus) -> Json:
    """A deployment's status."""
    url = f"{api(world, found)}/deployments/{of.id}"
    return {
        "url": f"{url}/statuses/{one.id}", "id": one.id, "node_id": node_id("DES", one.id), "state": one.state,
        "creator": user(world, one.creator_id), "description": one.description, "environment": one.environment,
        "target_url": one.log_url, "created_at": one.created_at, "updated_at": one.created_at,
        "deployment_url": url, "repository_url": api(world, found), "environment_url": one.environment_url,
        "log_url": one.log_url, "performed_via_github_app": app_or_none(world, one.app_id),
    }  # fmt: skip


def asset(world: World, found: Repository, release_of: Release, one: Asset) -> Json:
    """A release's asset."""
    tag, name = quote(release_of.tag_name, safe=""), quote(one.name)
    return {
        "url": f"{api(world, found)}/releases/assets/{one.id}", "id": one.id, "node_id": node_id("RA", one.id),
        "name": one.name, "label": one.label, "uploader": user(world, one.uploader_id),
        "content_type": one.content_type, "state": "uploaded", "size": len(one.content), "digest": one.digest,
        "download_count": one.download_count, "created_at": one.created_at, "updated_at": one.created_at,
        "browser_download_url": f"{page(world, found)}/releases/download/{tag}/{name}",
    }  # fmt: skip


def release(world: World, found: Repository, one: Release) -> Json:
    """A release."""
    url, tag = f"{api(world, found)}/releases/{one.id}", quote(one.tag_name, safe="")
    uploads = f"{world.url}/uploads/repos/{world.full_name(found)}/releases/{one.id}/assets"
    return {
        "url": url, "assets_url": f"{url}/assets", "upload_url": f"{uploads}{{?name,label}}",
        "html_url": f"{page(world, found)}/releases/tag/{tag}", "id": one.id, "author": user(world, one.author_id),
        "node_id": node_id("RE", one.id), "tag_name": one.tag_name, "target_commitish": one.target_commitish,
        "name": one.name, "draft": one.is_draft, "immutable": False, "prerelease": one.is_prerelease,
        "created_at": one.created_at, "updated_at": one.created_at, "published_at": one.published_at,
        "assets": [asset(world, found, one, item) for item in one.assets.values()],
        "tarball_url": f"{api(world, found)}/tarball/{tag}", "zipball_url": f"{api(world, found)}/zipball/{tag}",
        "body": one.body,
    }  # fmt: skip
