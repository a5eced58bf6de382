"""Values that tests of several rooms show things with: a small plan, a case, one of each message."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.approval import Approval, Verdict
from bot.domain.case import Case, OpenGate
from bot.domain.faults import Fault, Refused
from bot.domain.lifecycle import Phase
from bot.domain.messages import (
    ApprovalNoted,
    ApprovalsVoid,
    BriefingFaults,
    CheckReport,
    CommandRefused,
    CostLine,
    Finished,
    GateOpen,
    HelpReply,
    HelpRow,
    Message,
    NoPolicy,
    PlanReady,
    Progress,
    PullMerged,
    PullText,
    StatusReply,
    UnknownCommand,
    WhyReply,
)
from bot.domain.people import Actor, Repo, Role
from executors.protocol.finding import Finding
from executors.protocol.plan import (
    Envelope,
    Estimate,
    Leg,
    Plan,
    Planned,
    Reason,
    Risk,
    Seen,
    Step,
    Unavailable,
    WorkflowPin,
)

WEBSITE = Step(
    id="website",
    executor="website",
    title="Generate the website",
    summary="11 pages for acme-consulting.example from corporate_site_v1",
    inputs={},
)
DEPLOY = Step(
    id="deploy",
    executor="deploy",
    title="Put it on the air",
    summary="an atomic switch at /srv/www/acme, the previous release is kept",
    inputs={},
    depends_on=("website",),
)
PLAN = Plan(
    repository_id=101,
    repository="acme/widgets",
    issue_node_id="I_kwDOAA",
    issue_number=7,
    display_id="WEB-7",
    version=1,
    lane="business",
    title="Acme Consulting GmbH",
    vertical="service_business_v1",
    briefing="b" * 64,
    scope=("website",),
    steps=(WEBSITE, DEPLOY),
    legs=(Leg(id="website", steps=("website", "deploy")),),
    unavailable=(
        Unavailable(name="Odoo module crm", why="not available in this release"),
        Unavailable(name="DNS records for acme-consulting.example", why="not available in this release"),
    ),
    notes=("The trade asks for a page about the firm; it was added.",),
    risk=Risk(
        level="MEDIUM",
        reasons=(
            Reason(
                code="domain",
                severity="HIGH",
                probability="MEDIUM",
                text="publishes under the firm's own name",
                mitigation="the earlier release is kept and switched back",
                steps=("deploy",),
            ),
        ),
        general=(
            Reason(
                code="privacy",
                severity="HIGH",
                probability="HIGH",
                text="client data privacy",
                mitigation="a privacy page and no trackers",
            ),
        ),
    ),
    estimate=Estimate(minutes_low=6, minutes_high=9, cost_low="0.016", cost_high="0.024"),
    templates={"corporate_site_v1": "c" * 64},
    workflow=WorkflowPin(
        repository_id=102,
        repository="acme/millwright-ops",
        path=".github/workflows/millwright.yml",
        ref="refs/heads/main",
        blob="d" * 40,
    ),
    prices="e" * 64,
    policy="f" * 64,
    envelopes=(
        Envelope(
            leg="website",
            planned=(
                Planned(op="write_file", target="build:website", count=23, undo="reversible"),
                Planned(op="switch_release", target="local:/srv/www/acme", count=1, undo="reversible"),
            ),
            seen=(Seen(target="local:/srv/www/acme", fact="served", value="nothing"),),
        ),
    ),
)
APPROVAL = Approval(
    user=12,
    login="bert",
    role=Role.MAINTAIN,
    basis="role write or more",
    version=1,
    digest=PLAN.digest,
    gate="plan",
    source="comment:4711",
    evidence="a" * 64,
    at="2026-01-02T03:04:05.000006Z",
)
CASE = Case(
    key="case:101:I_kwDOAA",
    repo=Repo(101, "acme/widgets", 5),
    node_id="I_kwDOAA",
    number=7,
    title="Website for Acme",
    author=Actor(11, "anna"),
    phase=Phase.VALIDATED,
    display_id="WEB-7",
    lane="business",
    version=1,
    plan=PLAN,
    made={"sticky": 1, "pull": 9},
)
RUNNING = replace(
    CASE, phase=Phase.EXECUTING, steps={"website": "completed", "deploy": "running"}, approvals=(APPROVAL,)
)
DONE = replace(
    CASE, phase=Phase.COMPLETED, steps={"website": "completed", "deploy": "completed"}, approvals=(APPROVAL,)
)
COSTS = (
    CostLine("admit", "8.1", 1, "0.008", "USD"),
    CostLine("execute", "31.4", 1, None, "USD"),
)
FINDING = Finding(
    level="warning",
    code="missing_alt",
    message="an image has no description",
    step="website",
    path="team/index.html",
)
MESSAGES: tuple[Message, ...] = (
    BriefingFaults(
        CASE,
        (
            Fault("contact_email", "is not an e-mail address", "write it like info@firm.example", 12),
            Fault("legal.vat_id", "is missing", "it is required for DE"),
        ),
    ),
    PlanReady(CASE, PLAN, "done", 1, "people with the role write or more", excluded=("anna",)),
    Progress(RUNNING, PLAN, "https://github.com/acme/millwright-ops/actions/runs/42", "deploy: switch_release"),
    Finished(
        DONE,
        PLAN,
        "completed",
        url="https://acme-consulting.example",
        evidence_url="https://github.com/acme/widgets/releases/download/e/evidence_pack_WEB-7.zip",
        evidence_sha256="9" * 64,
        key="SHA256:" + "8" * 64,
        costs=COSTS,
        findings=(FINDING,),
    ),
    GateOpen(
        replace(DONE, phase=Phase.WAITING),
        PLAN,
        OpenGate("rollback", ("website",), ("deploy", "website")),
        0,
        1,
        "people with the role write or more",
    ),
    CommandRefused(
        "/approve",
        Refused(
            "self_approval", "anna", "the author of the issue does not approve from MEDIUM up", "ask a colleague"
        ),
    ),
    ApprovalNoted("bert", "maintain", PLAN.token, PLAN.digest, 1, 1),
    StatusReply(RUNNING, "wait for deploy to finish"),
    WhyReply(
        CASE,
        Verdict(
            False,
            "0 of 1 approvals",
            "not_enough",
            (Verdict(False, "anna wrote the issue", "self_approval"), Verdict(True, "the preview is back")),
        ),
    ),
    HelpReply(
        "bert",
        "maintain",
        "validated",
        (
            HelpRow("/approve <version-hash>", "approves exactly this plan", True),
            HelpRow("/retry [step]", "starts a failed leg again", False, "nothing has failed"),
        ),
    ),
    UnknownCommand("/aprove", ("/approve", "/status")),
    NoPolicy(
        CASE,
        "acme/millwright-ops",
        (
            Fault("products", "is missing", "name the repository", 3),
            Fault("mode", "is none of the values allowed", "", 1, "acme/.github:.github/millwright.yml"),
        ),
    ),
    CheckReport("plan", CASE, PLAN, "neutral", data='{"schema": "millwright/decision/v1", "passed": false}'),
    CheckReport("run", DONE, PLAN, "success", COSTS, (FINDING,)),
    CheckReport("cost", DONE, PLAN, "neutral", COSTS),
    PullText(CASE, PLAN),
    PullMerged(CASE, "mallory"),
    ApprovalsVoid(CASE, "the issue was edited", ("bert",)),
)
