"""`/help`: what this person may do here and now."""

from __future__ import annotations

from bot import commands
from bot.domain.case import Case
from bot.domain.command import Asked, Command
from bot.domain.gates import PLAN, ask
from bot.domain.knowledge import Knowledge, Need, Permission, PolicyFile, TeamsOf
from bot.domain.lifecycle import Phase
from bot.domain.messages import HelpReply, HelpRow
from bot.domain.people import Role
from bot.domain.rights import basis, standing
from bot.domain.turn import Turn


def needs(asked: Asked, _: Case | None) -> tuple[Need, ...]:
    """The asker's rights."""
    who = asked.actor
    return (Permission(who.id, who.login), TeamsOf(who.id, who.login), PolicyFile())


def decide(asked: Asked, turn: Turn, known: Knowledge) -> None:
    """Replies with every command, allowed or with the reason why not."""
    role = known.roles.get(asked.actor.id, Role.NONE)
    rows = tuple(_row(command, asked, turn.case, known) for command in commands.commands())
    reply = HelpReply(asked.actor.login, role.word, turn.case.phase.value, rows)
    turn.reply(asked.comment_id, reply, asked.number)


def _row(command: Command, asked: Asked, case: Case, known: Knowledge) -> HelpRow:
    role = known.roles.get(asked.actor.id, Role.NONE)
    may = role >= command.who
    if command.at_gate and known.policy is not None:
        who = standing(known, asked.actor.id, asked.actor.login)
        at = ask(case, known.policy, case.gate.name if case.gate else PLAN)
        may = at is not None and basis(at.approvers, who) is not None
    because = ""
    if not may:
        because = "the policy's approvers only" if command.at_gate else f"needs {command.who.word} role or more"
    elif case.phase not in command.phases:
        because = f"not while {case.phase.value}"
    return HelpRow(command.usage, command.summary, not because, because)


COMMAND = Command(
    name="help",
    usage="/help",
    summary="List what you may do here and now.",
    who=Role.READ,
    phases=frozenset(Phase),
    examples=("/help",),
    needs=needs,
    decide=decide,
)
