"""Going on: does what `next_step` says until there is something to wait for."""

from __future__ import annotations

from bot.domain.ledger import Entry
from bot.domain.leg import Launch, start
from bot.domain.next import ApproveByPolicy, Await, Complete, PassGate, StartLeg, next_step
from bot.domain.policy import Policy
from bot.domain.turn import Turn


def advance(turn: Turn, policy: Policy | None, nonce: str) -> Await | Complete:
    """What is awaited in the end; `nonce` names the one run that may be started on the way."""
    while True:
        step = next_step(turn.case, policy, turn.now)
        match step:
            case PassGate(gate, verdict):
                data = {"gate": gate, "digest": turn.case.plan.digest if turn.case.plan else ""}
                turn.record(Entry("gate.passed", data, reason=verdict.because))
            case ApproveByPolicy():
                turn.record(_by_policy(turn))
            case StartLeg(leg, verb):
                start(turn, Launch(leg, verb, nonce), policy)
            case Await() | Complete():
                return step


def _by_policy(turn: Turn) -> Entry:
    plan = turn.case.plan
    assert plan is not None
    data = {
        "role": "none",
        "basis": "policy: mode auto, LOW risk",
        "version": plan.version,
        "digest": plan.digest,
        "gate": "plan",
        "source": "policy",
        "evidence": plan.policy,
        "kind": "policy",
    }
    return Entry("approval.given", data, reason="approved by policy")
