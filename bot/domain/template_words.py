"""A pull request with templates of an organisation's own, and what the check run `millwright / template` says.

The template of its words is checks/template.md.j2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.faults import Fault
from bot.domain.own_templates import FOLDER
from bot.domain.people import Repo

MOST = 5
"""Templates of one pull request that are looked at."""
_EXTERNAL = re.compile(r"repo:[0-9]{1,16}/template/([1-9][0-9]{0,9})-([0-9a-f]{40,64})-[0-9a-f]{8}")
_NAME = re.compile(re.escape(FOLDER) + r"/([a-z][a-z0-9_]{0,63})/.+")


@dataclass(frozen=True)
class ProposedTemplates:
    """The need for the own templates that a pull request touches; answers `templates_proposed`."""

    number: int
    head: str


@dataclass(frozen=True)
class TemplateProposal:
    """What a pull request does: the folders below `.millwright/templates/` that it touches, `MOST` at most."""

    number: int
    head: str
    repo: Repo
    folders: tuple[str, ...]
    more: int
    """how many more it touches"""
    fork: bool
    """whether its head is in another repository, so that whoever wrote it need not have any right here"""


@dataclass(frozen=True)
class TemplateSeen:
    """What came of one template: its faults, or the pages of its sample with their bytes."""

    folder: str
    faults: tuple[Fault, ...] = ()
    """with `file` filled in for each"""
    pages: tuple[tuple[str, int], ...] = ()
    notices: tuple[str, ...] = ()
    size: int = 0
    """bytes of everything but pictures"""
    pictures: int = 0
    """pictures of the sample, which are not drawn here"""
    gone: bool = False
    """whether the pull request takes it out"""


@dataclass(frozen=True)
class TemplatesChecked:
    """All of them."""

    seen: tuple[TemplateSeen, ...]
    fork: bool = False
    more: int = 0


def folders_in(paths: Iterable[str]) -> tuple[str, ...]:
    """The folders of the templates that files of these paths belong to, sorted."""
    names = {found[1] for path in paths if (found := _NAME.fullmatch(path))}
    return tuple(f"{FOLDER}/{name}" for name in sorted(names))


def asked_again(external: str) -> ProposedTemplates | None:
    """The pull request and head in the external id of one of our check runs of templates."""
    found = _EXTERNAL.fullmatch(external)
    return ProposedTemplates(int(found[1]), found[2]) if found else None


def external_id(repository: int, number: int, head: str, mark: str) -> str:
    """What `asked_again` reads; `mark` (8 hex) tells one outcome from another on the same head."""
    return f"repo:{repository}/template/{number}-{head}-{mark}"
