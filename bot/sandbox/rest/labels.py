"""Labels of a repository and of an issue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.access import require
from bot.sandbox.answers import Json, Refusal, failed, list_field, no_content, not_found, ok, required, text_field
from bot.sandbox.call import Call, bind
from bot.sandbox.rest.threading import tell, touched
from bot.sandbox.shapes import repository
from bot.sandbox.state import Label, Repository
from bot.sandbox.threads import Issue

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

ROOT = "/repos/{owner}/{repo}"
OF_ISSUE = ROOT + "/issues/{number}/labels"


def routes(sandbox: Sandbox) -> list[web.RouteDef]:
    """Routes of this subject; see https://docs.github.com/rest/issues/labels."""
    return bind(sandbox, [
        ("GET", f"{ROOT}/labels", listing),
        ("POST", f"{ROOT}/labels", create),
        ("GET", f"{ROOT}/labels/{{name}}", show),
        ("PATCH", f"{ROOT}/labels/{{name}}", change),
        ("DELETE", f"{ROOT}/labels/{{name}}", delete),
        ("GET", OF_ISSUE, of_issue),
        ("POST", OF_ISSUE, add),
        ("PUT", OF_ISSUE, replace),
        ("DELETE", OF_ISSUE, clear),
        ("DELETE", f"{OF_ISSUE}/{{name}}", remove),
    ])  # fmt: skip


def shape(call: Call, found: Repository, one: Label) -> Json:
    """A label as GitHub shows it."""
    return repository.label(call.world, found, one)


def _label(call: Call, found: Repository) -> Label:
    one = found.labels.get(call.part("name").lower())
    if one is None:
        raise not_found()
    return one


async def listing(call: Call) -> web.Response:
    """All labels of a repository."""
    found = call.repository("issues|pull_requests", "read")
    return call.page(found.labels.values(), lambda one: shape(call, found, one))


async def create(call: Call) -> web.Response:
    """Make a label."""
    found, name = call.repository("issues|pull_requests", "write", "write"), required(call.body, "name")
    if name.lower() in found.labels:
        raise failed("Label", "name", "already_exists")
    color = text_field(call.body, "color") or "ededed"
    if not re.fullmatch(r"[0-9a-fA-F]{6}", color):
        raise failed("Label", "color", "invalid")
    description = text_field(call.body, "description")
    if description is not None and len(description) > 100:
        raise failed("Label", "description", "custom", "description is too long (maximum is 100 characters)")
    one = Label(call.world.next_id(), name, color, description)
    found.labels[name.lower()] = one
    call.emit(found, "label", "created", {"label": shape(call, found, one)})
    return ok(shape(call, found, one), 201)


async def show(call: Call) -> web.Response:
    """One label."""
    found = call.repository("issues|pull_requests", "read")
    return ok(shape(call, found, _label(call, found)))


async def change(call: Call) -> web.Response:
    """Rename, recolour or describe a label; issues keep it under its new name."""
    found = call.repository("issues|pull_requests", "write", "write")
    one, changes = _label(call, found), {}
    for field, given in (("name", "new_name"), ("color", "color"), ("description", "description")):
        value = text_field(call.body, given)
        if value is not None and value != getattr(one, field):
            changes[field] = {"from": getattr(one, field)}
            if field == "name":
                _rename(found, one, value)
            setattr(one, field, value)
    call.emit(found, "label", "edited", {"label": shape(call, found, one), "changes": changes})
    return ok(shape(call, found, one))


def _rename(found: Repository, one: Label, name: str) -> None:
    for issue in found.issues.values():
        issue.labels = [name if held.lower() == one.name.lower() else held for held in issue.labels]
    found.labels[name.lower()] = found.labels.pop(one.name.lower())


async def delete(call: Call) -> web.Response:
    """Remove a label from the repository and all its issues."""
    found = call.repository("issues|pull_requests", "write", "write")
    one = _label(call, found)
    for issue in found.issues.values():
        issue.labels = [held for held in issue.labels if held.lower() != one.name.lower()]
    del found.labels[one.name.lower()]
    call.emit(found, "label", "deleted", {"label": shape(call, found, one)})
    return no_content()


def names_in(items: Iterable[object]) -> list[str]:
    """Label names given as strings or as objects with a name."""
    names = [item.get("name") if isinstance(item, dict) else item for item in items]
    if not all(isinstance(name, str) and name for name in names):
        raise failed("Label", "name", "missing_field")
    return [str(name) for name in names]


def made_sure_of(call: Call, found: Repository, name: str) -> Label:
    """The label of that name, made if need be."""
    if name.lower() not in found.labels:
        found.labels[name.lower()] = made = Label(call.world.next_id(), name)
        call.emit(found, "label", "created", {"label": shape(call, found, made)})
    return found.labels[name.lower()]


async def put_on(call: Call, found: Repository, issue: Issue, names: Iterable[str]) -> None:
    """Put labels on an issue, making those that the repository lacks; one `labeled` event each."""
    for name in names:
        one = made_sure_of(call, found, name)
        if one.name not in issue.labels:
            issue.labels.append(one.name)
            touched(call, issue)
            await tell(call, found, issue, "labeled", {"label": shape(call, found, one)})


async def take_off(call: Call, found: Repository, issue: Issue, names: Iterable[str]) -> None:
    """Take labels off an issue; one `unlabeled` event each."""
    for name in list(names):
        one = found.labels[name.lower()]
        issue.labels.remove(one.name)
        touched(call, issue)
        await tell(call, found, issue, "unlabeled", {"label": shape(call, found, one)})


def _issue(call: Call, level: str) -> tuple[Repository, Issue]:
    found = call.repository("issues|pull_requests", level, "triage" if level == "write" else "read")
    issue = call.issue(found)
    if issue.pull is None:
        require(call.world, call.identity, found, "issues", level, "triage" if level == "write" else "read")
    return found, issue


def _held(call: Call, found: Repository, issue: Issue) -> web.Response:
    return call.page([found.labels[name.lower()] for name in issue.labels], lambda one: shape(call, found, one))


async def of_issue(call: Call) -> web.Response:
    """An issue's labels."""
    return _held(call, *_issue(call, "read"))


async def add(call: Call) -> web.Response:
    """Put labels on an issue."""
    found, issue = _issue(call, "write")
    await put_on(call, found, issue, names_in(list_field(call.body, "labels")))
    return _held(call, found, issue)


async def replace(call: Call) -> web.Response:
    """Give an issue just these labels."""
    found, issue = _issue(call, "write")
    await set_all(call, found, issue, names_in(list_field(call.body, "labels")))
    return _held(call, found, issue)


async def set_all(call: Call, found: Repository, issue: Issue, names: list[str]) -> None:
    """Take off what is not named, put on what is."""
    wanted = {name.lower() for name in names}
    await take_off(call, found, issue, [name for name in issue.labels if name.lower() not in wanted])
    await put_on(call, found, issue, names)


async def clear(call: Call) -> web.Response:
    """Take all labels off an issue."""
    found, issue = _issue(call, "write")
    await take_off(call, found, issue, issue.labels)
    return no_content()


async def remove(call: Call) -> web.Response:
    """Take one label off an issue; 404 when it does not carry it."""
    found, issue = _issue(call, "write")
    one = found.labels.get(call.part("name").lower())
    if one is None or one.name not in issue.labels:
        raise Refusal(404, "Label does not exist")
    await take_off(call, found, issue, [one.name])
    return _held(call, found, issue)
