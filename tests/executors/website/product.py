"""A product with every slot that the templates of products fill, and a reader of tables, for tests."""

import copy
from html.parser import HTMLParser
from typing import Any

from executors.kinds.website.inputs import Website
from tests.executors.website.folder import SAMPLE

TEMPLATES = ("saas_landing_v1", "modern_landing_v1")
PAGES = [
    "home", "features", "pricing", "docs", "api-docs", "changelog", "faq", "demo", "about", "team", "contact",
    "blog", "services", "case-studies", "careers",
]  # fmt: skip
MODERN_PAGES = [page for page in PAGES if page not in ("docs", "api-docs", "changelog")]
CONTENT: dict[str, Any] = {
    "features": [
        {
            "name": "Dienstplan",
            "summary": "Alle Schichten auf einer Seite.",
            "details": "Wer tauscht, sieht sofort, ob es geht.",
            "points": ["Tausch ohne Rückfrage", "Ruhezeiten geprüft"],
            "icon": "process",
        },
        {"name": "Zeitkonten", "summary": "Stunden, die stimmen.", "icon": "analytics"},
        {"name": "Lohnausgabe", "summary": "Fertig für die Buchhaltung."},
        {"name": "Warnungen", "summary": "Bevor etwas fehlt."},
    ],
    "pricing": {
        "trial_days": 14,
        "note": "Alle Preise zuzüglich Umsatzsteuer.",
        "tiers": [
            {"name": "Klein", "price": "29", "summary": "Für ein Haus.", "points": ["Bis 10 Personen"]},
            {"name": "Mittel", "price": "1299.50", "period": "year", "per": "Standort", "popular": True},
            {"name": "Groß", "points": ["Eigener Server"]},
        ],
        "comparison": [
            {
                "name": "Planung",
                "rows": [
                    {"name": "Standorte", "values": ["1", "5", "unbegrenzt"]},
                    {"name": "Vorlagen", "note": "je Woche", "values": [False, True, True]},
                ],
            },
            {"name": "Betrieb", "rows": [{"name": "Eigener Server", "values": [False, False, True]}]},
        ],
    },
    "signup": {"url": "https://app.schichtwerk.example/neu", "label": "Konto anlegen"},
    "demo": {"url": "https://termine.schichtwerk.example/", "label": "Vorführung buchen"},
    "docs": [
        {"slug": "start", "title": "Der Anfang", "summary": "In fünf Minuten.", "body": "## Los\n\n- Anmelden"},
        {
            "slug": "tausch",
            "title": "Tauschen",
            "summary": "Zu zweit.",
            "body": "So geht es.",
            "chapter": "Alltag",
        },
        {
            "slug": "keys",
            "title": "Schlüssel",
            "summary": "Wer fragt.",
            "body": "Ein Schlüssel.",
            "chapter": "API",
        },
        {"slug": "urlaub", "title": "Urlaub", "summary": "Anträge.", "body": "So auch.", "chapter": "Alltag"},
    ],
    "case_studies": [
        {
            "slug": "klinik",
            "title": "Ein Haus ohne Zettel",
            "client": "Klinik am See",
            "summary": "Drei Stationen in sechs Wochen.",
            "body": "Am Anfang hing der Plan an der Tür.",
        }
    ],
    "changelog": [
        {"version": "1.9.0", "date": "2025-12-01", "title": "Vorlagen"},
        {
            "version": "2.0.0",
            "date": "2026-02-03",
            "title": "Mehrere Standorte",
            "summary": "Ein Plan für alle Häuser.",
            "points": ["Schneller", "Ruhiger"],
        },
    ],
}


def raw(template: str, **changes: Any) -> dict[str, Any]:
    """The product as a briefing gives it; `content={...}` replaces single slots, None takes one away."""
    given = copy.deepcopy(SAMPLE)
    pages = PAGES if template == "saas_landing_v1" else MODERN_PAGES
    given |= {
        "template": template,
        "domain": "schichtwerk.example",
        "business_name": "Schichtwerk",
        "pages": pages,
    }
    given |= {"features": [], "trade": "saas"}
    content = given["content"] | copy.deepcopy(CONTENT) | changes.pop("content", {})
    return given | {"content": {slot: value for slot, value in content.items() if value is not None}} | changes


def product(template: str = "saas_landing_v1", **changes: Any) -> Website:
    """The product's website."""
    return Website.model_validate(raw(template, **changes))


class Tables(HTMLParser):
    """Reads the tables of a page: the rows as lists of their cells' words, and every header's scope."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.scopes: list[str] = []
        self.caption = ""
        self._open = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")
            self._open = tag
            self.scopes += [value or "" for name, value in attrs if name == "scope"]
        elif tag == "caption":
            self._open = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._open:
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open == "caption":
            self.caption += data
        elif self._open:
            self.rows[-1][-1] = " ".join(f"{self.rows[-1][-1]} {data}".split())
