"""Whatever happens in whatever order: no illegal move, no dispatch or grant without approvals (T20)."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.domain.case import LegRun
from bot.domain.effects import Dispatch, Effect, Grant
from bot.domain.gate import Now, judge
from bot.domain.knowledge import Knowledge
from bot.domain.ledger import broken_at
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from bot.domain.rights import standing
from bot.events.model import PullChanged
from executors.protocol.journal import Intent, LegFinished, LegStarted, Result, StepStarted
from tests.bot.decide.people import (
    AUTHOR,
    BOSS,
    BOT,
    LEAD,
    OUTSIDER,
    REPO,
    ROLES,
    TRIAGER,
    briefing,
    of,
    policy_of,
    switch,
)
from tests.bot.decide.scene import Scene
from tests.bot.decide.two_legs import BARE, BODY, COPIED, ONE, erp_back, erp_done
from tests.bot.domain.acme import POLICY

PEOPLE = st.sampled_from([AUTHOR, BOSS, LEAD, OUTSIDER, TRIAGER, BOT])
BODIES = (briefing(), briefing(**{"Acme Consulting": "Acme Advice"}), "broken")
POLICIES = (POLICY, POLICY + "approval:\n  MEDIUM: {count: 2}\n", POLICY + "solo: true\n", POLICY + "mode: auto\n")
ERP_POLICIES = (COPIED + ONE, BARE + ONE, BARE + "approval:\n  MEDIUM: {count: 2}\n  HIGH: {count: 2}\n")
POLICIES += ERP_POLICIES
COMMANDS = ("/plan", "/plan", "/retry", "/retry", "/rollback", "/rollback", "/why", "/cancel", "/reject no")
OUTCOMES = st.sampled_from(["completed", "failed", "rolled_back", "stopped"])
INTENT = Intent(step="deploy", key="deploy/1/0", operation=switch())
LINES = st.sampled_from(
    [
        LegStarted(verb="execute"),
        StepStarted(step="deploy"),
        INTENT,
        Result(step="deploy", key="deploy/1/0", ok=True, undo=switch("v1")),
    ]
)


class AnyOrder(RuleBasedStateMachine):
    """People, jobs and GitHub, all at once and none of them in order."""

    @initialize(author=PEOPLE, policy=st.sampled_from(POLICIES), stage=st.integers(0, 6))
    def opened(self, author: Any, policy: str, stage: int) -> None:
        body = BODY if policy in ERP_POLICIES else BODIES[0]
        self.scene = Scene(body=body, author=author if author != BOT else AUTHOR, policy_text=policy)
        self.watch(self.scene.opens())
        for _ in range(stage):
            self.watch(self.next_thing("completed"))

    def watch(self, effects: list[Effect]) -> None:
        for dispatch in of(Dispatch, effects):
            if dispatch.verb == "execute":
                self.approved(dispatch.plan.digest)
        for grant in of(Grant, effects):
            assert grant.spec.plan.digest == grant.spec.digest
            if grant.spec.verb == "execute":
                self.approved(grant.spec.digest, live=True)
            if grant.spec.verb == "rollback" and grant.spec.by_decision:
                self.decided(grant.spec.digest)

    def decided(self, digest: str) -> None:
        """What takes a decision is taken back by as many as the policy wants, none of whom wrote it."""
        case, policy = self.scene.case, policy_of(self.scene.policy_text)
        assert case.plan is not None
        opened = max(line.n for line in self.scene.lines if line.entry.type == "gate.opened")
        given = [one for one in self.scene.lines[opened:] if one.entry.type == "approval.given"]
        people = {
            line.entry.actor.id
            for line in given
            if (line.entry.data["gate"], line.entry.data["digest"]) == ("rollback", digest)
        }
        quorum = policy.quorum(case.plan.risk.level)
        barred = set() if quorum.author else {case.author.id, *case.editors}
        assert len(people - barred) >= quorum.count

    def approved(self, digest: str, *, live: bool = False) -> None:
        """The gate, judged once more from nothing but ledger, policy and the present roles."""
        case, policy = self.scene.case, policy_of(self.scene.policy_text)
        assert case.plan is not None
        assert case.plan.digest == digest
        given = [line for line in self.scene.lines if line.entry.type == "approval.given"]
        people = {line.entry.actor.id for line in given if line.entry.data["digest"] == digest}
        known = Knowledge(roles=self.scene.roles)
        rights = {user: standing(known, user, "x") for user in people} if live else None
        assert judge(case, "plan", policy, Now(self.scene.now, rights)).allowed
        solo = policy.solo or case.plan.risk.level == "LOW"
        barred = set() if solo else {case.author.id, *case.editors}
        need = 1 if policy.solo else policy.quorum(case.plan.risk.level).count
        if not any(approval.kind == "policy" for approval in case.approvals):
            assert len(people - barred) >= need

    @rule(actor=PEOPLE, old=st.booleans())
    def approves(self, actor: Any, old: bool) -> None:
        case = self.scene.case
        if case.plan is not None:
            self.watch(self.scene.says(actor, f"/approve {'v1-000000000000' if old else case.plan.token}"))

    @rule(actor=PEOPLE, words=st.sampled_from(COMMANDS))
    def commands(self, actor: Any, words: str) -> None:
        self.watch(self.scene.says(actor, words))

    @rule(actor=PEOPLE, body=st.sampled_from(BODIES))
    def edits(self, actor: Any, body: str) -> None:
        self.watch(self.scene.edits(body, actor))

    @rule(
        actor=PEOPLE,
        action=st.sampled_from(["closed", "reopened", "unlabeled", "labeled", "transferred"]),
        really=st.integers(0, 3),
    )
    def happens(self, actor: Any, action: str, really: int) -> None:
        if really == 0:
            self.watch(self.scene.happens(action, actor, label="capability:business"))

    @rule(name=st.sampled_from(["admit", "execute"]), key=st.sampled_from(["ab" * 16, "cd" * 16]))
    def claims(self, name: str, key: str) -> None:
        if self.scene.case.run is not None:
            self.watch(self.scene.claims(name, key))

    @rule(line=LINES, first=st.none() | st.integers(1, 4))
    def journals(self, line: Any, first: int | None) -> None:
        if self.scene.case.run is not None:
            self.watch(self.scene.journals(line, first=first))

    @rule(outcome=OUTCOMES, residue=st.sampled_from([(), ("release v2",)]))
    def finishes(self, outcome: Any, residue: tuple[str, ...]) -> None:
        if self.scene.case.run is not None:
            self.watch(self.scene.journals(LegFinished(outcome=outcome, residue=residue)))
            self.watch(self.scene.done(outcome))

    @rule(status=st.sampled_from(["completed", "in_progress"]), attempt=st.integers(1, 2))
    def ends(self, status: str, attempt: int) -> None:
        if self.scene.case.run is not None:
            self.watch(self.scene.ends(status=status, attempt=attempt))

    @rule(outcome=OUTCOMES)
    def whole_run(self, outcome: Any) -> None:
        run = self.scene.case.run
        if run is not None and run.open and not run.client_keys:
            self.watch(self.scene.whole_run(LegStarted(verb=run.verb), INTENT, outcome=outcome))

    @rule(name=st.sampled_from(["run-look", "approval-expiry"]), hours=st.integers(0, 80))
    def due(self, name: str, hours: int) -> None:
        from datetime import timedelta

        run = self.scene.case.run
        self.watch(self.scene.due(name, timedelta(hours=hours), nonce=run.nonce if run else ""))

    @rule(action=st.sampled_from(["edited", "deleted"]), actor=PEOPLE, back=st.integers(0, 3))
    def touches(self, action: str, actor: Any, back: int) -> None:
        self.watch(self.scene.changes(self.scene.comment_ids - back, action, actor))

    @rule(actor=PEOPLE, merged=st.booleans(), action=st.sampled_from(["closed", "synchronize"]))
    def pulls(self, actor: Any, action: str, merged: bool) -> None:
        self.watch(self.scene.tell(PullChanged(REPO, 8, action, "9" * 40, merged, actor)))

    @rule(outcome=OUTCOMES, steps=st.integers(1, 3))
    def goes_on(self, outcome: Any, steps: int) -> None:
        """The natural next thing, so that the far phases are reached often."""
        for _ in range(steps):
            self.watch(self.next_thing(outcome))

    def next_thing(self, outcome: Any) -> list[Effect]:
        scene, case = self.scene, self.scene.case
        run = case.run
        match case.phase:
            case Phase.PREVIEWING if run is not None and not run.client_keys:
                return scene.previews()
            case Phase.VALIDATED if case.preview == "done":
                scene.roles = dict(ROLES)
                self.watch(scene.says(LEAD, f"/approve {scene.token}"))
                return scene.says(BOSS, f"/approve {scene.token}")
            case Phase.EXECUTING | Phase.ROLLING_BACK if run is not None and not run.client_keys:
                return scene.whole_run(LegStarted(verb=run.verb), *self.deeds(run), outcome=outcome)
            case Phase.WAITING:
                scene.roles = dict(ROLES)
                self.watch(scene.says(LEAD, f"/approve rollback {scene.token}"))
                return scene.says(BOSS, f"/approve rollback {scene.token}")
            case Phase.FAILED:
                return scene.says(BOSS, "/retry" if outcome == "completed" else "/rollback")
            case Phase.COMPLETED:
                return scene.says(BOSS, "/rollback")
            case Phase.DRAFT:
                return scene.edits(BODIES[0], AUTHOR)
            case _:
                return scene.says(BOSS, "/plan")

    def deeds(self, run: LegRun) -> list[Any]:
        """What a run of that leg journals."""
        if run.leg == "erp":
            return erp_done(self.scene) if run.verb == "execute" else erp_back(self.scene)
        return [INTENT, Result(step="deploy", key="deploy/1/0", ok=True, undo=switch("v1"))]

    @rule(user=st.sampled_from([1, 2, 3]), role=st.sampled_from([Role.READ, Role.MAINTAIN]))
    def role_changes(self, user: int, role: Role) -> None:
        self.scene.roles[user] = role

    @rule()
    def roles_return(self) -> None:
        self.scene.roles = dict(ROLES)

    @invariant()
    def the_ledger_is_whole_and_the_phase_agrees(self) -> None:
        if not hasattr(self, "scene"):
            return
        assert broken_at(self.scene.lines) is None
        case = self.scene.case
        if case.phase in {Phase.EXECUTING, Phase.ROLLING_BACK, Phase.PREVIEWING}:
            assert case.run is not None
            assert case.run.open
        assert (case.gate is not None) is (case.phase is Phase.WAITING)
        if case.phase in {Phase.DRAFT, Phase.REJECTED, Phase.CANCELLED, Phase.COMPLETED}:
            assert case.run is None or not case.run.open


AnyOrder.TestCase.settings = settings(
    max_examples=30, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnyOrder = AnyOrder.TestCase
