"""Places: the way there, booking by link, phone or a prepared e-mail, gallery, prices."""

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from pydantic import ValidationError

from executors.kinds.website.build import build
from executors.kinds.website.check import check_site
from executors.kinds.website.inputs import Website
from executors.kinds.website.pictures import drawn
from executors.kinds.website.slots.show import money
from tests.executors.website.firms import SALON, firm, photographed
from tests.executors.website.folder import Folder
from tests.executors.website.hostile import HOSTILE, stays_text
from tests.executors.website.strict import read

ENGLISH: dict[str, Any] = {"language": "en", "country": "GB"}


def site(**changes: Any) -> dict[str, bytes]:
    return build(firm(SALON, **changes), {})


def words(data: bytes) -> str:
    """The page's text, no-break spaces as plain ones."""
    return " ".join("".join(read(data).text).split())


def business(inputs: Website) -> Mapping[str, Any]:
    found = json.loads(read(build(inputs, {})["index.html"]).data_blocks[0])
    nodes: list[Mapping[str, Any]] = found.get("@graph", [found])
    return next(node for node in nodes if node["@id"].endswith("#business"))


def hrefs(data: bytes) -> Iterator[str]:
    return (value for tag, name, value in read(data).attributes if (tag, name) == ("a", "href"))


def test_search_engines_are_told_hours_place_and_area() -> None:
    firm_of = business(firm(SALON))
    opens = firm_of["openingHoursSpecification"]
    assert opens[0] == {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": ["Tuesday", "Wednesday"],
        "opens": "09:00",
        "closes": "18:00",
    }
    assert [one["opens"] for one in opens if one["dayOfWeek"] == ["Thursday"]] == ["09:00", "14:00"]
    holidays = [one for one in firm_of["specialOpeningHoursSpecification"] if one["validFrom"] == "2026-12-25"]
    assert holidays[0] | {"opens": "00:00", "closes": "00:00", "validThrough": "2027-01-04"} == holidays[0]
    assert firm_of["geo"] == {"@type": "GeoCoordinates", "latitude": "50.9385", "longitude": "6.9590"}
    assert firm_of["hasMap"].startswith("https://www.openstreetmap.org/?mlat=50.9385&mlon=6.9590")
    assert firm_of["areaServed"][:2] == ["Köln", "Hürth"]
    assert firm_of["areaServed"][-1]["geoRadius"] == "25000"


def test_a_price_list_is_a_catalogue_and_a_menu_where_food_is_served() -> None:
    assert business(firm(SALON))["hasOfferCatalog"]["itemListElement"][0]["name"] == "Damen"
    menu = business(firm(SALON, trade="restaurant"))["hasMenu"]
    first = menu["hasMenuSection"][0]["hasMenuItem"]
    assert first[0]["offers"] == {"@type": "Offer", "price": "48", "priceCurrency": "EUR"}
    assert first[1]["offers"]["priceSpecification"]["minPrice"] == "62"


def test_where_food_is_served_the_price_list_is_a_menu() -> None:
    assert "Speisekarte" not in words(site()["menu.html"])
    assert "Speisekarte" in words(site(trade="restaurant")["menu.html"])


@pytest.mark.parametrize(
    ("location", "link"),
    [
        ({"map": {"url": "https://karte.example/x"}, "latitude": "1.000", "longitude": "2.000"}, "https://karte.example/x"),
        ({"latitude": "-1.500", "longitude": "2.000"}, "https://www.openstreetmap.org/?mlat=-1.500&mlon=2.000#map=17/"),
        (None, "https://www.openstreetmap.org/search?query=Lindenallee%207%2C%2050667%20K%C3%B6ln"),
    ],
)  # fmt: skip
def test_a_map_is_a_link_and_never_loaded(location: Any, link: str) -> None:
    files = site(content={"location": location})
    assert any(href.startswith(link) for href in hrefs(files["location.html"]))
    assert check_site(files) == []


def _ways(**booking: Any) -> list[str]:
    """Where the booking page's own buttons lead, in order."""
    page = site(content={"booking": booking})["booking.html"].decode()
    return [unescape(href) for href in re.findall(r'"way-button"><a class="button[^"]*" href="([^"]*)"', page)]


def test_booking_leads_to_the_link_else_the_phone_else_a_prepared_mail() -> None:
    link, phone = {"url": "https://termine.example/neu?a=1"}, "+49 221 5550 199"
    assert [way.split(":")[0] for way in _ways(link=link, phone=phone)] == ["https", "tel", "mailto"]
    assert [way.split("?")[0] for way in _ways(phone=phone)] == [
        "tel:+492215550199",
        "mailto:hallo@bella-vista.example",
    ]
    assert [way.split("?")[0] for way in _ways()] == ["mailto:hallo@bella-vista.example", "tel:+492215550142"]


@pytest.mark.parametrize(
    ("changes", "subject", "blank"),
    [({}, "Terminanfrage", "Telefon: "), (ENGLISH, "Appointment request", "Phone: ")],
)
def test_the_prepared_mail_asks_for_what_the_firm_wants_to_know(
    changes: dict[str, Any], subject: str, blank: str
) -> None:
    files = site(**changes, business_name="Haar & Co. 100 % #1?")
    href = next(href for href in hrefs(files["booking.html"]) if href.startswith("mailto:") and "?" in href)
    parts = urlsplit(href)
    assert parts.path == "hallo@bella-vista.example"
    assert not parts.fragment
    fields = parse_qs(parts.query, strict_parsing=True)
    assert fields["subject"] == [f"{subject} – Haar & Co. 100 % #1?"]
    lines = fields["body"][0].split("\r\n")
    assert {"Behandlung: ", "Wunschtag & Uhrzeit: ", blank} <= set(lines)
    assert "+" not in parts.query, "a space is %20 in a mailto link (RFC 6068), a plus stays a plus"
    assert "\n" in unquote(parts.query)


def test_a_price_has_its_cents_where_one_of_the_list_has_them() -> None:
    german, english = words(site()["menu.html"]), words(site(**ENGLISH)["menu.html"])
    for price in ("48,00 €", "ab 62,00 €", "34,50 €", "auf Anfrage"):
        assert price in german
    for price in ("€48.00", "from €62.00", "€34.50", "on request"):
        assert price in english
    items = [{"name": "Rat", "price": "0"}, {"name": "Schnitt", "price": "30"}]
    text = words(site(content={"menu": [{"name": "Alles", "items": items}]})["menu.html"])
    assert "kostenlos" in text
    assert "30 €" in text


@pytest.mark.parametrize(
    ("amount", "exact", "de", "en"),
    [
        ("1249", False, "1.249\u00a0€", "€1,249"), ("1249", True, "1.249,00\u00a0€", "€1,249.00"),
        ("29.90", True, "29,90\u00a0€", "€29.90"), ("29.00", False, "29\u00a0€", "€29"),
    ],
)  # fmt: skip
def test_money_is_written_as_the_language_writes_it(amount: str, exact: bool, de: str, en: str) -> None:
    assert money(amount, "EUR", "de", exact=exact) == de
    assert money(amount, "EUR", "en", exact=exact) == en


SLOTS = {
    "hours": (None, "Betriebsferien"),
    "booking": ("booking.html", "Wunschtag"),
    "menu": ("menu.html", "Farbkorrektur"),
    "location": (None, "Parkhaus"),
    "testimonials": ("testimonials.html", "dritten Tag"),
    "services": ("services.html", "Brautfrisuren"),
}


@pytest.mark.parametrize("slot", SLOTS)
def test_what_is_absent_removes_its_section_and_page(slot: str) -> None:
    page, mark = SLOTS[slot]
    rest: dict[str, Any] = {"team": [], "faq": []} if slot == "services" else {}
    before = site(content=rest)
    after = site(content=rest | {slot: None if slot in ("hours", "booking", "location") else []})
    assert any(mark in words(data) for path, data in before.items() if path.endswith(".html"))
    assert not any(mark in words(data) for path, data in after.items() if path.endswith(".html"))
    assert page is None or (page in before and page not in after)
    assert check_site(after) == []


def test_a_firm_of_few_words_still_has_a_sound_site() -> None:
    empty: dict[str, Any] = {
        **{slot: [] for slot in ("services", "facts", "team", "testimonials", "faq", "menu")},
        **dict.fromkeys(("about", "hours", "location", "booking"), None),
    }
    files = site(
        **ENGLISH, content=empty, legal=None, tagline=None, description=None, contact={"email": "a@b.example"}
    )
    assert sorted(path for path in files if path.endswith(".html")) == ["404.html", "contact.html", "index.html"]
    assert check_site(files) == []
    read(files["index.html"])


def test_the_call_bar_offers_only_ways_that_there_are() -> None:
    def bar(**changes: Any) -> str:
        page = site(**changes)["index.html"].decode()
        return page.split('class="call-bar"')[1].split("</nav>")[0]

    whole = bar()
    assert ["tel:+492215550142" in whole, "booking.html" in whole, "location.html" in whole] == [True] * 3
    bare = bar(contact={"email": "a@b.example"}, content={"booking": None})
    assert "tel:" not in bare
    assert 'href="mailto:a@b.example"' in bare


def test_every_picture_of_the_gallery_opens_its_largest_file() -> None:
    inputs, pictures = photographed(SALON, {"gallery": 2})
    files = build(inputs, drawn(inputs, Folder(pictures)))
    page = read(files["gallery.html"])
    opened = [href for href in hrefs(files["gallery.html"]) if href.startswith("assets/")]
    assert len(opened) == len(set(opened)) == 2
    assert all("-1600-" in path and path in files for path in opened)
    assert "Bild 1 von hier" in "".join(page.text)
    assert check_site(files) == []


@pytest.mark.parametrize("point", [("90.001", "0.000"), ("50.000", "-180.500"), ("50.000", None)])
def test_a_point_that_is_on_no_map_is_refused(point: tuple[str, str | None]) -> None:
    latitude, longitude = point
    with pytest.raises(ValidationError, match=r"there is no place at|belong together"):
        firm(SALON, content={"location": {"latitude": latitude, "longitude": longitude}})


@pytest.mark.parametrize("payload", HOSTILE)
def test_t31_hostile_text_in_every_slot_of_a_place_stays_text(payload: str) -> None:
    stays_text(SALON, payload, at_least=60)
