"""A notice as a mail: subject, plain text and HTML.

Titles are other people's words. In them nothing is a line of its own, invisible, or an address that a mail program
would make a link of; the HTML escapes every value.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from bot.domain.notice import Amount, Notice
from bot.say.encode import cut, inert, visible
from bot.say.picture import PHASES

TITLE, LINE = 120, 250
"""Characters of a title and of a thing that remains."""


@dataclass(frozen=True)
class MailWords:
    """What a mail says; the subject is one line."""

    subject: str
    text: str
    html: str


def mail(notice: Notice, evidence_url: str = "", evidence_sha256: str = "") -> MailWords:
    """The mail about the notice; the evidence where it is sealed."""
    values: dict[str, Any] = {
        "id": _line(notice.id, 40),
        "title": _line(notice.title, TITLE),
        "what": _what(notice),
        "sign": PHASES.get("rolled_back" if notice.news == "rolled_back" else notice.outcome, ""),
        "tone": _TONES.get(notice.news, "waits"),
        "repository": notice.repository,
        "when": f"{notice.at[:16].replace('T', ' ')} UTC",
        "residue": [_line(one, LINE) for one in notice.residue],
        "more": notice.more,
        "left": _left(notice),
        "cost": _cost(notice.cost),
        "url": notice.url,
        "links": _links(notice, evidence_url),
        "evidence_sha256": evidence_sha256,
    }
    subject = f"{values['sign']} {values['id']} {values['what']}: {values['title']}".strip()
    text, html = (_environment(name).get_template(f"notice.{name}.j2").render(values) for name in ("txt", "html"))
    return MailWords(subject, text, html)


def _what(notice: Notice) -> str:
    """How it ended, in a few words."""
    if notice.news == "gate.opened":
        return f"waits for a decision at the gate {notice.gate}"
    if notice.news == "rolled_back" and notice.kept:
        return f"taken back down to step {notice.kept}, which stands"
    return _OUTCOMES[notice.news]


def _left(notice: Notice) -> str:
    """What is to be said where nothing is listed that remains."""
    if notice.news == "failed" or notice.kept:
        return "What was done before may stand: the issue says what, and how it is taken back."
    return "Nothing remains: everything was taken back." if notice.news == "rolled_back" else ""


_OUTCOMES = {"completed": "done", "failed": "failed", "rolled_back": "taken back", "cancelled": "cancelled"}
_TONES = {"completed": "good", "failed": "bad"}


def _cost(cost: Amount | None) -> str:
    """The amount; at least that where some of it is unknown, and unknown where all of it is."""
    if cost is None:
        return ""
    return "unknown" if cost.amount is None else f"{'' if cost.is_whole else '≥ '}{cost.amount} {cost.currency}"


def _links(notice: Notice, evidence: str) -> list[tuple[str, str]]:
    found = (("Issue", notice.issue), ("Plan", notice.pull), ("Evidence", evidence))
    return [(name, address) for name, address in found if address]


def _line(text: str, limit: int) -> str:
    return cut(inert(" ".join(visible(text).split())), limit).replace("www.", "www\u2024")


def _source(name: str) -> str:
    return (files("templates") / "mail" / name).read_text("utf-8")


@cache
def _environment(name: str) -> Environment:
    return Environment(
        loader=FunctionLoader(_source),
        autoescape=name == "html",  # noqa: S701 - plain text is no HTML; of the HTML every value is escaped
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
