"""Slash commands: what counts as one in a comment, and the record that each command is.

A command is the first line that is not blank, at column 0, `/word` in ASCII and its arguments; one per comment.
Quotes, code, HTML comments, lists and indented text are no commands, because their first line does not begin with
a slash at column 0. Whether the *author* of a comment may command is not the grammar's affair (T12, T13).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from bot.domain.case import Case, Opening
from bot.domain.knowledge import Knowledge, Need
from bot.domain.lifecycle import Phase
from bot.domain.people import Actor, Role
from bot.domain.turn import Turn

LINE_LIMIT = 2_000
"""A longer first line is no command: nobody types it."""

_WORD = re.compile(r"^/([A-Za-z][A-Za-z-]{0,30})(?:[ \t]+(.*))?$")
_FENCE = re.compile(r"(`{3,}(?=[^`]*$)|~{3,})")
_FENCE_END = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*")
_UNSURE = re.compile(r" {0,3}<| {1,3}(?:```|~~~)")
"""what begins HTML, or a fence that may end with the list around it: from there on what is a fence is a guess"""
_FURTHER = re.compile(r" {0,3}/([A-Za-z-]+)(?![A-Za-z/])")
_TOKEN = re.compile(r"^v([1-9][0-9]{0,5})-([0-9a-f]{12})$")


@dataclass(frozen=True)
class NoCommand:
    """The comment is conversation."""


@dataclass(frozen=True)
class Unknown:
    """The first token looks like a command and is none of ours."""

    word: str


@dataclass(frozen=True)
class TwoCommands:
    """More than one line of the comment would be a command: nothing is done, rather than half of it."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Invocation:
    """A command with the rest of its line, as written."""

    name: str
    arguments: str


def parse(body: str, known: Collection[str]) -> NoCommand | Unknown | TwoCommands | Invocation:
    """What the comment says to us; `known` are the commands there are, in lower case."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((n for n, line in enumerate(lines) if line.strip(" \t")), None)
    if first is None or len(lines[first]) > LINE_LIMIT:
        return NoCommand()
    match = _WORD.fullmatch(lines[first].rstrip(" \t"))
    if match is None:
        return NoCommand()
    name = match.group(1).lower()
    if name not in known:
        return Unknown(match.group(1))
    others = _further(lines[first + 1 :], known)
    return TwoCommands((name, *others)) if others else Invocation(name, (match.group(2) or "").strip(" \t"))


def _further(lines: list[str], known: Collection[str]) -> tuple[str, ...]:
    """The known commands that begin further lines outside of quotes and fenced code.

    Where a reader may see one it counts: a fence hides lines only at column 0, and above all that makes it unsure.
    """
    found: list[str] = []
    fence, is_sure = "", True
    for line in lines:
        if fence:
            end = _FENCE_END.fullmatch(line)
            fence = "" if end and end.group(1).startswith(fence) else fence
        elif is_sure and (mark := _FENCE.match(line)):
            fence = mark.group(1)
        elif (word := _FURTHER.match(line)) and word.group(1).lower() in known:
            found.append(word.group(1).lower())
        else:
            is_sure = is_sure and not _UNSURE.match(line)
    return tuple(found)


@dataclass(frozen=True)
class Token:
    """What `/approve` names: a plan's version and the first twelve digits of its digest (T58)."""

    version: int
    prefix: str


def token(text: str) -> Token | None:
    """The token, written exactly `v<version>-<12 lower-case hex>`; None for anything else."""
    match = _TOKEN.fullmatch(text) if text.isascii() else None
    return Token(int(match.group(1)), match.group(2)) if match else None


@dataclass(frozen=True)
class Asked:
    """A command in its comment: who said it, where, and with which words."""

    name: str
    arguments: str
    actor: Actor
    comment_id: int
    body_sha256: str
    number: int
    """issue or pull request that the comment stands on"""
    opening: Opening | None
    """the issue, where the comment stands on one: `/plan` may open a case with it"""


@dataclass(frozen=True)
class Command:
    """One slash command; a file in bot/commands ends in `COMMAND = Command(…)`."""

    name: str
    usage: str
    summary: str
    who: Role
    """the least role; a command that decides at a gate asks the policy as well"""
    phases: frozenset[Phase]
    examples: tuple[str, ...]
    needs: Callable[[Asked, Case | None], tuple[Need, ...]]
    decide: Callable[[Asked, Turn, Knowledge], None]
    at_gate: bool = False
    """it decides at a gate: it refuses by itself, with reason codes of its own, and hears everybody"""
