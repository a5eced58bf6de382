"""The issue form as GitHub renders what was filled in; written from its YAML, not from the bot's reading of it."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

FORM: list[dict[str, Any]] = yaml.safe_load((files("templates") / "forms" / "business.yml").read_text("utf-8"))[
    "body"
]


def filled(answers: dict[str, str], ticked: tuple[str, ...] = ()) -> str:
    """The issue body for answers by question id; `ticked` are the first words of boxes."""
    return "\n\n".join(
        f"### {item['attributes']['label']}\n\n{_answer(item, answers, ticked)}"
        for item in FORM
        if item["type"] != "markdown"
    )


def _answer(item: dict[str, Any], answers: dict[str, str], ticked: tuple[str, ...]) -> str:
    if item["type"] == "checkboxes":
        boxes = [option["label"] for option in item["attributes"]["options"]]
        return "\n".join(f"- [{'X' if box.split(':')[0] in ticked else ' '}] {box}" for box in boxes)
    given = answers.get(item["id"], "")
    if item["type"] == "textarea" and item["attributes"].get("render") and given:
        return f"```{item['attributes']['render']}\n{given}\n```"
    return given or "_No response_"


ANSWERS = {
    "business_name": "Acme Consulting GmbH",
    "business_type": "consulting",
    "industry": "IT Consulting",
    "country": "DE",
    "contact_email": "info@acme-consulting.example",
    "website_config--domain": "acme-consulting.example",
    "website_config--template": "corporate_site_v1",
    "website_config--language": "de",
    "website_config--pages": "home, services, contact",
    "website_config--tagline": "IT, die trägt",
    "website_config--content": (
        "services:\n  - name: Beratung\n    summary: Wir beraten.\nabout:\n  text: Ein Haus aus Berlin."
    ),
    "legal": (
        "address: {street: Musterstraße 12, postal_code: '10999', city: Berlin}\n"
        "represented_by: Katharina Vogel\nregister_court: Amtsgericht Berlin (Charlottenburg)\n"
        "register_number: HRB 000000 B\nprivacy_contact: datenschutz@acme-consulting.example"
    ),
    "execution_mode": "normal",
}
"""A form filled in well."""
