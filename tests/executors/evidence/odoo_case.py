"""A leg on an Odoo as its runs leave it: looks, journal and log; the module lists are those of a real 19.0."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from executors.protocol.canonical import canonical
from executors.protocol.journal import (
    Entry,
    Intent,
    JournalLine,
    LegFinished,
    LegStarted,
    Looked,
    Result,
    StepFinished,
    StepStarted,
)
from executors.protocol.odoo import (
    Company,
    CopyDatabase,
    CreateUser,
    DropCopy,
    InstallModule,
    OdooDatabase,
    RemoveUser,
    RestoreCopy,
    SetCompany,
    UninstallModules,
)
from executors.protocol.operation import Operation
from executors.protocol.plan import Leg, Plan, Step, Verb

BASE = """api_doc=1.0 auth_passkey=1.1 auth_totp=1.0 base=1.3 base_import=2.0 base_import_module=1.0 base_setup=1.0
bus=1.0 html_editor=1.0 iap=1.1 rpc=1.0 web=1.0 web_tour=1.0 web_unsplash=1.1"""
CRM = """auth_passkey_portal=1.0 auth_signup=1.0 auth_totp_mail=1.0 auth_totp_portal=1.0 base_install_request=1.0
calendar=1.1 calendar_sms=1.1 contacts=1.0 crm=1.9 crm_iap_enrich=1.1 crm_iap_mine=1.2 crm_sms=1.1 digest=1.1
google_gmail=1.2 http_routing=1.0 iap_crm=1.0 iap_mail=1.0 mail=1.19 mail_bot=1.2 microsoft_outlook=1.1
partner_autocomplete=1.1 phone_validation=2.1 portal=1.0 privacy_lookup=1.0 resource=1.1 resource_mail=1.0
sales_team=1.1 sms=3.0 snailmail=0.4 utm=1.1"""
MORE = """account=1.4 account_add_gln=1.0 account_edi_ubl_cii=1.0 account_payment=2.0 analytic=1.2 hr=1.1
hr_calendar=1.0 hr_homeworking=2.0 hr_homeworking_calendar=1.0 hr_hourly_cost=1.0 hr_org_chart=1.0 hr_skills=1.0
hr_timesheet=1.0 mail_bot_hr=1.0 onboarding=1.2 payment=2.0 portal_rating=1.0 product=1.2 project=1.3
project_account=1.3 project_hr_skills=1.0 project_sms=1.1 project_todo=1.0 rating=1.1 sale=1.2 sale_crm=1.0
sale_edi_ubl=1.0 sale_management=1.0 sale_pdf_quote_builder=1.0 sale_project=1.0 sale_service=1.0 sale_sms=1.0
sale_timesheet=1.0 snailmail_account=0.1 spreadsheet=1.0 spreadsheet_account=1.0 spreadsheet_dashboard=1.0
spreadsheet_dashboard_account=1.0 spreadsheet_dashboard_hr_timesheet=1.0 spreadsheet_dashboard_sale=1.0
spreadsheet_dashboard_sale_timesheet=1.0 uom=1.0 web_hierarchy=1.0"""

AT = OdooDatabase(
    url="https://erp.mueller.example",
    database="production",
    login="millwright@mueller.example",
    key="ODOO_KEY",
    master="ODOO_MASTER",
    snapshot="production-before-ACME-7",
)
ANNA, JOERG = "anna@mueller.example", "joerg@mueller.example"
STEPS = (
    Step(
        id="erp-company",
        executor="odoo_configure_fiscal",
        title="Set country and currency",
        summary="Germany and euro, before anything that brings accounting along.",
        inputs={},
        undo="snapshot",
    ),
    Step(
        id="erp-modules",
        executor="odoo_install_modules",
        title="Install the modules",
        summary="CRM, and what comes with it.",
        inputs={},
        undo="snapshot",
    ),
    Step(
        id="erp-users",
        executor="odoo_create_users",
        title="Create the accounts",
        summary="Two people; no mail is sent and no password is set.",
        inputs={},
        undo="snapshot",
    ),
)


def plan_of(plan: Plan) -> Plan:
    """Return the plan with the leg `erp` in place of its own."""
    return plan.model_copy(
        update={
            "steps": STEPS,
            "legs": (Leg(id="erp", steps=tuple(step.id for step in STEPS)),),
            "unavailable": (),
            "title": "Müller & Söhne Maschinenbau GmbH",
        }
    )


def modules(*listed: str) -> dict[str, Any]:
    """Return the record of a look at modules."""
    pairs = (entry.split("=") for text in listed for entry in text.split())
    return {"modules": {name: ["installed", f"19.0.{version}"] for name, version in pairs}}


BEFORE: Mapping[str, dict[str, Any]] = {
    "erp-company": {"company": {"name": "Müller & Söhne", "country": "", "currency": "USD"}},
    "erp-modules": modules(BASE),
    "erp-users": {"users": {"Anna Müller": None, "Jörg Groß": {"active": True, "groups": ["base.group_user"]}}},
}
AFTER: Mapping[str, dict[str, Any]] = {
    "erp-company": {"company": {"name": "Müller & Söhne", "country": "DE", "currency": "EUR"}},
    "erp-modules": modules(BASE, CRM),
    "erp-users": {
        "users": {
            "Anna Müller": {"active": True, "groups": ["base.group_user", "sales_team.group_sale_manager"]},
            "Jörg Groß": {"active": True, "groups": ["base.group_user", "sales_team.group_sale_salesman"]},
        }
    },
}
MADE: Mapping[str, tuple[Operation, ...]] = {
    "erp-company": (
        CopyDatabase(at=AT),
        SetCompany(
            at=AT,
            company=1,
            settings=Company(country="DE", currency="EUR"),
            before=Company(country="", currency="USD"),
        ),
    ),
    "erp-modules": (
        InstallModule(
            at=AT,
            module="crm",
            brings=tuple(modules(CRM)["modules"]),
            before=tuple(modules(BASE)["modules"]),
        ),
    ),
    "erp-users": (CreateUser(at=AT, login=ANNA, name="Anna Müller", groups=("base.group_user",)),),
}


def record(value: Mapping[str, Any]) -> str:
    """Return the digest that a journal has of a look."""
    return hashlib.sha256(canonical(value)).hexdigest()


def stored(*runs: tuple[Entry, ...]) -> tuple[bytes, ...]:
    """Return the journal of these runs as the bot stores it: each run's lines numbered from 1."""
    return tuple(
        canonical(JournalLine(n=n, at=f"2026-11-20T11:{n // 60:02}:{n % 60:02}.000000Z", body=body).to_json())
        for run in runs
        for n, body in enumerate(run, 1)
    )


def inverse(operation: Operation) -> Operation:
    """Return what the hands answer with after applying it."""
    match operation:
        case CopyDatabase():
            return DropCopy(at=AT)
        case SetCompany(company=company, settings=now, before=before):
            return SetCompany(at=AT, company=company, settings=before, before=now)
        case InstallModule(brings=brings):
            return UninstallModules(at=AT, modules=brings)
        case CreateUser(login=login):
            return RemoveUser(at=AT, login=login, user=7, partner=9)
        case _:
            raise AssertionError(operation.op)


def done(step: str, round_: int = 1) -> list[Entry]:
    """Return the entries of a step's round that applies what there is to apply."""
    entries: list[Entry] = [Looked(step=step, round=round_, record=record(BEFORE[step]))]
    for index, operation in enumerate(MADE[step]):
        key = f"{step}/{round_}/{index}"
        entries.append(Intent(step=step, key=key, operation=operation.to_json()))
        undo = inverse(operation).to_json()
        entries.append(Result(step=step, key=key, ok=True, undo=undo, seconds="2.000"))
    return entries


def whole(verb: Verb = "execute") -> tuple[Entry, ...]:
    """Return the journal of a run that carries every step out."""
    entries: list[Entry] = [LegStarted(verb=verb)]
    for step in BEFORE:
        entries += [StepStarted(step=step), *done(step)]
        entries.append(Looked(step=step, round=2, record=record(AFTER[step])))
        entries.append(StepFinished(step=step, status="completed", changed=len(MADE[step]), seconds="14.200"))
    return (*entries, LegFinished(outcome="completed"))


def restored() -> tuple[Entry, ...]:
    """Return the journal of a rollback that puts the copy back: one operation for all that came after it."""
    keys = tuple(f"{step}/1/{n}" for step in reversed(list(MADE)) for n in reversed(range(len(MADE[step]))))
    undo = RestoreCopy(at=AT).to_json()
    return (
        LegStarted(verb="rollback"),
        Intent(step="erp-company", key="undo/1", operation=undo, undoes=keys),
        Result(step="erp-company", key="undo/1", ok=True),
        *(StepFinished(step=step, status="rolled_back", changed=1) for step in reversed(list(MADE))),
        LegFinished(outcome="rolled_back"),
    )


def files(
    before: Mapping[str, dict[str, Any]] = BEFORE, after: Mapping[str, dict[str, Any]] = AFTER
) -> dict[str, dict[str, bytes]]:
    """Return what a pack has of each step."""
    return {
        step: {"before.json": canonical(before[step]), "after.json": canonical(after[step])} for step in before
    }


def calls(*more: bytes) -> bytes:
    """Return a log of calls as `odoo.jsonl` of a bundle holds it."""
    asked = [
        ("ir.module.module", "search_read", "answered", 9),
        ("res.company", "read", "answered", 2),
        ("res.company", "write", "answered", 1),
        ("ir.module.module", "button_immediate_install", "answered", 1),
        ("ir.module.module", "button_immediate_install", "Lost", 1),
        ("", "db.duplicate_database", "answered", 1),
        ("res.users", "create", "answered", 1),
    ]
    entries = [
        {"n": 1, "wire": "json2", "database": "production", "model": model, "method": method, "arguments": {},
         "status": 200, "outcome": outcome, "milliseconds": "12"}
        for model, method, outcome, count in asked
        for _ in range(count)
    ]  # fmt: skip
    return b"".join(line + b"\n" for line in [*map(canonical, entries), *more])


def artifact(looks: Mapping[str, Mapping[str, bytes]], log: bytes) -> bytes:
    """Return the ZIP that a run hands in."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"journal.jsonl": b"{}\n", "logs.txt": b"ok\n", "odoo.jsonl": log}.items():
            archive.writestr(name, data)
        for step, kept in looks.items():
            for name, data in kept.items():
                archive.writestr(f"steps/{step}/{name}", data)
            archive.writestr(f"steps/{step}/files/built.txt", b"built")
    return sink.getvalue()


def opened(sealed: bytes) -> dict[str, bytes]:
    """Return the files of a sealed pack."""
    with zipfile.ZipFile(io.BytesIO(sealed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def text_of(sealed: bytes) -> str:
    """Return the page as a reader sees it: without markup, with single spaces."""
    return " ".join(
        re.sub(r"<style>.*?</style>|<[^>]+>", " ", opened(sealed)["index.html"].decode(), flags=re.DOTALL).split()
    )
