"""Webhooks of a case's life: the issue with its briefing, then what people do to it, serially numbered."""

from __future__ import annotations

import json
from typing import Any

from bot.ports import NewRow
from tests.bench.at_once import ANNA, BODY

MIX = (
    "4 of 10 a comment, 1 edited, 2 commands (/status, /help), 1 reaction's edit of the issue, "
    "1 label, 1 assignment"
)
PERSON = {"id": ANNA, "login": "anna", "type": "User"}


def opened(case: int) -> NewRow:
    """The issue is opened with its label: it is planned."""
    return _row(case, 0, "issues", {"action": "opened"})


def event(case: int, serial: int) -> NewRow:
    """The case's event of that number, by turns of the mix."""
    turn = serial % 10
    if turn in {0, 2, 4, 6}:
        return _comment(case, serial, "Thank you, that looks fine to me.")
    if turn == 1:
        return _comment(case, serial, "Thank you, that looks fine.", action="edited")
    if turn in {3, 8}:
        return _comment(case, serial, "/status" if turn == 3 else "/help")
    action = {5: "edited", 7: "labeled", 9: "assigned"}[turn]
    more: dict[str, Any] = {"label": {"name": "priority"}} if action == "labeled" else {}
    return _row(case, serial, "issues", {"action": action, "changes": {}} | more)


def _comment(case: int, serial: int, text: str, action: str = "created") -> NewRow:
    comment = {"id": case * 1_000 + serial, "body": text, "user": PERSON, "created_at": "2026-05-04T09:00:00Z"}
    value = {"action": action, "comment": comment}
    return _row(
        case,
        serial,
        "issue_comment",
        value | ({"changes": {"body": {"from": "x"}}} if action != "created" else {}),
    )


def _row(case: int, serial: int, kind: str, value: dict[str, Any]) -> NewRow:
    issue = {
        "node_id": f"I_{case}",
        "number": case,
        "title": "A website",
        "body": BODY,
        "user": PERSON,
        "state": "open",
        "labels": [{"name": "capability:business"}],
        "created_at": "2026-05-04T09:00:00Z",
    }
    whole = {
        "issue": issue,
        "repository": {"id": 101, "full_name": "acme/website", "private": False},
        "installation": {"id": 7},
        "sender": PERSON,
        "serial": serial,
    }
    return NewRow("github", kind, f"{case}-{serial}", json.dumps(whole | value).encode())


def case_of(row: NewRow) -> tuple[int, int]:
    """Case and serial of one of these."""
    case, _, serial = row.delivery.partition("-")
    return int(case), int(serial)
