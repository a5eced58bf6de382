"""A comment: a command from a person, or an approval's own words changed under it."""

from __future__ import annotations

import hashlib

from bot.commands import command, names
from bot.decide.quiet import hush
from bot.domain.approval import Approval
from bot.domain.case import Case, Opening, Override
from bot.domain.command import Asked, Invocation, TwoCommands, Unknown, parse
from bot.domain.effects import React
from bot.domain.faults import Refused
from bot.domain.knowledge import Knowledge, Need, Permission, PolicyFile
from bot.domain.ledger import Entry
from bot.domain.lifecycle import Phase
from bot.domain.messages import UnknownCommand
from bot.domain.people import Role
from bot.domain.turn import Turn
from bot.domain.void import is_open, void
from bot.events.model import CommentChanged, CommentCreated


def needs(event: CommentCreated, case: Case | None) -> tuple[Need, ...]:
    """What the command in the comment needs; nothing for conversation."""
    said = parse(event.body, names())
    who = Permission(event.actor.id, event.actor.login)
    if case is not None and event.comment_id in case.seen_comments:
        return ()
    match said:
        case Invocation(name):
            if (case is None and name != "plan") or not _is_heard(event, name):
                return ()
            wanted = command(name).needs(asked(event, said), case)
            return (who, *(need for need in wanted if need != who)) if event.actor.is_person else wanted
        case Unknown() | TwoCommands():
            return (who,) if case is not None and event.actor.is_person else ()
        case _:
            return ()


def _is_heard(event: CommentCreated, name: str) -> bool:
    """People are heard; of what others say only an approval is answered, with a refusal that is recorded (T2)."""
    return event.actor.is_person or command(name).at_gate


def asked(event: CommentCreated, said: Invocation) -> Asked:
    """The command with who said it where; the body's digest is taken from the signed payload (T11)."""
    issue = event.issue
    opening = Opening(event.repo, issue.node_id, issue.number, issue.title, issue.author)
    return Asked(
        name=said.name,
        arguments=said.arguments,
        actor=event.actor,
        comment_id=event.comment_id,
        body_sha256=hashlib.sha256(event.body.encode("utf-8", "replace")).hexdigest(),
        number=issue.number,
        opening=None if issue.is_pull else opening,
    )


def decide(event: CommentCreated, turn: Turn, known: Knowledge) -> None:
    """Does what the command says, or answers why not; each comment counts once (T17)."""
    case = turn.known
    if event.actor.id == known.bot or (case is not None and event.comment_id in case.seen_comments):
        return
    _heard(event, turn, known)
    hush(event, case, turn, known)


def _heard(event: CommentCreated, turn: Turn, known: Knowledge) -> None:
    case = turn.known
    match parse(event.body, names()):
        case Invocation(name) as said:
            if _is_heard(event, name) and (case is not None or name == "plan"):
                _command(asked(event, said), turn, known)
        case TwoCommands(words):
            if case is not None and event.actor.is_person:
                line = f"write /{words[0]} in a comment of its own"
                why = f"one comment, one command; this one holds {', '.join('/' + word for word in words)}"
                refused = Refused("two_commands", event.actor.login, why, line)
                turn.refuse(event.comment_id, event.issue.number, words[0], refused)
        case Unknown(word):
            _unknown(event, word, turn, known)
        case _:
            pass


def _command(said: Asked, turn: Turn, known: Knowledge) -> None:
    found = command(said.name)
    if not found.at_gate:
        role = known.roles.get(said.actor.id, Role.NONE)
        phase = turn.known.phase if turn.known else Phase.DRAFT
        refused = None
        if role < found.who:
            why = f"your role here is {role.word}; this takes {found.who.word} or more"
            refused = Refused("no_role", said.actor.login, why, f"ask somebody with the {found.who.word} role")
        elif phase not in found.phases:
            why = f"this is {phase.value}"
            refused = Refused("wrong_phase", said.actor.login, why, "/status")
        if refused is not None:
            if turn.known is not None:
                turn.refuse(said.comment_id, said.number, said.name, refused)
            return
    found.decide(said, turn, known)


def _unknown(event: CommentCreated, word: str, turn: Turn, known: Knowledge) -> None:
    """A hint for members only; others may write about paths as they like."""
    if turn.known is None or known.roles.get(event.actor.id, Role.NONE) < Role.TRIAGE:
        return
    turn.do(React(f"react:{event.comment_id}", event.comment_id, "confused"))
    turn.reply(event.comment_id, UnknownCommand(word, names()), event.issue.number)


def needs_of_change(event: CommentChanged, case: Case | None) -> tuple[Need, ...]:
    """The policy, where an approval stands on the comment."""
    return (PolicyFile(),) if case is not None and _approval(event, case) else ()


def _approval(event: CommentChanged, case: Case) -> Approval | Override | None:
    source = f"comment:{event.comment_id}"
    said: tuple[Approval | Override, ...] = (*case.approvals, *case.overrides)
    return next((one for one in said if one.source == source), None)


def decide_change(event: CommentChanged, turn: Turn, known: Knowledge) -> None:
    """An approval or override whose comment is edited or deleted before it is used is withdrawn (T11)."""
    case = turn.known
    given = _approval(event, case) if case is not None else None
    if case is not None and given is None:
        _forestall(event, turn)
    if case is not None and given is not None and is_open(case, given):
        code = "words_gone" if event.action == "deleted" else "words_edited"
        void(turn, (given,), f"its comment was {event.action} by {event.actor.login}", known, event.actor, code)


def _forestall(event: CommentChanged, turn: Turn) -> None:
    """An approval whose change is heard of before the comment itself: when that comes, it has been seen (T20)."""
    said = parse(event.was, names())
    if event.comment_id in turn.case.seen_comments or not isinstance(said, Invocation):
        return
    if said.name not in {"approve", "override"}:
        return
    data = {"source": f"comment:{event.comment_id}", "comment": event.comment_id}
    why = f"its comment was {event.action} by {event.actor.login} before it was heard"
    turn.record(Entry("approval.withdrawn", data, event.actor, why))
