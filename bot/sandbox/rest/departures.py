"""How an issue leaves its repository: transferred or deleted, which GitHub has on the web and in GraphQL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.sandbox.access import require
from bot.sandbox.answers import Refusal, not_found
from bot.sandbox.rest.threading import tell
from bot.sandbox.shapes import issues
from bot.sandbox.shapes.repository import repository
from bot.sandbox.state import Repository
from bot.sandbox.threads import Issue

if TYPE_CHECKING:
    from bot.sandbox.call import Call


def _issue(found: Repository, number: int) -> Issue:
    issue = found.issues.get(number)
    if issue is None:
        raise not_found()
    if issue.pull is not None:
        raise Refusal(422, "Pull requests can be neither transferred nor deleted.")
    return issue


async def transfer(call: Call, found: Repository, number: int, to: Repository) -> Issue:
    """The issue under its new number in another repository of the same owner; takes write on both.

    It has another id, its comments too; labels that are not there by name are dropped. `issues.transferred` tells
    of it where it was, `issues.opened` where it is. See
    https://docs.github.com/issues/tracking-your-work-with-issues/administering-issues/transferring-an-issue-to-another-repository
    """
    for one in (found, to):
        require(call.world, call.identity, one, "issues", "write", "write")
    old = _issue(found, number)
    if found.owner_id != to.owner_id or (found.private and not to.private) or found.id == to.id:
        raise Refusal(
            422, "An issue goes to another repository of the same owner, from a private one to a private."
        )
    new = _copy(call, old, to)
    old_home, old_shown = repository(call.world, found), issues.issue(call.world, found, old)
    del found.issues[number]
    found.moved[number], to.issues[new.number] = (to.id, new.number), new
    changes = {"new_issue": issues.issue(call.world, to, new), "new_repository": repository(call.world, to)}
    call.emit(found, "issues", "transferred", {"issue": old_shown, "changes": changes})
    await tell(call, to, new, "opened", {"changes": {"old_issue": old_shown, "old_repository": old_home}})
    return new


def _copy(call: Call, old: Issue, to: Repository) -> Issue:
    number, next_id = to.next_number(), call.world.next_id
    comments = [replace(one, id=next_id(), issue_number=number) for one in old.comments.values()]
    labels = [name for name in old.labels if name.lower() in to.labels]
    return replace(
        old, id=next_id(), number=number, updated_at=call.world.now(), labels=labels,
        comments={one.id: one for one in comments}, reactions=list(old.reactions),
        assignee_ids=list(old.assignee_ids),
    )  # fmt: skip


async def delete(call: Call, found: Repository, number: int) -> None:
    """Delete an issue for good; takes admin. From then on it is 410 Gone.

    See https://docs.github.com/issues/tracking-your-work-with-issues/administering-issues/deleting-an-issue
    """
    require(call.world, call.identity, found, "issues", "write", "admin")
    issue = _issue(found, number)
    del found.issues[number]
    found.gone.add(number)
    await tell(call, found, issue, "deleted")
