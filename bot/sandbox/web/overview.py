"""The first page, which lists everything there is to look at, and the page of one repository."""

from __future__ import annotations

from bot.sandbox.server import Sandbox
from bot.sandbox.state import Repository
from bot.sandbox.threads import Issue
from bot.sandbox.web.frame import e, page, rows, state, when, who
from bot.sandbox.web.shown import Shown


def start(sandbox: Sandbox, shown: Shown) -> str:
    """Everything, newest issue first."""
    world = sandbox.world
    parts = [f"<h1>{e(shown.title)}</h1>"]
    parts.append("<h2>Websites</h2>" + rows([_site(*one) for one in shown.sites.items()], "None is deployed."))
    for found in world.repositories.values():
        name = world.full_name(found)
        if found.issues:
            new = f'<a class="button" href="/{e(name)}/issues/new">New issue</a>'
            parts.append(f'<h2><a href="/{e(name)}">{e(name)}</a> {new}</h2>' + threads(sandbox, found))
    packs = [pack for found in world.repositories.values() for pack in evidence(sandbox, found)]
    parts.append("<h2>Evidence</h2>" + rows(packs, "No evidence pack has been sealed yet."))
    others = [
        f'<a href="/{e(world.full_name(found))}">{e(world.full_name(found))}</a>'
        for found in world.repositories.values()
        if not found.issues
    ]
    parts.append("<h2>Other repositories</h2>" + rows(others, "There are none."))
    if shown.neighbours:
        parts.append("<h2>Other firms</h2>" + rows([_site(*one) for one in shown.neighbours.items()], ""))
    return page(shown.title, [], "".join(parts), _people(shown))


def _site(name: str, url: str) -> str:
    return f'<a href="{e(url)}"><b>{e(name)}</b></a> <span class="quiet">{e(url)}</span>'


def _people(shown: Shown) -> str:
    people = "".join(f"<dt>{e(login)}</dt><dd>{e(words)}</dd>" for login, words in shown.people.items())
    return (
        f"<h2>Who you can be</h2><dl>{people}</dl><h2>What to try</h2><ol>"
        "<li>Open an issue that is done and say <code>/rollback</code> as bert.</li>"
        "<li>Open a new issue with one of the example briefings, and wait for the plan.</li>"
        "<li>Approve it as anna, who wrote it, then as mallory, then as bert.</li>"
        "<li>Look at the site, and at the evidence of what happened.</li></ol>"
    )


def repository(sandbox: Sandbox, found: Repository) -> str:
    """Issues, pull requests, deployments and releases of one repository."""
    world, name = sandbox.world, sandbox.world.full_name(found)
    deployments = [
        f"{state(one.statuses[-1].state if one.statuses else 'pending')} {e(one.environment)} "
        + (_link(one.statuses[-1].environment_url) if one.statuses else "")
        + f" {when(one.created_at)}"
        for one in reversed(found.deployments.values())
    ]
    runs = [
        f"{state(run.conclusion or run.status)} "
        f'<a href="/{e(name)}/actions/runs/{run.id}">{e(run.title)}</a> {when(run.created_at)}'
        for run in reversed(sandbox.actions.runs.values())
        if run.repository_id == found.id
    ]
    parts = [
        f'<h1>{e(name)} <a class="button" href="/{e(name)}/issues/new">New issue</a></h1>',
        "<h2>Issues and pull requests</h2>" + threads(sandbox, found),
        "<h2>Deployments</h2>" + rows(deployments, "Nothing has been deployed from here."),
        "<h2>Evidence</h2>" + rows(evidence(sandbox, found), "No evidence pack has been sealed yet."),
        "<h2>Workflow runs</h2>" + rows(runs, "No workflow has run here."),
    ]
    people = "".join(
        f"<dt>{who(world, number)}</dt><dd>{e(role)}</dd>"
        for number, role in found.roles.items()
        if role != "none"
    )
    aside = "<h2>Rights</h2>" + (f"<dl>{people}</dl>" if people else '<p class="none">Only its owners write.</p>')
    return page(name, [(f"/{name}", name)], "".join(parts), aside)


def threads(sandbox: Sandbox, found: Repository) -> str:
    """Its issues and pull requests, newest first."""
    return rows(
        [_thread(sandbox, found, one) for one in reversed(found.issues.values())], "There is no issue yet."
    )


def _thread(sandbox: Sandbox, found: Repository, one: Issue) -> str:
    name, kind = sandbox.world.full_name(found), "pull" if one.pull else "issues"
    words = "pull request" if one.pull else "issue"
    labels = " ".join(f'<span class="label">{e(label)}</span>' for label in one.labels)
    return (
        f'{state(one.state)} <a href="/{e(name)}/{kind}/{one.number}"><b>{e(one.title)}</b></a> {labels} '
        f'<span class="quiet">{words} #{one.number}, {len(one.comments)} comments, {when(one.created_at)}</span>'
    )


def evidence(sandbox: Sandbox, found: Repository) -> list[str]:
    """The evidence packs among the releases, each with a way to look inside."""
    name = sandbox.world.full_name(found)
    return [
        f'<a href="/-/packs/{found.id}/{asset.id}/index.html"><b>{e(asset.name)}</b></a> '
        f'<a href="/{e(name)}/releases/download/{e(one.tag_name)}/{e(asset.name)}">download</a> '
        f'<span class="quiet">{e(one.tag_name)}, {when(asset.created_at)}</span>'
        for one in reversed(found.releases.values())
        for asset in one.assets.values()
        if asset.name.endswith(".zip")
    ]


def _link(url: str) -> str:
    return f'<a href="{e(url)}">{e(url)}</a>' if url.startswith(("http://", "https://")) else ""
