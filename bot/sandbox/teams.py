"""Teams of an organisation, which may stand below each other."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Team:
    """A team of an organisation, maybe below another; `members` is user id → maintainer|member.

    `invited` wait until they are in the organisation; `repositories` is repository id → role.
    """

    id: int
    organisation_id: int
    slug: str
    name: str
    members: dict[int, str] = field(default_factory=dict)
    repositories: dict[int, str] = field(default_factory=dict)
    invited: dict[int, str] = field(default_factory=dict)
    parent_id: int | None = None
