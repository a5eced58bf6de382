"""A leg in motion: how it is started, what its runs have journalled, what a job needs to know of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.case import Case, LegRun
from bot.domain.effects import Check, Deployment, Dispatch, Timer
from bot.domain.ledger import Entry
from bot.domain.messages import CheckReport
from bot.domain.people import NOBODY, Actor
from bot.domain.policy import Policy
from bot.domain.turn import Turn
from executors.protocol.canonical import canonical, parse
from executors.protocol.journal import JournalLine
from executors.protocol.plan import Leg, Plan, Verb
from executors.protocol.spec import JobName
from executors.protocol.wire import read

CLAIM_WITHIN = timedelta(minutes=15)
"""A run that has not claimed its leg by then is lost."""
LOOK_EVERY = timedelta(minutes=10)
"""How often a claimed run is looked at, in case its webhook is lost (T18)."""

STARTED: Mapping[Verb, str] = {
    "preview": "preview.started",
    "execute": "execution.started",
    "rollback": "rollback.started",
}


@dataclass(frozen=True)
class Launch:
    """One run of a leg that is to be dispatched; `auto` where the bot does it by itself after a lost run."""

    leg: Leg
    verb: Verb
    nonce: str
    actor: Actor = NOBODY
    auto: bool = False
    why: str = ""
    place: str = ""
    """the environment that it was given, where it waited for one; else what the policy says"""
    fence: int = 0
    """the number of the environment's lock that it runs under; 0 without one"""


def start(turn: Turn, launch: Launch, policy: Policy | None) -> None:
    """Record and dispatch one run of the leg; raises IllegalMove in a phase that does not allow it."""
    plan, leg, verb, nonce = turn.case.plan, launch.leg, launch.verb, launch.nonce
    assert plan is not None
    place = launch.place or place_of(turn.case, policy, leg)
    data = {"leg": leg.id, "verb": verb, "nonce": nonce, "version": plan.version, "digest": plan.digest}
    turn.record(Entry(STARTED[verb], {"leg": leg.id, "nonce": nonce}, launch.actor, launch.why))
    more = {"place": place, "auto": launch.auto, "fence": launch.fence}
    turn.record(Entry("leg.dispatched", data | more, launch.actor, alias=f"nonce:{nonce}"))
    turn.do(Dispatch(f"dispatch:{nonce}", leg.id, verb, nonce, plan))
    turn.do(look_again(nonce, turn.now + CLAIM_WITHIN))
    if verb == "execute" and place:
        turn.do(Deployment(turn.name("deployment"), place, "in_progress"))
        turn.do(Check(turn.name("check"), CheckReport("run", turn.case, plan, None), "in_progress"))


def place_of(case: Case, policy: Policy | None, leg: Leg) -> str:
    """The environment that the leg changes, by the policy's name for it; "" where it names none.

    A leg that needs no secrets has no GitHub environment of its own: it deploys to the product's.
    """
    if leg.environment is not None:
        return leg.environment
    product = policy.product_of(case.repo.name) if policy else None
    return product.environment if product else ""


def look_again(nonce: str, due: datetime) -> Timer:
    """A timer that has the run looked at."""
    return Timer(f"run:{nonce}", "run-look", due, {"nonce": nonce})


def leg_of(case: Case, leg_id: str) -> Leg | None:
    """The leg of the present plan."""
    return next((leg for leg in case.plan.legs if leg.id == leg_id), None) if case.plan else None


def unseen(plan: Plan) -> tuple[Leg, ...]:
    """The legs that no preview has looked at yet, in order.

    A foreign one looks at nothing in the world, and its code is not run before people have approved it.
    """
    return tuple(leg for leg in plan.legs if not leg.foreign and plan.envelope(leg.id) is None)


def second_job(leg: Leg) -> JobName:
    """The job that claims the leg after `admit`; foreign code runs between them, in a job that claims nothing."""
    return "report" if leg.foreign else "execute"


def needs_content(leg: Leg, policy: Policy | None) -> bool:
    """Whether the leg's job reads the product repository: one that changes a database or a zone does not."""
    place = policy.environment(leg.environment) if policy and leg.environment else None
    return place is None or str(place.kind) not in ("odoo", "dns")


def writes_contents(case: Case, run: LegRun) -> bool:
    """Whether the run's job commits to the product repository: its leg's site is a branch that Pages serves."""
    leg = leg_of(case, run.leg)
    if leg is None or case.plan is None or run.verb == "preview":
        return False
    targets = [step.inputs.get("target") for step in case.plan.steps if step.id in leg.steps]
    return any(isinstance(one, dict) and one.get("kind") == "pages" for one in targets)


def environment_of(leg: Leg, verb: Verb, policy: Policy | None) -> str | None:
    """The job's GitHub environment: a preview reads with fewer rights, for a local target without any."""
    if leg.environment is None or verb != "preview":
        return leg.environment
    place = policy.environment(leg.environment) if policy else None
    return None if place is None or place.kind == "local" else f"{leg.environment}-read"


def batch(lines: Iterable[JournalLine]) -> bytes:
    """Journal lines as they are stored: canonical JSON, one per line."""
    return b"\n".join(canonical(line.to_json()) for line in lines)


def journal_digests(runs: Iterable[LegRun]) -> tuple[str, ...]:
    """The blobs that hold what these runs journalled, in order."""
    return tuple(digest for run in runs for digest in run.journal)


def journal(runs: Iterable[LegRun], blobs: Mapping[str, bytes]) -> tuple[JournalLine, ...]:
    """What the runs journalled, in order; an erased blob counts as empty. ProtocolError for a broken one."""
    return tuple(
        read(JournalLine, parse(raw))
        for digest in journal_digests(runs)
        for raw in blobs.get(digest, b"").split(b"\n")
        if raw
    )
