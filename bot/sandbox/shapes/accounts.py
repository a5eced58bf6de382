"""People, organisations, teams and Apps, as GitHub shows them."""

from __future__ import annotations

from bot.sandbox.answers import Json
from bot.sandbox.state import Account, App, Installation, World, node_id
from bot.sandbox.teams import Team

LINKS = {
    "following_url": "/following{/other_user}", "followers_url": "/followers", "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}", "subscriptions_url": "/subscriptions", "organizations_url": "/orgs",
    "repos_url": "/repos", "events_url": "/events{/privacy}", "received_events_url": "/received_events",
}  # fmt: skip


def user(world: World, account_id: int) -> Json:
    """A simple user, as it stands inside other objects; organisations have the same shape there."""
    account = world.accounts[account_id]
    url = f"{world.url}/users/{account.login}"
    page = f"apps/{account.login.removesuffix('[bot]')}" if account.type == "Bot" else account.login
    return {
        "login": account.login,
        "id": account.id,
        "node_id": account.node_id,
        "avatar_url": f"{world.url}/avatars/{account.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{world.url}/{page}",
        **{name: url + path for name, path in LINKS.items()},
        "type": account.type,
        "user_view_type": "public",
        "site_admin": False,
    }


def user_or_none(world: World, account_id: int | None) -> Json | None:
    """A simple user, or null."""
    return None if account_id is None else user(world, account_id)


def full_user(world: World, account: Account) -> Json:
    """`GET /users/{username}`."""
    nothing = ("company", "location", "hireable", "bio", "twitter_username")
    owned = [r for r in world.repositories.values() if r.owner_id == account.id and not r.private]
    return user(world, account.id) | {
        "name": account.name, "email": account.email, "blog": "", **dict.fromkeys(nothing),
        "public_repos": len(owned),
        "public_gists": 0, "followers": 0, "following": 0, "created_at": account.created_at,
        "updated_at": account.created_at,
    }  # fmt: skip


def organisation(world: World, account: Account) -> Json:
    """A simple organisation, as it stands in webhooks."""
    url = f"{world.url}/orgs/{account.login}"
    return {
        "login": account.login, "id": account.id, "node_id": account.node_id, "url": url,
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events", "hooks_url": f"{url}/hooks", "issues_url": f"{url}/issues",
        "members_url": f"{url}/members{{/member}}", "public_members_url": f"{url}/public_members{{/member}}",
        "avatar_url": f"{world.url}/avatars/{account.id}", "description": "",
    }  # fmt: skip


def full_organisation(world: World, account: Account) -> Json:
    """`GET /orgs/{org}`."""
    owned = [r for r in world.repositories.values() if r.owner_id == account.id]
    return organisation(world, account) | {
        "name": account.name, "html_url": f"{world.url}/{account.login}", "has_organization_projects": True,
        "has_repository_projects": True, "public_repos": sum(not r.private for r in owned), "public_gists": 0,
        "followers": 0, "following": 0, "type": "Organization", "created_at": account.created_at,
        "updated_at": account.created_at, "archived_at": None,
        "default_repository_permission": account.default_repository_permission,
    }  # fmt: skip


def membership(world: World, account: Account, account_id: int) -> Json:
    """How a person belongs to an organisation: active, pending (invited), or inactive once removed."""
    url, held = f"{world.url}/orgs/{account.login}", account.members.get(account_id)
    state, role = ("active", held) if held else ("inactive", "unaffiliated")
    if held is None and account_id in account.invited:
        state, role = "pending", account.invited[account_id]
    return {
        "url": f"{url}/memberships/{world.accounts[account_id].login}", "state": state, "role": role,
        "organization_url": url, "user": user(world, account_id),
    }  # fmt: skip


def team(world: World, found: Team) -> Json:
    """A team, as it stands in lists and webhooks, with the one above it."""
    above = world.teams.get(found.parent_id or 0)
    return _team(world, found) | {"parent": None if above is None else _team(world, above)}


def _team(world: World, found: Team) -> Json:
    owner = world.accounts[found.organisation_id].login
    url = f"{world.url}/organizations/{found.organisation_id}/team/{found.id}"
    return {
        "name": found.name, "id": found.id, "node_id": node_id("T", found.id), "slug": found.slug,
        "description": None, "privacy": "closed", "notification_setting": "notifications_enabled", "url": url,
        "html_url": f"{world.url}/orgs/{owner}/teams/{found.slug}", "members_url": f"{url}/members{{/member}}",
        "repositories_url": f"{url}/repos", "permission": "pull", "type": "organization",
        "organization_id": found.organisation_id,
    }  # fmt: skip


def app(world: World, found: App) -> Json:
    """A GitHub App."""
    return {
        "id": found.id,
        "slug": found.slug,
        "client_id": found.client_id,
        "node_id": node_id("A", found.id),
        "owner": user(world, found.owner_id),
        "name": found.name,
        "description": "",
        "external_url": f"{world.url}/apps/{found.slug}",
        "html_url": f"{world.url}/apps/{found.slug}",
        "created_at": found.created_at,
        "updated_at": found.created_at,
        "permissions": dict(found.permissions),
        "events": list(found.events),
    }


def app_or_none(world: World, app_id: int | None) -> Json | None:
    """The App through which something was done, or null."""
    return None if app_id is None else app(world, world.apps[app_id])


def installation(world: World, found: Installation) -> Json:
    """An installation of an App."""
    owner = world.accounts[found.account_id]
    url = f"{world.url}/app/installations/{found.id}"
    place = f"organizations/{owner.login}/settings" if owner.type == "Organization" else "settings"
    return {
        "id": found.id,
        "client_id": world.apps[found.app_id].client_id,
        "account": user(world, found.account_id),
        "repository_selection": "all" if found.repository_ids is None else "selected",
        "access_tokens_url": f"{url}/access_tokens",
        "repositories_url": f"{world.url}/installation/repositories",
        "html_url": f"{world.url}/{place}/installations/{found.id}",
        "app_id": found.app_id,
        "app_slug": world.apps[found.app_id].slug,
        "target_id": found.account_id,
        "target_type": owner.type,
        "permissions": dict(found.permissions),
        "events": list(found.events),
        "created_at": found.created_at,
        "updated_at": found.suspended_at or found.created_at,
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None if found.suspended_at is None else user(world, found.account_id),
        "suspended_at": found.suspended_at,
    }
