"""A case that lives: the real decide and fold over a ledger in memory, and a GitHub that is a record of facts.

`tell` hands an event to `decide`, stores what it records, performs nothing but notes what effects would have made,
so that tests read as stories and look at effects.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.decide import decide, needs
from bot.domain.case import Case, LegRun
from bot.domain.codeowners import Codeowners
from bot.domain.effects import Answer, Dispatch, Effect, Record, Tell, Timer
from bot.domain.facts import AroundNow, ArtifactFacts, IssueFacts, PullFacts, RunFacts, WordsNow
from bot.domain.fold import fold, needed_blobs
from bot.domain.knowledge import Knowledge
from bot.domain.ledger import Entry, Line, chain
from bot.domain.leg import environment_of, leg_of
from bot.domain.own_templates import OwnTemplate
from bot.domain.people import Actor, Role
from bot.events.model import (
    ClaimReceived,
    CommentChanged,
    CommentCreated,
    DoneReceived,
    Event,
    Issue,
    IssueChanged,
    Job,
    JournalReceived,
    ReviewChanged,
    RunChanged,
    TimerDue,
)
from executors.protocol.journal import JournalLine, LegFinished, LegStarted, Looked, StepFinished, StepStarted
from executors.protocol.operation import WebRoot
from executors.protocol.plan import Planned, WorkflowPin
from executors.protocol.spec import Bundle, BundleFile, Claim
from tests.bot.decide.facts import SEVERAL, answered, job_of, made_by, minute_and_a_second, under_way
from tests.bot.decide.people import AUTHOR, BLOB, BOSS, BOT, OPS, REPO, ROLES, START, briefing, policy_of
from tests.bot.decide.post import Post
from tests.bot.domain.acme import POLICY


@dataclass
class Scene:
    """One issue and everything around it."""

    body: str = field(default_factory=briefing)
    labels: tuple[str, ...] = ("capability:business",)
    policy_text: str = POLICY
    author: Actor = AUTHOR
    roles: dict[int, Role] = field(default_factory=lambda: dict(ROLES))
    blob_now: str = BLOB
    issue_open: bool = True
    now: datetime = START
    lines: list[Line] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)
    performed: set[str] = field(default_factory=set)
    dispatches: list[Dispatch] = field(default_factory=list)
    run: RunFacts | None = None
    artifact: ArtifactFacts | None = None
    comment_ids: int = 1000
    nonces: int = 0
    runs: int = 4000
    words: dict[str, WordsNow] = field(default_factory=dict)
    teams: dict[int, tuple[str, ...]] = field(default_factory=dict)
    owners: Codeowners | None = None
    pull_now: PullFacts | None = None
    around: AroundNow | None = None
    """how GitHub says the installation and its repositories stand; None believes what is told"""
    check_files: dict[str, str] = field(default_factory=dict)
    own_templates: dict[str, OwnTemplate] = field(default_factory=dict)
    retention_days: int = 0
    post: Post = field(default_factory=Post)
    elsewhere: dict[str, list[Line]] = field(default_factory=dict)

    key: str = "case:101:I_1"
    number: int = 7

    def __post_init__(self) -> None:
        self.post.scenes[self.key] = self
        self.post.ledgers |= self.elsewhere
        self.elsewhere = self.post.ledgers

    @property
    def case(self) -> Case:
        found = self.fold()
        assert found is not None
        return found

    def fold(self) -> Case | None:
        wanted = {digest: self.blobs.get(digest) for digest in needed_blobs(self.lines)}
        return fold(self.key, self.lines, wanted.get)

    @property
    def token(self) -> str:
        assert self.case.plan is not None
        return self.case.plan.token

    def types(self) -> list[str]:
        return [line.entry.type for line in self.lines]

    # --- the flow -----------------------------------------------------------------------------------------------

    def tell(self, event: Event) -> list[Effect]:
        """What was done, together with what followed from it by way of budget and environment."""
        effects = self.hears(event)
        effects += self.post.settle(self.now, self)
        self.now += timedelta(seconds=1)
        return effects

    def hears(self, event: Event) -> list[Effect]:
        """One row is decided, stored and performed."""
        case = self.fold()
        known = self.answer(tuple(needs(event, case)), case)
        effects = decide(event, case, known, self.now)
        again = decide(event, case, known, self.now)
        assert effects == again, "deciding twice gives the same"
        self.store([effect for effect in effects if isinstance(effect, Record)])
        fresh = [effect for effect in effects if not isinstance(effect, Record)]
        fresh = [
            effect
            for effect in fresh
            if isinstance(effect, Answer | Timer | Tell) or effect.key not in self.performed
        ]
        for effect in fresh:
            self.performed.add(effect.key)
            self.perform(effect)
        self.post.accept(self.key, effects)
        return fresh

    def store(self, records: list[Record]) -> None:
        for record in records:
            for blob in record.blobs:
                self.blobs[hashlib.sha256(blob).hexdigest()] = blob
        last = self.lines[-1] if self.lines else None
        self.lines += chain([record.entry for record in records], last, self.now)

    def perform(self, effect: Effect) -> None:
        if isinstance(effect, Dispatch):
            self.dispatches.append(effect)
            self.runs += 1
        made = made_by(effect, self)
        if made is not None:
            facts = {"effect": type(effect).__name__, "key": effect.key, "made": made}
            self.store([Record(Entry("effect.performed", facts))])

    def session(self, nonce: str) -> str:
        return hashlib.sha256(f"session {nonce}".encode()).hexdigest()

    def answer(self, wanted: tuple[object, ...], case: Case | None) -> Knowledge:
        self.nonces += 1
        known: dict[str, Any] = {
            "roles": {},
            "teams": {},
            "blobs": {},
            "nonce": f"{(self.number - 7) << 64 | self.nonces:032x}",
            "bot": BOT.id,
            "retention_days": self.retention_days,
        }
        for need in wanted:
            for name, value in answered(need, self).items():
                known[name] = {**known[name], **value} if name in SEVERAL else value
        return Knowledge(case=case, **known)

    def pin(self) -> WorkflowPin:
        path = ".github/workflows/millwright.yml"
        return WorkflowPin(
            repository_id=OPS.id, repository=OPS.name, path=path, ref="refs/heads/main", blob=self.blob_now
        )

    def issue(self) -> IssueFacts:
        return IssueFacts("Acme", self.body, self.labels, self.issue_open, self.author.id, "2026-05-04T08:00:00Z")

    # --- what people do -----------------------------------------------------------------------------------------

    def shown(self) -> Issue:
        return Issue(
            self.key.rsplit(":", 1)[1], self.number, "Acme", self.body, self.author, self.labels, self.issue_open
        )

    def opens(self, actor: Actor | None = None) -> list[Effect]:
        return self.tell(IssueChanged(REPO, "opened", self.shown(), actor or self.author))

    def happens(self, action: Any, actor: Actor = AUTHOR, **more: Any) -> list[Effect]:
        return self.tell(IssueChanged(REPO, action, self.shown(), actor, **more))

    def edits(self, body: str, actor: Actor = AUTHOR) -> list[Effect]:
        self.body = body
        return self.happens("edited", actor, body_changed=True)

    def says(self, actor: Actor, text: str, comment_id: int | None = None) -> list[Effect]:
        self.comment_ids += 1
        number = comment_id or self.comment_ids
        self.words[f"comment:{number}"] = WordsNow(actor.id, hashlib.sha256(text.encode()).hexdigest())
        return self.tell(CommentCreated(REPO, self.shown(), number, text, actor))

    def reviews(
        self, actor: Actor, state: str, commit: str = "d" * 40, action: Any = "submitted", **more: Any
    ) -> list[Effect]:
        facts = {"review_id": 500 + actor.id, "by": actor} | more
        self.words[f"review:{facts['review_id']}"] = WordsNow(actor.id, "", state=state, commit=commit)
        number = int(self.case.made.get("pull", 8))
        return self.tell(
            ReviewChanged(REPO, number, action, facts["review_id"], state, commit, "", actor, facts["by"])
        )

    def changes(self, comment_id: int, action: Any, actor: Actor) -> list[Effect]:
        source = f"comment:{comment_id}"
        if action == "deleted":
            self.words.pop(source, None)
        elif source in self.words:
            self.words[source] = replace(self.words[source], sha256="0" * 64)
        return self.tell(CommentChanged(REPO, self.shown(), action, comment_id, BOSS, actor))

    def due(self, name: str, after: timedelta = timedelta(0), **data: Any) -> list[Effect]:
        self.now += after
        return self.tell(TimerDue(self.key, name, data))

    # --- what a run does ----------------------------------------------------------------------------------------

    def job(self, name: str, **changes: Any) -> Job:
        run = self.case.run
        if run is not None and name == "execute":
            changes.setdefault("environment", self.environment(run))
        return job_of(name, run.run_id if run and run.run_id else self.runs, f"jti-{self.nonces}", changes)

    def environment(self, run: LegRun) -> str | None:
        """Where the workflow lets the job of that run be."""
        leg = leg_of(self.case, run.leg)
        return environment_of(leg, run.verb, policy_of(self.policy_text)) if leg else None

    def claims(self, name: Any, key: str = "", claim: dict[str, Any] | None = None, **job: Any) -> list[Effect]:
        run = self.case.run
        assert run is not None
        words = {"leg": run.leg, "nonce": run.nonce, "client_key": key or "ab" * 16} | (claim or {})
        return self.tell(ClaimReceived(self.key, Claim(case=self.key, job=name, **words), self.job(name, **job)))

    def journals(self, *bodies: Any, first: int | None = None, session: str = "") -> list[Effect]:
        run = self.case.run
        assert run is not None
        start = run.lines + 1 if first is None else first
        lines = tuple(
            JournalLine(n=start + i, at="2026-05-04T09:00:00.000000Z", body=body) for i, body in enumerate(bodies)
        )
        return self.tell(JournalReceived(self.key, session or self.session(run.nonce), lines))

    def bundle(self, outcome: Any = "completed", **changes: Any) -> Bundle:
        run = self.case.run
        assert run is not None
        facts: dict[str, Any] = {
            "leg": run.leg,
            "outcome": outcome,
            "lines": run.lines,
            "files": (BundleFile(path="report.json", sha256="9" * 64, size=1),),
            "artifact": f"millwright-{run.leg}",
            "artifact_digest": f"sha256:{'8' * 64}",
        }
        return Bundle(**(facts | changes))

    def done(self, outcome: Any = "completed", **changes: Any) -> list[Effect]:
        run = self.case.run
        assert run is not None
        self.artifact = self.artifact or ArtifactFacts(
            5, f"sha256:{'8' * 64}", 1, data=b"PK", files={"report.json": "9" * 64}
        )
        return self.tell(DoneReceived(self.key, self.session(run.nonce), self.bundle(outcome, **changes)))

    def ends(self, conclusion: str = "success", **facts: Any) -> list[Effect]:
        run = self.case.run
        assert run is not None
        run_id = run.run_id or self.runs
        words = {"status": "completed", "conclusion": conclusion, "jobs": (minute_and_a_second(conclusion),)}
        self.run = replace(under_way(run_id), **(words | facts))
        title = f"millwright {self.key} {run.leg} {run.nonce}"
        return self.tell(
            RunChanged(OPS, "completed", run_id, 1, title, conclusion, BOT, event="workflow_dispatch")
        )

    # --- the road to somewhere ----------------------------------------------------------------------------------

    def whole_run(self, *bodies: Any, outcome: Any = "completed") -> list[Effect]:
        self.claims("admit")
        self.claims("execute")
        self.journals(*bodies, LegFinished(outcome=outcome))
        self.done(outcome)
        return self.ends("success" if outcome == "completed" else "failure")

    def previews(self) -> list[Effect]:
        place = WebRoot(path="/srv/www/acme").target
        seen = Planned(op="switch_release", target=place, count=1, undo="reversible")
        return self.whole_run(LegStarted(verb="preview"), Looked(step="deploy", round=1, planned=(seen,)))

    def to_approved(self) -> Scene:
        self.opens()
        self.previews()
        self.says(BOSS, f"/approve {self.token}")
        return self

    def executes(self, outcome: Any = "completed", *more: Any) -> list[Effect]:
        bodies: list[Any] = [LegStarted(verb="execute")]
        for step in self.case.steps:
            status = "completed" if outcome == "completed" else "failed"
            bodies += [StepStarted(step=step), StepFinished(step=step, status=status, changed=1)]
        return self.whole_run(*bodies, *more, outcome=outcome)
