"""The forms: to answer in a thread and to open an issue, as any of the people."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.sandbox.server import Sandbox
from bot.sandbox.state import Repository
from bot.sandbox.threads import Issue
from bot.sandbox.web.frame import e, page, rows
from bot.sandbox.web.shown import Shown

ALWAYS = ("/help", "/status", "/why", "/audit")
"""Commands that may be said at any time."""
_COMMAND = re.compile(r"(?:^|`)(/[a-z]+(?: v\d+-[0-9a-f]{12})?)(?:`|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Try:
    """What was sent before: who was chosen, and what GitHub said to it where it refused."""

    said_as: str = ""
    refused: str = ""


def answer(sandbox: Sandbox, shown: Shown, found: Repository, one: Issue, last: Try) -> str:
    """Where one answers, as any of the people."""
    offered = dict.fromkeys([*_asked(one), *ALWAYS])
    buttons = " ".join(f'<button type="button" data-say="{e(line)}">{e(line)}</button>' for line in offered)
    return (
        f'<form id="answer" method="post" action="/{e(sandbox.world.full_name(found))}/issues/{one.number}">'
        + (f'<p class="refused" role="alert">{e(last.refused)}</p>' if last.refused else "")
        + f"<p><label>Speak as {_chooser(sandbox, shown, found, last.said_as)}</label></p>"
        + f'<p class="offered" id="offered">{buttons}</p>'
        '<p><label for="body">Comment</label><textarea id="body" name="body" rows="4" required></textarea></p>'
        '<p><button class="button">Comment</button></p></form>'
    )


def _asked(one: Issue) -> list[str]:
    """The commands that the first comment of an App offers, which it keeps up to date."""
    ours = [comment.body for comment in one.comments.values() if comment.app_id is not None]
    return [line for body in ours[:1] for line in _COMMAND.findall(body)][:4]


def _chooser(sandbox: Sandbox, shown: Shown, found: Repository, chosen: str) -> str:
    """A choice of people, each with the right that counts here."""
    world = sandbox.world
    options = ""
    for login, words in shown.people.items():
        account = world.account(login)
        if account is not None:
            mark = " selected" if login == chosen else ""
            role = world.role(found, account.id)
            options += f'<option value="{e(login)}"{mark}>{e(login)} ({e(role)}): {e(words)}</option>'
    return f'<select name="as">{options}</select>'


def new(sandbox: Sandbox, shown: Shown, found: Repository, draft: str, last: Try) -> str:
    """The form for a new issue, filled with a draft where one is chosen."""
    name = sandbox.world.full_name(found)
    links = [f'<a href="?draft={n}">{e(title)}</a>' for n, title in enumerate(shown.drafts)]
    labels = " ".join(f'<span class="label">{e(label)}</span>' for label in shown.labels)
    body = (
        f"<h1>New issue</h1><p>Begin with an example, change what you like, and send it.</p>{rows(links, 'None.')}"
    )
    below = (
        f'<form id="answer" method="post" action="/{e(name)}/issues/new">'
        + (f'<p class="refused" role="alert">{e(last.refused)}</p>' if last.refused else "")
        + f"<p><label>Speak as {_chooser(sandbox, shown, found, last.said_as)}</label></p>"
        f'<p><label for="title">Title</label><input id="title" name="title" required value="{e(draft)}"></p>'
        f'<p><label for="body">Text</label><textarea id="body" name="body" rows="24">'
        f"{e(shown.drafts.get(draft, ''))}</textarea></p>"
        f'<p>Labels: {labels}</p><p><button class="button">Open the issue</button></p></form>'
    )
    return page("New issue", [(f"/{name}", name)], body, "", below)
