"""The Acme briefing, a policy of ten lines and what a plan of them needs, as values."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.domain.briefing import Briefing, read_briefing
from bot.domain.document import Document
from bot.domain.faults import Fault
from bot.domain.planner import PlanInputs, Subject, plan_for
from bot.domain.policy import Policy, parse
from bot.domain.strict_yaml import read_yaml
from bot.domain.vertical import Vertical, parse_vertical
from bot.load.blueprints import erp_catalogue
from executors import catalog
from executors.protocol.plan import Plan, WorkflowPin

CASES = Path(__file__).parents[2] / "cases" / "briefings"
POLICY = """\
operations: acme/millwright-ops
products:
  - repository: acme/website
    key: ACME
    environment: www
environments:
  - name: www
    path: /srv/www/acme
    url: http://127.0.0.1:8080
prices:
  currency: EUR
  minutes: {self-hosted: 0.004}
"""
ERP = """\
  - name: erp
    kind: odoo
    url: https://erp.acme.example
    database: acme
    login: millwright@acme.example
    key: ODOO_KEY
    master: ODOO_MASTER
"""
SUBJECT = Subject(101, "acme/website", "I_kwDOAA", 7, "ACME-7", 1, "2026-01-02")
WORKFLOW = WorkflowPin(
    repository_id=102,
    repository="acme/millwright-ops",
    path=".github/workflows/millwright.yml",
    ref="main",
    blob="a" * 40,
)
TEMPLATES = {"corporate_site_v1": "c" * 64}


def example() -> str:
    return (files("templates") / "examples" / "acme_briefing.yaml").read_text("utf-8")


def raw(name: str = "acme") -> dict[str, Any]:
    value: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text("utf-8"))
    return value


def briefing_of(value: Any) -> Briefing:
    read = read_briefing(Document(value))
    assert isinstance(read, Briefing), read
    return read


def faults_of(value: Any) -> tuple[Fault, ...]:
    read = read_briefing(Document(value))
    assert isinstance(read, tuple), "the briefing was taken"
    return read


def acme(**changes: Any) -> Briefing:
    document = read_yaml(example())
    assert isinstance(document, Document)
    return briefing_of(document.value | changes)


def policy(more: str = "") -> Policy:
    read = parse(POLICY + more)
    assert isinstance(read, Policy), read
    return read


def erp_text(place: str = ERP) -> str:
    """The same policy with an Odoo for the product."""
    text = POLICY.replace("    environment: www\n", "    environment: www\n    erp: erp\n")
    return text.replace("prices:", f"{place}prices:")


def erp_policy(*, without: str = "", more: str = "") -> Policy:
    """That policy as a value: `without` lines of the Odoo that begin so, with `more` below it."""
    kept = [line for line in ERP.splitlines(keepends=True) if not without or not line.strip().startswith(without)]
    read = parse(erp_text("".join(kept) + (f"    {more}\n" if more else "")))
    assert isinstance(read, Policy), read
    return read


def vertical() -> Vertical:
    return parse_vertical((files("verticals") / "service_business_v1.yaml").read_text("utf-8"))


def plan_inputs(briefing: Briefing | None = None, rules: Policy | None = None) -> PlanInputs:
    rules = rules or policy()
    return PlanInputs(
        subject=SUBJECT,
        briefing=briefing or acme(),
        vertical=vertical(),
        policy=rules,
        product=rules.products[0],
        cards={card.name: card for card in catalog.cards()},
        templates=TEMPLATES,
        workflow=WORKFLOW,
        catalogue=erp_catalogue(),
    )


def planned(inputs: PlanInputs | None = None, **changes: Any) -> Plan:
    plan = plan_for(replace(inputs or plan_inputs(), **changes))
    assert isinstance(plan, Plan), plan
    return plan
