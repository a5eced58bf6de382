"""Who is in the scene, on which repositories, with which briefing and policy; and how effects are looked at."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from bot.domain.effects import Effect, Say
from bot.domain.messages import CommandRefused
from bot.domain.people import Actor, Repo, Role
from bot.domain.policy import Policy, parse
from bot.load import blueprints
from executors.protocol.operation import SwitchRelease, WebRoot
from tests.bot.domain.acme import example

REPO = Repo(101, "acme/website", 7)
OPS = Repo(102, "acme/millwright-ops", 7)
BOT = Actor(900, "millwright[bot]", "Bot")
AUTHOR, BOSS, LEAD = Actor(1, "anna"), Actor(2, "bert"), Actor(3, "cleo")
OUTSIDER, TRIAGER = Actor(4, "dora"), Actor(5, "emil")
ROLES = {1: Role.WRITE, 2: Role.MAINTAIN, 3: Role.ADMIN, 4: Role.READ, 5: Role.TRIAGE}
BLOB = "a" * 40
START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)

E = TypeVar("E")


@cache
def shipped() -> dict[str, Any]:
    return blueprints.all_of_them()


@cache
def policy_of(text: str) -> Policy:
    found = parse(text)
    assert isinstance(found, Policy), found
    return found


def briefing(**changes: str) -> str:
    text = example()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return f"```yaml\n{text}\n```\n"


def switch(release: str | None = "v2") -> dict[str, Any]:
    return SwitchRelease(at=WebRoot(path="/srv/www/acme"), release=release).to_json()


def of(kind: type[E], effects: list[Effect]) -> list[E]:
    return [effect for effect in effects if isinstance(effect, kind)]


def refusal(effects: list[Effect]) -> str:
    """The code of the refusal that was replied, "" where none was."""
    codes = [say.message.refused.code for say in of(Say, effects) if isinstance(say.message, CommandRefused)]
    return codes[0] if codes else ""
