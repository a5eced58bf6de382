"""One of each notice: why a leg waits or is stopped, who locked and opened an environment, which limit is near."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.case import Queued
from bot.domain.lifecycle import Phase
from bot.domain.messages import Message, StatusReply
from bot.domain.notices import BudgetNear, LegWaits, LockNoted, LockOpened, Rebuilt
from bot.domain.people import NOBODY
from tests.samples import APPROVAL, CASE, PLAN, RUNNING

AT = "2026-01-02T03:14:05.000006Z"
LOCKED = "environment production is locked by cleo until 2026-01-03 03:14 UTC: we restore a backup"
WAITS = Queued("website", "execute", "f" * 32, "production", NOBODY, False, "", AT, True, LOCKED)
WAITS = replace(WAITS, line="it starts by itself then; cleo or an admin may say `/unlock production` before")
STOPPED = replace(
    WAITS,
    has_money=False,
    stopped="the budget of this month is not enough: with this run it comes to at least 20.02 USD of 20 USD",
    line=("raise `budgets.per_month` in the policy, then `/run`; or an admin may say `/override budget <reason>`"),
)
APPROVED = replace(CASE, phase=Phase.APPROVED, approvals=(APPROVAL,), plan=PLAN)

NOTICES: tuple[Message, ...] = (
    LegWaits(replace(APPROVED, queued=WAITS), PLAN, WAITS),
    LockNoted(
        "production",
        "cleo",
        "we restore a backup",
        "2026-01-03 03:14 UTC",
        "WEB-7 (execution of website)",
        ("WEB-9",),
    ),
    LockOpened("production", "olga", "cleo", "we restore a backup", ("WEB-9", "WEB-12")),
    BudgetNear("per_month", "16.4", "20", "USD", 80, at_least=True),
    Rebuilt(
        APPROVED,
        AT,
        42,
        ("https://github.com/acme/widgets/issues/7#issuecomment-11", "javascript:alert(1)"),
        3,
        "a decision at the gate `compliance`: `/approve compliance v1-1a2b3c4d5e6f`",
    ),
)
NOTICED: dict[str, Message] = {
    "leg_waits_stopped": LegWaits(replace(APPROVED, queued=STOPPED), PLAN, STOPPED),
    "lock_noted_free": LockNoted("production", "cleo", "we restore a backup", "2026-01-03 03:14 UTC"),
    "lock_opened_own": LockOpened("production", "cleo", "cleo", "we restore a backup"),
    "rebuilt_quiet": Rebuilt(APPROVED, AT, 42, (), 0, "the run of website; `/cancel` stops it"),
    "budget_near_case": BudgetNear("per_case", "4.5", "5", "USD", 80),
    "status_reply_locked": StatusReply(RUNNING, "the execution of website", (LOCKED,)),
}
