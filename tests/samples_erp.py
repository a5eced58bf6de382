"""A plan with two legs, an Odoo before a website, and the messages that show it at work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.domain.approval import Approval
from bot.domain.case import LegRun, Lossy, Objection, OpenGate, StepStatus
from bot.domain.lifecycle import Phase
from bot.domain.messages import ApprovalNoted, CheckReport, Finished, GateOpen, Message, PlanReady, Progress
from executors.protocol.plan import Envelope, Leg, Step
from tests.samples import APPROVAL, CASE, COSTS, PLAN

AT = "odoo:erp.acme.example/acme"
RUN = "https://github.com/acme/millwright-ops/actions/runs/42"


def step(name: str, executor: str, title: str, summary: str, after: tuple[str, ...] = ()) -> Step:
    return Step(
        id=name, executor=executor, title=title, summary=summary, inputs={}, depends_on=after, undo="snapshot"
    )


ERP_STEPS = (
    step("erp-company", "odoo_configure_fiscal", "Set up the company", "Country DE and currency EUR in acme"),
    step(
        "erp-modules",
        "odoo_install_modules",
        "Install modules",
        "CRM, project and invoicing, with what comes along",
        ("erp-company",),
    ),
    step("erp-users", "odoo_create_users", "Create accounts", "2 accounts, without mail", ("erp-modules",)),
)
ERP_ENVELOPE = Envelope.model_validate_json(Path(__file__).with_suffix(".json").read_bytes())
"""What the preview of these steps on a real Odoo 19.0 with `project` and an account for Carl Sagan was."""
ERP_PLAN = PLAN.model_copy(
    update={
        "scope": ("website", "erp"),
        "steps": (*ERP_STEPS, *PLAN.steps),
        "legs": (
            Leg(
                id="erp",
                steps=tuple(one.id for one in ERP_STEPS),
                environment="odoo",
                secrets=("ODOO_KEY", "ODOO_MASTER"),
                hosts=("erp.acme.example",),
            ),
            *PLAN.legs,
        ),
        "unavailable": (),
        "envelopes": (ERP_ENVELOPE, *PLAN.envelopes),
    }
)
ERP_CASE = replace(CASE, plan=ERP_PLAN, digest=ERP_PLAN.digest, preview="done")
YES = replace(APPROVAL, digest=ERP_PLAN.digest)
DONE_ERP: dict[str, StepStatus] = {
    "erp-company": "completed",
    "erp-modules": "completed",
    "erp-users": "completed",
}
HALFWAY = replace(
    ERP_CASE,
    phase=Phase.EXECUTING,
    steps={**DONE_ERP, "website": "completed", "deploy": "running"},
    legs_done=frozenset({"erp"}),
    approvals=(YES,),
)
ALL_DONE = replace(HALFWAY, phase=Phase.COMPLETED, steps={step.id: "completed" for step in ERP_PLAN.steps})
BACK = Approval(
    user=13,
    login="cleo",
    role=APPROVAL.role,
    basis="role:maintain",
    version=1,
    digest=ERP_PLAN.digest,
    gate="rollback",
    source="comment:4712",
    evidence="a" * 64,
    at="2026-01-02T04:04:05.000006Z",
)
GATE = OpenGate(
    name="rollback",
    legs=("erp",),
    steps=("erp-users", "erp-modules", "erp-company"),
    lossy=(
        Lossy("erp-users", "create_user", f"{AT}#Anna Berg", "compensate"),
        Lossy("erp-modules", "install_module", f"{AT}#crm", "compensate"),
        Lossy("erp-modules", "install_module", f"{AT}#account", "compensate"),
        Lossy("erp-company", "set_company", AT, "snapshot"),
    ),
    why="deploy: the site answers 502 instead of 200",
)
ROLLBACK = LegRun("erp", "rollback", "0" * 32, "2026-01-02T05:04:05.000006Z", version=1, open=False)
NOT_RESTORED = (
    "install_module on odoo:erp.acme.example/acme#crm: 3 contacts were written since the copy was made; putting "
    "the copy back would lose them"
)
ERP_MESSAGES: dict[str, Message] = {
    "plan_ready_erp": PlanReady(ERP_CASE, ERP_PLAN, "done", 1, "people with the role write or more"),
    "gate_open_own": GateOpen(
        replace(
            HALFWAY,
            phase=Phase.WAITING,
            gate=OpenGate("compliance", ("website",)),
            approvals=(YES,),
            steps={**HALFWAY.steps, "website": "pending", "deploy": "pending"},
        ),
        ERP_PLAN,
        OpenGate("compliance", ("website",)),
        0,
        1,
        "team legal",
        excluded=("anna",),
    ),
    "plan_ready_objected": PlanReady(
        replace(CASE, objections=(Objection(7, "cleo", "plan", "review:9"),)),
        PLAN,
        "none needed",
        1,
        "maintain role",
    ),
    "plan_ready_half": PlanReady(
        replace(ERP_CASE, plan=ERP_PLAN.model_copy(update={"envelopes": (ERP_ENVELOPE,)}), preview="running"),
        ERP_PLAN.model_copy(update={"envelopes": (ERP_ENVELOPE,)}),
        "running",
        1,
        "people with the role write or more",
    ),
    "progress_erp": Progress(
        HALFWAY, ERP_PLAN, "https://github.com/acme/millwright-ops/actions/runs/42", "deploy is running"
    ),
    "gate_open_erp": GateOpen(
        replace(HALFWAY, phase=Phase.WAITING, gate=GATE, approvals=(YES, BACK)),
        ERP_PLAN,
        GATE,
        1,
        2,
        "maintain role or more",
        excluded=("anna",),
    ),
    "finished_erp": Finished(
        ALL_DONE,
        ERP_PLAN,
        "completed",
        url="https://acme.example",
        also=("https://erp.acme.example",),
        copies=("acme-before-web-9-v1-1a2b3c",),
        costs=COSTS,
    ),
    "finished_standing": Finished(
        replace(HALFWAY, phase=Phase.FAILED, steps={**DONE_ERP, "website": "rolled_back", "deploy": "failed"}),
        ERP_PLAN,
        "failed",
        because="deploy: the site answers 502 instead of 200",
        stands=("erp-company", "erp-modules", "erp-users"),
        next="`/retry`, `/plan` or `/rollback`",
    ),
    "finished_not_restored": Finished(
        replace(ALL_DONE, phase=Phase.FAILED, run=ROLLBACK, remains={"erp": (NOT_RESTORED,)}),
        ERP_PLAN,
        "failed",
        because="others have worked in acme since the copy was made",
        stands=("erp-company", "erp-modules", "erp-users"),
        next="`/retry` tries to take it back again, `/rollback` puts before people what is left",
    ),
    "approval_noted_rollback": ApprovalNoted("cleo", "admin", ERP_PLAN.token, ERP_PLAN.digest, 1, 2, "rollback"),
    "check_report_run_erp": CheckReport("run", ALL_DONE, ERP_PLAN, "success", COSTS),
    "check_report_plan_erp": CheckReport("plan", ERP_CASE, ERP_PLAN, "neutral"),
}
"""By the name of their golden file."""
