"""One of each reply: what the commands tell, and what is shown of a case that is held or erased."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.case import Override
from bot.domain.lifecycle import Phase
from bot.domain.messages import Finished, Message
from bot.domain.people import Actor
from bot.domain.replies import (
    AuditReply,
    AuditRow,
    Awaited,
    CostReply,
    EraseAsk,
    Erased,
    EvidenceReply,
    Happened,
    Held,
    Left,
    OverrideNoted,
    PlanSketch,
    Retried,
    RunCost,
)
from tests.samples import APPROVAL, CASE, DONE, PLAN, RUNNING

LATER = "2026-01-02T03:14:05.000006Z"
OVERRIDDEN = replace(
    DONE,
    digest=PLAN.digest,
    overrides=(
        Override(13, "cleo", "plan", PLAN.digest, "the fair opens tomorrow, bert is ill", LATER, "comment:4712"),
    ),
)
HELD = replace(CASE, phase=Phase.HELD, approvals=(APPROVAL,), holder=Actor(12, "bert"))
DRY = PLAN.model_copy(update={"version": 2})
SEALED = replace(
    DONE,
    made={"pull": 9, "branch": "millwright/web-7", "anchored": 42},
    evidence={"url": "https://github.com/acme/widgets/releases/download/e/evidence_pack_WEB-7.zip"},
)
KEY = "SHA256:" + "8" * 64
RUNS = (
    RunCost("website", "preview", "2026-01-02T03:00:05.000006Z", 2, 2, "0.008", "USD"),
    RunCost("website", "execute", "2026-01-02T03:10:05.000006Z", 2, 3, None, "USD"),
)
ROWS = (
    AuditRow(1, "2026-01-02T03:04:05.000006Z", "anna", "capability.opened", "", {"number": 7}),
    AuditRow(2, "2026-01-02T03:04:05.000007Z", "anna", "plan.generated", "", {"version": 1, "risk": "MEDIUM"}),
    AuditRow(9, LATER, "bert", "approval.given", "", {"version": 1, "gate": "plan"}),
    AuditRow(10, LATER, "millwright", "gate.passed", "1 of 1 approvals", {"gate": "plan"}),
    AuditRow(14, LATER, "cleo", "capability.held", "wait for @legal, see #12", {"frozen": ""}),
    AuditRow(15, LATER, "millwright", "something.new", "", {}),
)
REPLIES: tuple[Message, ...] = (
    Held(HELD, "bert", "the customer asks for two more days", ""),
    Happened(
        CASE,
        "The repository was renamed from `acme/widgets` to `acme/shop` by olga. The plan names the old one.",
        "in the policy's `products` write `acme/shop` in place of `acme/widgets`, then `/plan`",
    ),
    Awaited(CASE, "approval (0 of 1 approvals)", f"`/approve {PLAN.token}`"),
    Retried("website", "execute", "deploy", ("website",)),
    PlanSketch(CASE, DRY, "website: title", False, 1, "maintain role or more"),
    CostReply(DONE, PLAN.estimate, RUNS, (Left("per_case", "5", "4.992", "USD", True),)),
    AuditReply(DONE, ROWS, 42, "7" * 64, None),
    EvidenceReply(SEALED, SEALED.evidence["url"], "9" * 64, KEY, "evidence_pack_WEB-7.zip", 40, 2),
    OverrideNoted("cleo", "plan", PLAN.token, PLAN.digest, "the fair opens tomorrow, bert is ill", True),
    EraseAsk(SEALED, f"/erase {PLAN.token}", {"plans": 2, "briefings": 1, "journals": 4, "artifacts": 2}, True),
    Erased(replace(SEALED, plan=None, erased=True), "cleo", LATER, 9),
)
"""each renders as the golden file of its kind"""

VARIANTS: dict[str, Message] = {
    "erased_by_time": Erased(replace(SEALED, plan=None, erased=True), "", LATER, 1),
    "held_frozen": Held(replace(HELD, phase=Phase.HELD, frozen="archived"), "", "", "the repository is archived"),
    "cost_reply_nothing": CostReply(CASE, PLAN.estimate, ()),
    "evidence_reply_not_yet": EvidenceReply(RUNNING, "", "", "", "", 12, 0),
    "override_noted_second": OverrideNoted(
        "cleo", "budget", PLAN.token, PLAN.digest, "pay it", False, "an override takes a second admin here"
    ),
    "finished_overridden": Finished(OVERRIDDEN, PLAN, "completed"),
    "finished_kept": Finished(
        replace(DONE, phase=Phase.FAILED, kept="website", steps={"website": "completed", "deploy": "rolled_back"}),
        PLAN,
        "failed",
        because="bert asked to keep website",
        stands=("website",),
        next="`/retry` goes on from there, `/rollback` takes back the rest",
    ),
}
"""by the name of the golden file"""
