"""GitHub's REST API, one file per subject; each gives its routes, and this gathers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox import git_http
from bot.sandbox.rest import (
    apps,
    branches,
    checks,
    collaborators,
    comments,
    commits,
    contents,
    deployments,
    environments,
    gitdata,
    hooks,
    issues,
    labels,
    pages,
    people,
    pulls,
    rate,
    reactions,
    releases,
    repos,
    reviews,
    suites,
    teams,
)  # fmt: skip

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

SUBJECTS = (
    apps, hooks, rate, people, teams, branches, collaborators, repos, environments, contents, commits, gitdata,
    labels, comments, reactions, issues, reviews, pulls, suites, checks, deployments, releases, git_http, pages,
)  # fmt: skip


def every_route(sandbox: Sandbox) -> list[web.RouteDef]:
    """All routes; within one method the more special paths come first."""
    return [route for subject in SUBJECTS for route in subject.routes(sandbox)]
