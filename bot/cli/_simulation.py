"""What a word by somebody would do now: the bot's own decision on an event that nobody sent, without the commit.

The database is opened for reading and GitHub is only looked at, so whatever is decided here stays here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any, cast

from bot.adapters.github.reading import looking
from bot.adapters.github.rest import GitHubRest
from bot.adapters.github.session import AppIdentity
from bot.app import FLOW, TIMEOUT, chance
from bot.cli._question import BadQuestion, Question, Supposed, Word, the_actor, the_case, the_word
from bot.commands import why
from bot.domain.approval import Verdict
from bot.domain.case import Case
from bot.domain.effects import Effect, Record
from bot.domain.facts import WordsNow
from bot.domain.gate import people_of, sources_of
from bot.domain.gates import PLAN
from bot.domain.knowledge import Knowledge, Owners, PolicyFile, Words, WorkflowFile
from bot.domain.ledger import chain
from bot.domain.next import NextStep, next_step
from bot.domain.people import Actor
from bot.domain.rights import rights_of
from bot.domain.turn import Turn
from bot.events.model import CommentCreated
from bot.handle import decided
from bot.ports import DoorAnswer, GitHub, Hands, Keys, Store
from bot.settings import Settings
from bot.store.reading import ReadStore, looking_at


@dataclass(frozen=True)
class Foreseen:
    """What would come of it."""

    question: Question
    word: Word
    before: Case
    after: Case
    """as the effects that are recorded would leave it"""
    effects: tuple[Effect, ...]
    gate: str
    """the gate that is decided at now"""
    verdict: Verdict
    """that gate, with the word"""
    known: Knowledge
    """what the verdict rests on"""
    step: NextStep

    @property
    def actor(self) -> Actor:
        """Who would say it."""
        return self.word.actor


class _Withheld:
    """What a simulation is not given: to reach for it is a mistake of ours, and says so."""

    def __getattr__(self, name: str) -> Any:
        raise BadQuestion(f"a simulation is not given the bot's keys, and something asked for `{name}`")


async def foresee(question: Question, settings: Settings) -> Foreseen:
    """What the bot would decide at the question's moment, with rights, words and files as GitHub has them now.

    Raises BadQuestion, StoreError, GitHubError.
    """
    identity = AppIdentity(settings.app_id, settings.private_key, settings.api_url)
    with looking_at(settings.database) as store:
        async with looking(identity, TIMEOUT) as session:
            hands = _hands(question, settings, store, GitHubRest(session))
            case = await the_case(question, store, hands)
            actor = await the_actor(question, case.repo, session)
            word = await the_word(question, case, actor, hands, session)
            if question.is_hypothetical:
                hands = replace(hands, github=cast(GitHub, Supposed(hands.github, actor, question)))
            effects = tuple(await decided(word, case, hands, FLOW))
            after = await _after(case, effects, hands)
            gate = case.gate.name if case.gate else PLAN
            known = await _known(word, after, gate, hands)
            verdict = why.verdict(Turn(case.key, question.at, after), known, gate)
            step = next_step(after, known.policy, question.at)
            return Foreseen(question, word, case, after, effects, gate, verdict, known, step)


def _hands(question: Question, settings: Settings, store: ReadStore, github: GitHubRest) -> Hands:
    return Hands(
        github=github,
        store=cast(Store, store),  # what writes is not there, and deciding asks for none of it
        keys=cast(Keys, _Withheld()),
        clock=lambda: question.at,
        chance=chance,
        answer=_no_door,
        settings={"operations": settings.operations, "url": settings.url},
    )


def _no_door(row: int, answer: DoorAnswer) -> None:
    raise BadQuestion(f"no door waits for row {row}, which was answered {answer.status}")


async def _after(case: Case, effects: tuple[Effect, ...], hands: Hands) -> Case:
    """The case once the records were stored."""
    lines = await hands.store.lines(case.key)
    records = [effect for effect in effects if isinstance(effect, Record)]
    lines += chain((record.entry for record in records), lines[-1], hands.clock())
    fresh = {hashlib.sha256(blob).hexdigest(): blob for record in records for blob in record.blobs}
    blobs = {digest: fresh.get(digest) or await hands.store.blob(digest) for digest in FLOW.blobs(lines)}
    found = FLOW.fold(case.key, lines, blobs.get)
    assert found is not None
    return found


async def _known(word: Word, after: Case, gate: str, hands: Hands) -> Knowledge:
    """What judging the gate afterwards takes, as for `/why`; the word itself stands as it was said."""
    source, said = _as_said(word)
    others = tuple(one for one in sources_of(after, gate) if one != source)
    needs = (PolicyFile(), WorkflowFile(), Owners(), Words(others), *rights_of(people_of(after, gate)))
    known = await FLOW.load(word, needs, after, hands)
    return replace(known, words={**known.words, source: said})


def _as_said(word: Word) -> tuple[str, WordsNow]:
    if isinstance(word, CommentCreated):
        digest = hashlib.sha256(word.body.encode("utf-8", "replace")).hexdigest()
        return f"comment:{word.comment_id}", WordsNow(word.actor.id, digest)
    return f"review:{word.review_id}", WordsNow(word.actor.id, "", state=word.state, commit=word.commit)
