"""Whether a foreseen word counts, with its reason code, told by the effects that it would have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from bot.cli._simulation import Foreseen
from bot.domain.effects import Effect, Record, Say
from bot.domain.ledger import Entry
from bot.domain.messages import CommandRefused, UnknownCommand
from bot.domain.next import Await
from bot.domain.reasons import REASONS

_GIVEN = {"approval.given": "counts", "approval.objected": "objected", "override.used": "override"}
"""What is recorded of a word that counts at a gate → its reason code."""


@dataclass(frozen=True)
class Outcome:
    """`counts` at a gate, is `done`, `refused`, or `ignored`; `code` is one of `reasons.REASONS`, or ""."""

    name: Literal["counts", "done", "refused", "ignored"]
    code: str
    why: str
    next: str

    @property
    def is_good(self) -> bool:
        """Whether the word has its effect."""
        return self.name in {"counts", "done"}

    @property
    def meaning(self) -> str:
        """What the code means wherever it is met."""
        return REASONS[self.code].meaning if self.code in REASONS else ""


def outcome(foreseen: Foreseen) -> Outcome:
    """What the word comes to, told by the effects alone: an answer says it best, else what is recorded."""
    if not foreseen.effects:
        return Outcome(
            "ignored", "", "the bot does not hear it: it would record, answer and do nothing", "`/help`"
        )
    refused = [found for effect in foreseen.effects if (found := _refusal(effect))]
    answered = [found for found in refused if found.next]
    if refused:
        return next(iter(answered), replace(refused[0], next=_next_of(refused[0].code)))
    mine = (one.entry for one in records(foreseen) if one.entry.actor.id == foreseen.actor.id)
    code = next((_GIVEN[entry.type] for entry in mine if entry.type in _GIVEN), "")
    return Outcome("counts" if code else "done", code, "", step_of(foreseen))


def _refusal(effect: Effect) -> Outcome | None:
    match effect:
        case Say(message=CommandRefused(_, refused)):
            return Outcome("refused", refused.code, refused.why, refused.next)
        case Say(message=UnknownCommand(said)):
            return Outcome("refused", "", f"there is no command `/{said}`", "`/help`")
        case Record(Entry("approval.refused", data, _, because)):
            return Outcome("refused", data["code"], because, "")
        case Record(Entry("briefing.refused", _, _, because)):
            return Outcome("refused", "", because or "the briefing has faults", "edit the issue")
    return None


def _next_of(code: str) -> str:
    return REASONS[code].next if code in REASONS else "`/help`"


def records(foreseen: Foreseen) -> Iterator[Record]:
    """What would be appended to the ledger."""
    return (effect for effect in foreseen.effects if isinstance(effect, Record))


def step_of(foreseen: Foreseen) -> str:
    """What comes next for the case afterwards, in words."""
    step = foreseen.step
    if isinstance(step, Await):
        return " — ".join(part for part in (step.what, step.line) if part)
    return "it goes on by itself"
