"""What a product does, costs and how to begin with it: each word in its place, nothing where there is none."""

import json
import re
from typing import Any

import pytest

from executors.kinds.website.build import missing
from executors.kinds.website.check import check_site
from tests.executors.website.folder import site
from tests.executors.website.product import CONTENT, TEMPLATES, Tables, product
from tests.executors.website.strict import read

TIERS = ["Klein", "Mittel", "Groß"]
ENGLISH: dict[str, Any] = {"language": "en", "country": "GB"}


def _text(data: bytes) -> str:
    """The words of a page, on one line."""
    return " ".join(" ".join(read(data).text).split())


def _pricing(**changes: Any) -> dict[str, Any]:
    """The sample's prices with some fields replaced."""
    return {"pricing": CONTENT["pricing"] | changes}


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize(
    "changes", [{}, ENGLISH, {"content": dict.fromkeys(CONTENT)}, {"content": {"signup": None}}]
)
def test_every_page_is_strict_html_and_leads_somewhere(template: str, changes: dict[str, Any]) -> None:
    files = site(product(template, **changes))
    assert check_site(files) == []
    for data in (data for path, data in files.items() if path.endswith(".html")):
        read(data)


def test_the_template_for_products_has_every_page_and_feature_of_its_trade() -> None:
    features = ["pricing_table", "feature_comparison", "signup_flow", "demo_request", "api_documentation"]
    pages = ["home", "pricing", "features", "docs", "contact", "blog", "case-studies", "api-docs", "changelog"]
    assert {code for code, _ in missing(product(pages=pages, features=features))} == {"content_without_page"}
    assert {*pages} - {"home"} <= {path.split("/")[0].removesuffix(".html") for path in site(product(pages=pages))}
    assert "demo.html" in site(product(pages=pages, features=["demo_request"]))


def test_the_comparison_is_a_table_with_the_right_cells() -> None:
    table = Tables(site(product())["pricing.html"])
    assert table.caption == "Welcher Tarif welche Funktion enthält"
    assert table.rows == [
        [
            "Funktion",
            "Klein 29 €",
            "Mittel Am beliebtesten 1.299,50 €",
            "Groß Auf Anfrage",
        ],
        ["Planung"],
        ["Standorte", "1", "5", "unbegrenzt"],
        ["Vorlagen je Woche", "nicht enthalten", "enthalten", "enthalten"],
        ["Betrieb"],
        ["Eigener Server", "nicht enthalten", "nicht enthalten", "enthalten"],
    ]
    assert table.scopes == ["col"] * 4 + ["rowgroup", "row", "row", "rowgroup", "row"]


def test_on_a_phone_each_tier_lists_its_own_side_of_the_comparison() -> None:
    page = site(product())["pricing.html"].decode()
    cards = re.findall(r'<details class="compare-card".*?</details>', page, re.DOTALL)
    words = [" ".join(re.sub(r"<[^>]+>", " ", card).split()) for card in cards]
    assert [text.split()[0] for text in words] == TIERS
    assert "Standorte 1 Vorlagen je Woche nicht enthalten" in words[0]
    assert "Standorte 5 Vorlagen je Woche enthalten" in words[1]
    assert "Eigener Server enthalten" in words[2]
    assert ["open" in card.split(">")[0] for card in cards] == [False, True, False]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            {},
            [
                "29\u00a0€",
                "pro Monat",
                "1.299,50\u00a0€",
                "pro Jahr je Standort",
                "Auf Anfrage",
                "14 Tage kostenlos",
            ],
        ),
        (
            ENGLISH,
            ["€29", "per month", "€1,299.50", "per year per Standort", "On request", "14 days free of charge"],
        ),
    ],
)
def test_money_speaks_the_language_of_the_site(language: dict[str, Any], expected: list[str]) -> None:
    page = read(site(product(**language))["pricing.html"])
    text = re.sub(r"[ \n]+", " ", " ".join(page.text))
    assert [words for words in expected if words not in text] == []


def test_one_day_of_trial_is_no_days_and_none_is_nothing() -> None:
    one, none = (_text(site(product(content=_pricing(trial_days=n)))["pricing.html"]) for n in (1, None))
    assert "1 Tag kostenlos testen" in one
    assert "kostenlos testen" not in none


def test_the_popular_tier_is_named_so_in_words() -> None:
    plain = [{**tier, "popular": False} for tier in CONTENT["pricing"]["tiers"]]
    assert _text(site(product())["pricing.html"]).count("Am beliebtesten") == 3
    assert "Am beliebtesten" not in _text(site(product(content=_pricing(tiers=plain)))["pricing.html"])


def test_every_tier_has_a_way_on_and_says_which_it_is() -> None:
    tiers = [*CONTENT["pricing"]["tiers"]]
    tiers[1] = {**tiers[1], "link": {"url": "https://app.schichtwerk.example/mittel", "label": "Mittel nehmen"}}
    page = site(product(content=_pricing(tiers=tiers)))["pricing.html"].decode()
    ways = re.findall(r'<p class="tier-go"><a class="[^"]+" href="([^"]+)"[^>]*>(.*?)</a>', page)
    assert [(href, re.sub(r"<[^>]+>", "", words)) for href, words in ways] == [
        ("https://app.schichtwerk.example/neu", "Wählen: Klein"),
        ("https://app.schichtwerk.example/mittel", "Mittel nehmen: Mittel"),
        ("contact.html", "Preis anfragen: Groß"),
    ]


ABSENT = {
    "features": ("features.html", b"Dienstplan"),
    "pricing": ("pricing.html", b"Auf Anfrage"),
    "docs": ("docs/index.html", b"Tauschen"),
    "changelog": ("changelog.html", b"2.0.0"),
    "faq": ("faq.html", b"Erstgespr"),
    "signup": (None, b"Konto anlegen"),
    "demo": (None, "Vorführung buchen".encode()),
}


@pytest.mark.parametrize("slot", ABSENT)
def test_an_absent_slot_removes_its_page_and_every_word_of_it(slot: str) -> None:
    page, mark = ABSENT[slot]
    empty: list[str] | None = [] if slot == "faq" else None
    before, after = site(product()), site(product(content={slot: empty}))
    assert any(mark in data for data in before.values())
    assert not any(mark in data for data in after.values())
    assert page is None or (page in before and page not in after)


def test_without_a_comparison_the_prices_stand_alone() -> None:
    page = site(product(content=_pricing(comparison=[])))["pricing.html"]
    assert Tables(page).rows == []
    assert b"compare-card" not in page
    assert "Im Vergleich" not in _text(page)


def test_guides_know_their_neighbours_in_the_order_of_chapters() -> None:
    files = site(product())
    turns = {
        slug: re.findall(
            r'class="guide-(back|on)" href="\.\./docs/([a-z]+)\.html"', files[f"docs/{slug}.html"].decode()
        )
        for slug in ("start", "tausch", "urlaub", "keys")
    }
    assert turns == {
        "start": [("on", "tausch")],
        "tausch": [("back", "start"), ("on", "urlaub")],
        "urlaub": [("back", "tausch"), ("on", "keys")],
        "keys": [("back", "urlaub")],
    }
    current = re.findall(r'docs/([a-z]+)\.html" aria-current="page"', files["docs/urlaub.html"].decode())
    assert current == ["urlaub"]


def test_the_api_page_holds_the_guides_on_the_api_in_full_and_no_others() -> None:
    text = _text(site(product())["api-docs.html"])
    assert "Ein Schlüssel." in text
    assert "So geht es." not in text
    no_api = [{**guide, "chapter": None} for guide in CONTENT["docs"]]
    assert "api-docs.html" not in site(product(content={"docs": no_api}))


def test_releases_stand_newest_first_with_their_day_as_data() -> None:
    page = site(product())["changelog.html"].decode()
    assert re.findall(r'<time datetime="([^"]+)">([^<]+)', page) == [
        ("2026-02-03", "3. Februar 2026"),
        ("2025-12-01", "1. Dezember 2025"),
    ]


def test_a_demonstration_is_booked_or_asked_for_by_a_prepared_letter() -> None:
    booked = site(product())["demo.html"].decode()
    asked = site(product(content={"demo": None}))["demo.html"].decode()
    assert 'href="https://termine.schichtwerk.example/" rel="noopener">Vorführung buchen' in booked
    assert "?subject=" not in booked
    assert (
        "mailto:info@acme-consulting.example?subject=Bitte%20um%20eine%20Vorf%C3%BChrung&amp;body=Firma" in asked
    )


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_leads_to_another_place_hands_it_no_window(template: str) -> None:
    offers = re.compile(r"<a [^>]*https://(?:app|termine)\.schichtwerk\.example[^>]*>")
    pages = [data.decode() for path, data in site(product(template)).items() if path.endswith(".html")]
    anchors = [anchor for page in pages for anchor in offers.findall(page)]
    assert len(anchors) > 3
    assert [anchor for anchor in anchors if 'rel="noopener"' not in anchor] == []


def test_search_engines_are_told_of_the_product_and_what_it_costs() -> None:
    def told(**changes: Any) -> list[dict[str, Any]]:
        whole = json.loads(read(site(product(**changes))["index.html"]).data_blocks[0])
        return [node for node in whole.get("@graph", [whole]) if node["@type"] == "SoftwareApplication"]

    (application,) = told()
    assert application["featureList"] == ["Dienstplan", "Zeitkonten", "Lohnausgabe", "Warnungen"]
    assert [(o["name"], o["price"], o["priceCurrency"]) for o in application["offers"]] == [
        ("Klein", "29", "EUR"),
        ("Mittel", "1299.50", "EUR"),
    ]
    assert [o["priceSpecification"]["unitCode"] for o in application["offers"]] == ["MON", "ANN"]
    assert told(content={"pricing": None}) == []
    assert told(trade="membership") == []


def test_a_product_without_pictures_is_drawn_the_same_for_a_name_and_otherwise_for_another() -> None:
    def drawing(**changes: Any) -> str:
        page = site(product(**changes))["index.html"].decode()
        return page[page.index("hero-drawn") : page.index("</svg>", page.index("hero-drawn"))]

    assert drawing() == drawing(tagline="Etwas anderes.")
    assert drawing() != drawing(business_name="Nachtwerk")


def test_a_bold_page_leads_to_each_of_its_own_parts_and_to_no_other() -> None:
    def index(**changes: Any) -> list[str]:
        page = site(product("modern_landing_v1", pages=["home"], **changes))["index.html"].decode()
        found = re.search(r'<nav class="hero-index".*?</nav>', page, re.DOTALL)
        assert found is not None
        return re.findall(r'href="#([a-z-]+)"', found[0])

    assert index() == ["services", "features", "about", "voices", "people", "pricing", "contact"]
    assert index(content={"testimonials": [], "pricing": None}) == [
        "services",
        "features",
        "about",
        "people",
        "contact",
    ]
