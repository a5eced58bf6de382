"""The database was lost, and a case was built again from its anchor: what is void is said, and it goes on.

The word is told by `millwright rebuild`, which reads on GitHub what was said since. Of that only this is believed,
that it was said before now: so it does not count when it is delivered once more.
"""

from __future__ import annotations

from bot.decide import caught_up
from bot.domain.case import Case
from bot.domain.effects import Say
from bot.domain.frozen import is_unreadable
from bot.domain.knowledge import Knowledge, Need, RunNow
from bot.domain.ledger import Entry
from bot.domain.lifecycle import ENDED
from bot.domain.next import Await, next_step
from bot.domain.notices import Rebuilt
from bot.domain.turn import Turn
from bot.events.model import Told

KIND = "ledger.rebuilt"
SHOWN = 20
"""Links that the comment lists at most."""


def needs(event: Told, case: Case | None) -> tuple[Need, ...]:
    """Everything as it stands now, and the run that was found by its name."""
    if case is None or is_unreadable(case):
        return ()
    run = event.data["run"]
    return (*caught_up.needs(case), *((RunNow(run["id"]),) if run else ()))


def decide(event: Told, turn: Turn, known: Knowledge) -> None:
    """Notes it, goes on with what is known, and tells people."""
    if turn.known is None:
        return
    data, before = event.data, turn.case
    why = f"the bot's database was lost, and this was built again from what was signed up to {data['at']}"
    facts = {name: data[name] for name in ("line", "at", "comments", "sources")}
    turn.record(Entry("ledger.rebuilt", facts, reason=why))
    if data["installation"] != before.repo.installation:
        moved = {"name": before.repo.name, "installation": data["installation"]}
        turn.record(Entry("repository.moved", moved, reason=why))
    run, found = turn.case.run, data["run"]
    if run is not None and run.open and run.run_id is None and found and found["nonce"] == run.nonce:
        bound = {"nonce": run.nonce, "run_id": found["id"]}
        turn.record(Entry("leg.bound", bound, reason=why, alias=f"run:{found['id']}"))
    if is_unreadable(turn.case) or (turn.case.phase in ENDED and not data["words"]):
        return
    caught_up.catch_up(turn, known, why)
    words = tuple(data["words"])
    told = Rebuilt(turn.case, data["at"], data["line"], words[:SHOWN], len(words[SHOWN:]), _next(turn, known))
    turn.do(Say(turn.name("rebuilt"), told, to="reply"))


def _next(turn: Turn, known: Knowledge) -> str:
    """What is awaited, with the line to say."""
    step = next_step(turn.case, known.policy, turn.now)
    if not isinstance(step, Await):
        return "`/status`"
    if step.line == "`/cancel`":  # nobody has to say it
        return f"{step.what}; {step.line} stops it"
    return f"{step.what}: {step.line}" if step.line else step.what
