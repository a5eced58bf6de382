"""`/approve v3-1a2b3c4d5e6f`: one person allows exactly one version of the plan to be carried out.

`/approve <gate> v3-1a2b3c4d5e6f` is the same at another gate: one of the policy's own, or `rollback`, to take back
what cannot simply be taken back.
"""

from __future__ import annotations

import re

from bot.domain import decision
from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.consent import word_of
from bot.domain.decision import Yes
from bot.domain.gates import PLAN
from bot.domain.knowledge import Knowledge, Need
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from bot.domain.turn import Turn

_GATE = re.compile(r"([a-z0-9][a-z0-9_-]{0,59})(?:[ \t]+(.*))?", re.ASCII)
_TOKENLIKE = re.compile(r"[vV]?[0-9]+(-.*)?|[0-9a-fA-F]{12,}")


def said(arguments: str) -> tuple[str, str]:
    """The gate and the token that the words name; what looks like a token is one, at the gate `plan`."""
    found = _GATE.fullmatch(arguments)
    if found is None or _TOKENLIKE.fullmatch(found[1]):
        return PLAN, arguments
    return found[1], (found[2] or "").strip()


def needs(asked: Asked, case: Case | None) -> tuple[Need, ...]:
    """The approver's rights as they are now, the policy, and the workflow the plan is pinned to."""
    return () if case is None or not asked.actor.is_person else decision.needs(asked.actor, case)


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Records the approval and goes on, or refuses with a reason code."""
    gate, token = said(asked.arguments)
    decision.decide(Yes(word_of(asked), gate, token), turn, known)


COMMAND = Command(
    name="approve",
    usage="/approve [gate] v<version>-<hash>",
    summary="Allow exactly this version of the plan to be carried out, or what waits at another gate.",
    who=Role.WRITE,
    phases=frozenset({Phase.VALIDATED, Phase.PREVIEWING, Phase.WAITING}),
    examples=("/approve v1-1a2b3c4d5e6f", "/approve rollback v1-1a2b3c4d5e6f"),
    needs=needs,
    decide=decide,
    at_gate=True,
)
