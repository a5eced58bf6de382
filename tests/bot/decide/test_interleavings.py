"""Two capabilities, one environment, and every order in which rows between them can arrive.

Rows of one sender to one hearer keep their order, as in the inbox; between senders there is none. Whatever
happens: never two runs that may act in one environment, never a leg that waits while nobody holds it, never an
environment that is kept for nobody.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.domain.effects import Grant
from bot.domain.ledger import broken_at
from bot.domain.lock import Lock, lock_of
from executors.protocol.journal import Intent, LegFinished, LegStarted
from tests.bot.decide.people import AUTHOR, BOSS, LEAD, briefing, of, switch
from tests.bot.decide.scene import Scene

ENV, BUDGET = "env:102:www", "budget:102"
WHICH = st.integers(0, 1)
LINES = (
    "/cancel", "/retry", "/rollback", "/hold", "/resume", "/run", "/plan", "/lock for 1h a backup", "/unlock",
)  # fmt: skip
BODIES = (briefing(), briefing(**{"Acme Consulting": "Acme Advice"}))
INTENT = Intent(step="deploy", key="deploy/1/0", operation=switch())


class Interleavings(RuleBasedStateMachine):
    """Both are planned and ask at the same moment; from there on nothing is in order."""

    @initialize(first=WHICH, limit=st.sampled_from(["", "budgets: {runs_per_person: 4}\n"]))
    def asked_at_once(self, first: int, limit: str) -> None:
        from tests.bot.domain.acme import POLICY

        one = Scene(policy_text=POLICY + limit)
        self.post = one.post
        two = Scene(policy_text=POLICY + limit, key="case:101:I_2", number=8, post=self.post)
        self.scenes = [one, two]
        for scene in self.scenes:
            scene.opens()
            scene.previews()
        self.post.hold = True
        for index in (first, 1 - first):
            self.scenes[index].says(BOSS, f"/approve {self.scenes[index].token}")

    @property
    def now(self) -> Any:
        return max(scene.now for scene in self.scenes)

    def lock(self) -> Lock:
        return lock_of(self.post.ledgers.get(ENV, ()))

    def deliver(self, pick: int) -> None:
        """One of the rows that are the next from their sender to their hearer."""
        seen, nexts = set(), []
        for index, (sender, row) in enumerate(zip(self.post.senders, self.post.rows, strict=True)):
            if (sender, row.case) not in seen:
                seen.add((sender, row.case))
                nexts.append(index)
        if nexts:
            self.post.deliver(nexts[pick % len(nexts)], self.now)

    @rule(picks=st.lists(st.integers(0, 5), min_size=1, max_size=6))
    def rows_arrive(self, picks: list[int]) -> None:
        for pick in picks:
            self.deliver(pick)

    @rule(which=WHICH, who=st.sampled_from([BOSS, LEAD]), line=st.sampled_from(LINES))
    def somebody_says(self, which: int, who: Any, line: str) -> None:
        self.scenes[which].says(who, line)

    @rule(which=WHICH)
    def approves(self, which: int) -> None:
        if self.scenes[which].case.plan is not None:
            self.scenes[which].says(BOSS, f"/approve {self.scenes[which].token}")

    @rule(which=WHICH, body=st.sampled_from(BODIES))
    def edits(self, which: int, body: str) -> None:
        self.scenes[which].edits(body, AUTHOR)

    @rule(which=WHICH, back=st.integers(0, 2))
    def takes_a_word_back(self, which: int, back: int) -> None:
        scene = self.scenes[which]
        scene.changes(scene.comment_ids - back, "deleted", BOSS)

    @rule(which=WHICH)
    def a_run_claims_and_acts(self, which: int) -> None:
        scene = self.scenes[which]
        run = scene.case.run
        if run is None or not run.open or run.verb == "preview":
            return
        for job in ("admit", "execute"):
            self.only_one(scene, of(Grant, scene.claims(job)))
        scene.journals(LegStarted(verb=run.verb))
        answers = [effect.body for effect in scene.journals(INTENT) if hasattr(effect, "body")]
        if any(body.get("decision") == "go" for body in answers):
            self.only_one(scene, [True])

    def only_one(self, scene: Scene, allowed: list[Any]) -> None:
        """Whoever may act is the one whose lease the environment's ledger names."""
        if not allowed:
            return
        lease, run = self.lock().lease, scene.case.run
        assert lease is not None
        assert run is not None
        assert (lease.want.nonce, lease.fence) == (run.nonce, run.fence)

    @rule(which=WHICH, outcome=st.sampled_from(["completed", "failed", "rolled_back"]))
    def a_run_ends(self, which: int, outcome: Any) -> None:
        scene = self.scenes[which]
        run = scene.case.run
        if run is not None and run.open:
            if run.client_keys.keys() - {"admit"}:
                scene.journals(LegFinished(outcome=outcome))
                scene.done(outcome)
            scene.ends("success" if outcome == "completed" else "failure")

    @rule(hours=st.sampled_from([0, 1, 5]))
    def time_passes(self, hours: int) -> None:
        now = self.now + timedelta(hours=hours)
        for scene in self.scenes:
            scene.now = now
        if (ENV, "lock-expiry") in self.post.timers and self.post.timers[ENV, "lock-expiry"] <= now:
            self.post.due(ENV, "lock-expiry", now)

    @invariant()
    def nothing_is_broken(self) -> None:
        if hasattr(self, "post"):
            for key in (ENV, BUDGET):
                assert broken_at(self.post.ledgers.get(key, ())) is None
            fences = [
                line.entry.data["fence"]
                for line in self.post.ledgers.get(ENV, ())
                if line.entry.type == "lock.granted"
            ]
            assert fences == sorted(set(fences))

    def teardown(self) -> None:
        """When every row has arrived nobody waits for what nobody has, and nobody has what nobody wants."""
        if not hasattr(self, "post"):
            return
        while self.post.rows:
            self.deliver(0)
        lock = self.lock()
        if lock.closed is not None:
            for scene in self.scenes:
                scene.now = max(self.now, lock.closed.until)
            self.post.due(ENV, "lock-expiry", self.now)
            while self.post.rows:
                self.deliver(0)
            lock = self.lock()
        held = {scene.case.run.nonce for scene in self.scenes if scene.case.run and scene.case.run.open}
        wanted = {scene.case.queued.nonce for scene in self.scenes if scene.case.queued}
        assert lock.lease is not None or not lock.waiting, "somebody waits for what nobody has"
        if lock.lease is not None and lock.lease.until > self.now:
            assert lock.lease.want.nonce in held, "it is kept for nobody"
        assert {one.nonce for one in lock.waiting} <= wanted, "the queue holds what nobody wants"
        for scene in self.scenes:
            queued = scene.case.queued
            if queued is not None and queued.place and queued.has_money:
                assert queued.nonce in {one.nonce for one in lock.waiting}, "a waiter was lost"
            assert queued is None or queued.has_money or queued.stopped, "nobody has answered it"


Interleavings.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestInterleavings = Interleavings.TestCase
