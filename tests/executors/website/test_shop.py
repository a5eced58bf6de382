"""Shops: products by category, a page each, prices with what the law wants beside them, orders, terms."""

import json
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from executors.kinds.website.build import build
from executors.kinds.website.check import check_site
from executors.kinds.website.pictures import drawn
from tests.executors.website.firms import ROASTERY, firm, photographed
from tests.executors.website.folder import Folder
from tests.executors.website.hostile import HOSTILE, stays_text
from tests.executors.website.strict import read

ENGLISH: dict[str, Any] = {"language": "en", "country": "GB"}
PRODUCTS: list[dict[str, Any]] = ROASTERY["content"]["products"]
TERMS = ("shipping", "withdrawal", "conditions")


def site(**changes: Any) -> dict[str, bytes]:
    return build(firm(ROASTERY, **changes), {})


def words(data: bytes) -> str:
    return " ".join("".join(read(data).text).split())


def hrefs(data: bytes) -> Iterator[str]:
    return (value for tag, name, value in read(data).attributes if (tag, name) == ("a", "href"))


def product(slug: str, **changes: Any) -> bytes:
    return site(**changes)[f"products/{slug}.html"]


def order(page: bytes) -> str:
    """Where the product page's button leads."""
    return unescape(page.decode().split('class="order"')[1].split('href="')[1].split('"')[0])


def node(page: bytes, kind: str) -> Mapping[str, Any]:
    found = json.loads(read(page).data_blocks[0])
    nodes: list[Mapping[str, Any]] = found.get("@graph", [found])
    return next(one for one in nodes if one["@type"] == kind)


def test_every_product_has_a_page_that_the_index_links_under_its_category() -> None:
    files = site()
    index = files["products/index.html"]
    assert {f"../products/{one['slug']}.html" for one in PRODUCTS} <= set(hrefs(index))
    assert {f"products/{one['slug']}.html" for one in PRODUCTS} <= files.keys()
    text = words(index)
    assert text.index("Kolumbien Huila") < text.index("Espresso Nachtwache") < text.index("Handkaffeemühle")
    assert text.index("Weiteres") < text.index("Gutschein"), "what has no category comes last"
    assert {"#category-1", "#category-2", "#category-3"} <= set(hrefs(index))
    assert check_site(files) == []


def test_one_category_needs_no_navigation_and_no_tiles() -> None:
    files = site(content={"products": PRODUCTS[:2]})
    assert "#category-1" not in set(hrefs(files["products/index.html"]))
    assert "Nach Kategorien" not in words(files["index.html"])
    assert "Nach Kategorien" in words(site()["index.html"])


def test_prices_have_unit_price_and_a_note_that_leads_to_shipping() -> None:
    page = product("yirgacheffe")
    text = words(page)
    assert "14,90 €250 g, 59,60 € je kg" in text.replace("€ 250", "€250")
    assert b'<a href="../shipping.html">inkl. MwSt., zzgl. Versand</a>' in page
    unlinked = product("yirgacheffe", content={"terms": {"price_note": "inkl. MwSt."}})
    assert b'<p class="price-note">inkl. MwSt.</p>' in unlinked


def test_prices_of_a_shop_all_have_cents_where_one_has() -> None:
    assert "1.249,00 €" in words(product("handkaffeemuehle"))
    assert "€1,249.00" in words(product("handkaffeemuehle", **ENGLISH))
    whole = site(content={"products": [PRODUCTS[2], PRODUCTS[4]]})
    assert "29 €" in words(whole["products/nachtwache.html"])


@pytest.mark.parametrize(
    ("slug", "german", "english", "known"),
    [
        ("yirgacheffe", "Auf Lager", "In stock", "InStock"),
        ("kutter", "Nur noch wenige da", "Only a few left", "LimitedAvailability"),
        ("gutschein", "Vorbestellbar", "Can be ordered in advance", "PreOrder"),
        ("handkaffeemuehle", "Wird für Sie angefertigt", "Made to order", "MadeToOrder"),
        ("becher", "Ausverkauft", "Sold out", "SoldOut"),
    ],
)
def test_availability_is_said_in_words_and_to_search_engines(
    slug: str, german: str, english: str, known: str
) -> None:
    assert german in words(product(slug))
    assert english in words(product(slug, **ENGLISH))
    offer = node(product(slug), "Product")["offers"]
    assert offer["availability"] == f"https://schema.org/{known}"
    assert offer["priceCurrency"] == "EUR"
    assert offer["url"] == f"https://nordlicht-kaffee.example/products/{slug}.html"


def test_search_engines_are_told_brand_number_and_the_list_of_products() -> None:
    told = node(product("yirgacheffe"), "Product")
    assert told["sku"] == "NL-101"
    assert told["brand"] == {"@type": "Brand", "name": "Nordlicht"}
    assert told["offers"]["price"] == "14.90"
    listed = node(site()["products/index.html"], "ItemList")
    assert listed["numberOfItems"] == len(PRODUCTS)
    assert listed["itemListElement"][0]["url"].endswith("/products/yirgacheffe.html")


def test_an_order_goes_where_the_briefing_says_else_by_a_prepared_mail() -> None:
    assert order(product("handkaffeemuehle")) == "https://shop.nordlicht-kaffee.example/muehle?id=1"
    parts = urlsplit(order(product("yirgacheffe")))
    assert (parts.scheme, parts.path) == ("mailto", "moin@nordlicht-kaffee.example")
    fields = parse_qs(parts.query, strict_parsing=True)
    assert fields["subject"] == ["Bestellung: Äthiopien Yirgacheffe"]
    lines = fields["body"][0].split("\r\n")
    assert {"Äthiopien Yirgacheffe", "Artikelnummer: NL-101", "Preis: 14,90\u00a0€", "Menge: "} <= set(lines)
    assert "Quantity: " in parse_qs(urlsplit(order(product("yirgacheffe", **ENGLISH))).query)["body"][0]


def test_what_is_sold_out_cannot_be_ordered_only_asked_for() -> None:
    sold_out = [PRODUCTS[5] | {"order": {"url": "https://shop.nordlicht-kaffee.example/becher"}}]
    page = product("becher", content={"products": sold_out})
    assert parse_qs(urlsplit(order(page)).query)["subject"] == ["Anfrage: Steingutbecher"]
    assert b"shop.nordlicht-kaffee.example" not in page


def test_a_row_of_related_products_begins_with_its_category_and_shows_nothing_that_is_sold_out() -> None:
    related = words(product("yirgacheffe")).split("gefallen")[1]
    names = ["Kolumbien Huila", "Espresso Nachtwache", "Espresso Kutter"]
    assert all(name in related for name in names)
    assert sorted(names, key=related.index) == names
    sold_out = next(one["name"] for one in PRODUCTS if one.get("availability") == "sold_out")
    assert sold_out not in related
    assert "Yirgacheffe" in words(product("gutschein")).split("gefallen")[1], "without a category too"
    alone = site(content={"products": PRODUCTS[:1]})
    assert "gefallen" not in words(alone[f"products/{PRODUCTS[0]['slug']}.html"])


def test_the_home_page_fills_a_row_with_what_can_be_ordered() -> None:
    sold_out_first = [PRODUCTS[5], *PRODUCTS[:5]]
    files = site(content={"products": sold_out_first})
    text = words(files["index.html"]).split("Für Sie ausgewählt")[1].split("Nach Kategorien")[0]
    names = [one["name"] for one in PRODUCTS if one["name"] in text]
    assert names == ["Äthiopien Yirgacheffe", "Kolumbien Huila", "Espresso Nachtwache", "Espresso Kutter"]
    assert text.index("Nachtwache") < text.index("Huila"), "the featured ones come first"


@pytest.mark.parametrize("number", [1, 40])
def test_one_and_forty_products_make_a_sound_shop_of_bounded_pages(number: int) -> None:
    many = [PRODUCTS[n % 7] | {"slug": f"p{n}", "name": f"Sorte {n}"} for n in range(number)]
    files = site(content={"products": many})
    assert check_site(files) == []
    weight = len(files["products/index.html"]) + len(files["styles.css"]) + len(files["favicon.svg"])
    assert weight <= 150_000
    assert sum(path.startswith("products/p") for path in files) == number


def test_terms_are_linked_from_every_page_and_made_without_being_asked_for() -> None:
    files = site(pages=["home", "products"])
    for path, data in files.items():
        if path.endswith(".html"):
            ends = {href.rsplit("/", 1)[-1] for href in hrefs(data)}
            assert {f"{name}.html" for name in TERMS} <= ends, path
    assert "Überweisung" in words(files["shipping.html"])
    assert "vierzehn Tagen" in words(files["withdrawal.html"])


@pytest.mark.parametrize("name", TERMS)
def test_a_text_that_is_absent_has_no_page_and_no_link(name: str) -> None:
    terms = {key: value for key, value in ROASTERY["content"]["terms"].items() if key != name}
    files = site(content={"terms": terms})
    assert f"{name}.html" not in files
    assert not any(f"{name}.html".encode() in data for path, data in files.items() if path.endswith(".html"))
    assert check_site(files) == []


def test_a_shop_without_products_has_neither_index_nor_shelf() -> None:
    files = site(content={"products": []})
    assert not [path for path in files if path.startswith("products/")]
    assert "ausgewählt" not in words(files["index.html"])
    assert check_site(files) == []


def test_pictures_of_a_product_open_their_largest_file_and_stand_for_the_page() -> None:
    inputs, pictures = photographed(ROASTERY, {"products": 3})
    files = build(inputs, drawn(inputs, Folder(pictures)))
    page = files["products/yirgacheffe.html"]
    opened = [href for href in hrefs(page) if href.startswith("../assets/")]
    assert len(set(opened)) == 3
    assert all("-1600-" in path for path in opened)
    assert len(node(page, "Product")["image"]) == 3
    assert check_site(files) == []
    covers = files["products/huila.html"].count(b"cover-large")
    assert covers == 1, "what has no picture has a cover"


@pytest.mark.parametrize("payload", HOSTILE)
def test_t31_hostile_text_in_every_slot_of_a_shop_stays_text(payload: str) -> None:
    stays_text(ROASTERY, payload, at_least=45)
