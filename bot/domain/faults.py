"""What is wrong with something a person wrote, field by field, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One mistake: `path` names the field (`website_config.domain`), `line` counts from 1 where it is known."""

    path: str
    message: str
    next: str = ""
    line: int | None = None
    file: str = ""
    """where it stands, if not in the file that was read for itself: an organisation's defaults"""


@dataclass(frozen=True)
class Refused:
    """No, with a reason code, who was refused, why, and what to do next."""

    code: str
    who: str
    why: str
    next: str
