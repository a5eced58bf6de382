"""Reactions to issues and comments; GitHub sends no webhooks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.answers import Refusal, choice, no_content, not_found, ok
from bot.sandbox.call import Call, bind
from bot.sandbox.rest.comments import comment_of
from bot.sandbox.rest.threading import subject
from bot.sandbox.shapes import issues
from bot.sandbox.shapes.issues import CONTENTS
from bot.sandbox.threads import Reaction

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ROOT = "/repos/{owner}/{repo}/issues"
OF_COMMENT = ROOT + "/comments/{id}/reactions"
OF_ISSUE = ROOT + "/{number}/reactions"


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/reactions."""
    return bind(sandbox, [
        ("GET", OF_COMMENT, of_comment),
        ("POST", OF_COMMENT, to_comment),
        ("DELETE", f"{OF_COMMENT}/{{reaction}}", off_comment),
        ("GET", OF_ISSUE, of_issue),
        ("POST", OF_ISSUE, to_issue),
        ("DELETE", f"{OF_ISSUE}/{{reaction}}", off_issue),
    ])  # fmt: skip


def _listed(call: Call, given: list[Reaction]) -> web.Response:
    wanted = call.query("content")
    mine = [r for r in given if wanted in ("", r.content)]
    return call.page(mine, lambda r: issues.reaction(call.world, r))


def _given(call: Call, given: list[Reaction]) -> web.Response:
    """201 for a new reaction, 200 for one that stood there already."""
    content = choice(call.body, "content", CONTENTS)
    for held in given:
        if (held.account_id, held.content) == (call.actor.id, content):
            return ok(issues.reaction(call.world, held))
    made = Reaction(call.world.next_id(), call.actor.id, content, call.world.now())
    given.append(made)
    return ok(issues.reaction(call.world, made), 201)


def _removed(call: Call, given: list[Reaction]) -> web.Response:
    for held in given:
        if held.id == call.number("reaction"):
            if held.account_id != call.actor.id:
                raise Refusal(403, "Must have admin rights to Repository.")
            given.remove(held)
            return no_content()
    raise not_found()


async def of_comment(call: Call) -> web.Response:
    """A comment's reactions."""
    return _listed(call, comment_of(call, "read")[1].reactions)


async def to_comment(call: Call) -> web.Response:
    """React to a comment."""
    return _given(call, comment_of(call, "write")[1].reactions)


async def off_comment(call: Call) -> web.Response:
    """Take one's reaction to a comment back."""
    return _removed(call, comment_of(call, "write")[1].reactions)


async def of_issue(call: Call) -> web.Response:
    """An issue's reactions."""
    return _listed(call, subject(call, "read")[1].reactions)


async def to_issue(call: Call) -> web.Response:
    """React to an issue."""
    return _given(call, subject(call, "write")[1].reactions)


async def off_issue(call: Call) -> web.Response:
    """Take one's reaction to an issue back."""
    return _removed(call, subject(call, "write")[1].reactions)
