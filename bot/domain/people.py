"""Who acts, and with which rights: numeric ids decide, names are only shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal


class Role(IntEnum):
    """A person's role on a repository, weakest first (GitHub's `role_name`)."""

    NONE = 0
    READ = 1
    TRIAGE = 2
    WRITE = 3
    MAINTAIN = 4
    ADMIN = 5

    @classmethod
    def parse(cls, name: str) -> Role:
        """The role of GitHub's `role_name`; custom roles count as what they are not below: READ."""
        return cls[name.upper()] if name.upper() in cls.__members__ else cls.READ

    @property
    def word(self) -> str:
        """The role as people write it."""
        return self.name.lower()


@dataclass(frozen=True)
class Actor:
    """An account that did something; `via_app` when an App did it in the account's name."""

    id: int
    login: str
    kind: Literal["User", "Bot", "Organization", "Mannequin"] = "User"
    via_app: bool = False

    @property
    def is_person(self) -> bool:
        """Whether a human being acted directly (T2)."""
        return self.kind == "User" and not self.via_app


@dataclass(frozen=True)
class Repo:
    """A repository as an event names it."""

    id: int
    name: str
    """`owner/name`"""
    installation: int
    private: bool = False
    default_branch: str = "main"

    @property
    def owner(self) -> str:
        """The account that owns it."""
        return self.name.split("/", 1)[0]


NOBODY = Actor(id=0, login="millwright", kind="Bot")
"""The bot itself, where no person acted: timers, policy, results."""
