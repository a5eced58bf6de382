"""An issue or pull request as a page: what was said, what machines found, and a form to answer."""

from __future__ import annotations

import re

from bot.sandbox.diff import FileChange, changed_files, common_ancestor
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Repository
from bot.sandbox.threads import Issue
from bot.sandbox.web.forms import Try, answer
from bot.sandbox.web.frame import e, page, rows, state, when, who
from bot.sandbox.web.markup import rendered
from bot.sandbox.web.shown import Shown

MOST_LINES = 120


async def thread(sandbox: Sandbox, shown: Shown, found: Repository, one: Issue, last: Try) -> str:
    """The page; `last` is what was tried before with its form."""
    name = sandbox.world.full_name(found)
    head = (
        f'<h1>{e(one.title)} <span class="quiet">#{one.number}</span></h1>'
        f"<p>{state(one.state, _state(one))} {when(one.created_at)} "
        + " ".join(f'<span class="label">{e(label)}</span>' for label in one.labels)
        + "</p>"
    )
    said = "<h2>Conversation</h2>" + _comment(sandbox, found, one.author_id, one.created_at, one.body, "text")
    for comment in one.comments.values():
        if comment.minimized is None:
            made = f"{comment.created_at}"
            said += _comment(sandbox, found, comment.author_id, made, comment.body, f"issuecomment-{comment.id}")
    changes = await _changes(sandbox, found, one) if one.pull else ""
    trail = [(f"/{name}", name), (f"/{name}/issues/{one.number}", f"#{one.number}")]
    aside = _aside(sandbox, shown, found, one)
    below = answer(sandbox, shown, found, one, last)
    return page(f"{one.title} · #{one.number}", trail, head + said + changes, aside, below)


def _state(one: Issue) -> str:
    reason = f" as {one.state_reason.replace('_', ' ')}" if one.state_reason and one.state == "closed" else ""
    return f"{'pull request' if one.pull else 'issue'} {one.state}{reason}"


def _comment(sandbox: Sandbox, found: Repository, author: int, at: str, body: str | None, anchor: str) -> str:
    home = f"/{sandbox.world.full_name(found)}"
    role = sandbox.world.role(found, author)
    right = f'<span class="tag">{e(role)}</span>' if sandbox.world.accounts[author].type == "User" else ""
    return (
        f'<article class="said" id="{anchor}"><header>{who(sandbox.world, author)} {right} {when(at)}</header>'
        f'<div class="words">{rendered(body, home)}</div></article>'
    )


async def _changes(sandbox: Sandbox, found: Repository, one: Issue) -> str:
    """The files of a pull request, each folded."""
    assert one.pull is not None
    git = sandbox.git(found)
    base = await common_ancestor(git, one.pull.base_sha, one.pull.head_sha)
    files = await changed_files(git, base, one.pull.head_sha) if base else []
    return f"<h2>{len(files)} files</h2>" + "".join(_file(file) for file in files)


def _file(file: FileChange) -> str:
    lines = (file.patch or "").splitlines()
    rest = f"\n… {len(lines) - MOST_LINES} more" if len(lines) > MOST_LINES else ""
    shown = "\n".join(lines[:MOST_LINES]) + rest
    what = f'<pre tabindex="0">{e(shown)}</pre>' if lines else '<p class="none">A file that is no text.</p>'
    counts = f"+{file.additions} −{file.deletions}"
    return f"<details><summary><code>{e(file.path)}</code> {counts}</summary>{what}</details>"


def _aside(sandbox: Sandbox, shown: Shown, found: Repository, one: Issue) -> str:
    """Checks and plan pull request, deployments, sites."""
    name = sandbox.world.full_name(found)
    pulls = (
        [one] if one.pull else [other for other in found.issues.values() if other.pull and _tells_of(other, one)]
    )
    heads = {other.pull.head_sha for other in pulls if other.pull}
    checks = [
        f"{state(run.conclusion or run.status)} "
        f'<a href="/{e(name)}/runs/{run.id}">{e(run.name)}</a><br>'
        f'<span class="quiet">{e(run.output.get("title") or "")}</span>'
        for run in found.check_runs.values()
        if run.head_sha in heads
    ]
    linked = [f'<a href="/{e(name)}/pull/{other.number}">#{other.number} {e(other.title)}</a>' for other in pulls]
    deployments = [
        f"{state(made.statuses[-1].state if made.statuses else 'pending')} {e(made.environment)} "
        f"{when(made.created_at)}"
        for made in reversed(found.deployments.values())
    ]
    sites = [f'<a href="{e(url)}">{e(site)}</a>' for site, url in shown.sites.items()]
    return (
        "<h2>Checks</h2>" + rows(checks, "None yet.") + "<h2>Plan</h2>" + rows(linked, "No pull request yet.")
        + "<h2>Deployments</h2>" + rows(deployments[:4], "None yet.")
        + "<h2>Website</h2>" + rows(sites, "None yet.")
    )  # fmt: skip


def _tells_of(pull: Issue, one: Issue) -> bool:
    return re.search(rf"#{one.number}\b", pull.body or "") is not None
