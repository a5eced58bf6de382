"""Going on: does what `next_step` says until there is something to wait for."""

from __future__ import annotations

from bot.domain.disputes import END
from bot.domain.gates import Ask
from bot.domain.launch import ask_again, queue
from bot.domain.ledger import Entry
from bot.domain.leg import Launch
from bot.domain.next import ApproveByPolicy, Await, Complete, OpenAGate, PassGate, StartLeg, next_step
from bot.domain.policy import Policy
from bot.domain.turn import Turn


def advance(turn: Turn, policy: Policy | None, nonce: str) -> Await | Complete:
    """What is awaited in the end; `nonce` names the one run that may be asked for on the way."""
    ask_again(turn, policy, nonce)
    while True:
        step = next_step(turn.case, policy, turn.now)
        match step:
            case PassGate(gate, verdict):
                data = {"gate": gate, "digest": turn.case.plan.digest if turn.case.plan else ""}
                turn.record(Entry("gate.passed", data | {"verdict": verdict.to_data()}, reason=verdict.because))
            case OpenAGate(ask):
                turn.record(opened(turn, ask))
            case ApproveByPolicy():
                turn.record(_by_policy(turn))
            case StartLeg(leg, verb):
                queue(turn, Launch(leg, verb, nonce), policy)
            case Await() | Complete():
                return step


def opened(turn: Turn, ask: Ask) -> Entry:
    """The opening of a gate of the policy's own: people are asked before the leg, or before the end."""
    case = turn.case
    legs = [ask.before] if ask.before != END else []
    data = {"gate": ask.name, "legs": legs, "version": case.version, "digest": case.digest}
    where = f"before {ask.before}" if legs else "before the end"
    return Entry("gate.opened", data, reason=f"the policy asks for a decision {where}")


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
