"""The website: settles, is the same every time, links to itself, and shows only what it was given."""

import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from executors.catalog import executor
from executors.kinds.website import EXECUTOR, verify
from executors.kinds.website.build import TemplateChanged
from executors.kinds.website.check import check_site
from executors.parts.paths import safe_path
from executors.protocol.content import Content
from executors.protocol.operation import RemoveFile, Scratch, WriteFile
from executors.render.shipped import UnknownTemplate, template_digest
from tests.executors.website.folder import Folder, given, settle, site
from tests.executors.website.strict import Strict, read

ALL_PAGES = {
    "index.html", "services.html", "team.html", "about.html", "contact.html", "blog/index.html", "imprint.html",
    "privacy.html", "404.html", "blog/erp-ohne-grossprojekt.html",
}  # fmt: skip
ENGLISH: dict[str, Any] = {"language": "en", "country": "GB"}


def test_the_catalogue_finds_it() -> None:
    assert executor("website") is EXECUTOR
    assert EXECUTOR.undo == "reversible"


def test_the_first_round_writes_everything_and_the_second_has_nothing_left() -> None:
    folder = Folder()
    assert {operation.op for operation in settle(given(), folder)} == {"write_file"}
    assert set(folder.held) >= ALL_PAGES
    assert settle(given(), folder) == []


def test_a_changed_and_a_stray_file_are_put_right() -> None:
    folder = Folder()
    settle(given(), folder)
    folder.held["index.html"] = b"changed"
    folder.held["stray.html"] = b"stray"
    at, page = Scratch(step="site"), site()["index.html"]
    assert settle(given(), folder) == [
        WriteFile.of(at, "index.html", page),
        RemoveFile(at=at, path="stray.html"),
    ]
    assert settle(given(), folder) == []


def test_the_same_inputs_give_the_same_bytes() -> None:
    assert site() == site()


def test_the_order_of_posts_in_the_briefing_does_not_matter() -> None:
    posts = given().content.blog
    assert site(given(content={"blog": [post.model_dump() for post in reversed(posts)]})) == site()


def test_the_sample_has_no_finding_but_the_form_that_it_cannot_have() -> None:
    folder = Folder()
    settle(given(), folder)
    findings = verify(given(), "site", folder)
    assert [(finding.level, finding.code) for finding in findings] == [("notice", "form_without_endpoint")]
    assert findings[0].step == "site"


@pytest.mark.parametrize("changes", [{}, ENGLISH, {"pages": []}, {"features": []}, {"pages": ["home", "blog"]}])
def test_every_page_is_strict_html_and_every_internal_link_resolves(changes: dict[str, Any]) -> None:
    files = site(given(**changes))
    assert check_site(files) == []
    for path, data in files.items():
        assert safe_path(path) == path
        if path.endswith(".html"):
            page = read(data)
            assert [json.loads(block)["@context"] for block in page.data_blocks] in ([], ["https://schema.org"])


def test_pages_speak_the_language_of_the_briefing() -> None:
    german, english = site(), site(given(**ENGLISH))
    assert b'lang="de"' in german["index.html"]
    assert b"Impressum" in german["imprint.html"]
    assert "§ 5 DDG".encode() in german["imprint.html"]
    assert b"DSGVO" in german["privacy.html"]
    assert b'lang="en"' in english["index.html"]
    assert b"Legal notice" in english["imprint.html"]
    assert b"DDG" not in english["imprint.html"]
    assert b"17 February 2026" in english["blog/index.html"]
    assert b"17. Februar 2026" in german["blog/index.html"]


SLOTS = {
    "services": ("services.html", b"abtippt"),
    "team": ("team.html", b"Aylin Demir"),
    "about": ("about.html", b"Beratungshaus"),
    "blog": ("blog/index.html", b"ERP ohne Gro"),
    "faq": (None, b"Erstgespr"),
    "testimonials": (None, b"Katrin Olbrich"),
    "process": (None, b"Kennenlernen"),
    "facts": (None, b"1 Tag"),
}


@pytest.mark.parametrize("slot", SLOTS)
def test_an_absent_slot_removes_its_section_and_its_page(slot: str) -> None:
    page, mark = SLOTS[slot]
    empty: list[str] | None = None if slot == "about" else []
    before, after = site(), site(given(content={slot: empty}, legal=_legal_without_names()))
    assert any(mark in data for data in before.values())
    assert not any(mark in data for path, data in after.items() if path != "styles.css")
    assert page is None or (page in before and page not in after)
    assert check_site(after) == []


def _links(page: Strict) -> list[tuple[str, dict[str, str]]]:
    """The page's links with all their attributes."""
    return [(tag, given) for tag, given in page.elements if tag == "a"]


def _legal_without_names() -> dict[str, Any]:
    address = {"street": "Beispielstraße 12", "postal_code": "10115", "city": "Berlin"}
    return {"address": address, "represented_by": "Die Geschäftsführung"}


def test_without_any_content_a_home_page_remains_that_invents_nothing() -> None:
    inputs = given(
        **ENGLISH, content=Content().model_dump(), legal=None, pages=[],
        features=[], tagline=None, description=None, contact={"email": "a@b.example"},
    )  # fmt: skip
    files = site(inputs)
    assert [path for path in files if path.endswith(".html")] == ["404.html", "index.html"]
    page = read(files["index.html"])
    assert [tag for tag, _ in page.shape].count("section") == 2
    assert not any(char.isdigit() for char in "".join(page.text).replace("2026", ""))


def test_optional_legal_facts_are_left_out_when_absent() -> None:
    files = site(given(legal=_legal_without_names()))
    assert b"Registereintrag" in site()["imprint.html"]
    for heading in (b"Registereintrag", b"Umsatzsteuer", b"Aufsichtsbeh", b"MStV"):
        assert heading not in files["imprint.html"]


def test_an_imprint_names_the_law_of_its_country_and_the_profession_of_its_people() -> None:
    legal = given().legal
    assert legal is not None
    title = {"title": "Zahnärztin", "awarded_in": "Deutschland", "chamber": "Kammer X", "rules": "Ordnung Y"}
    full = legal.model_dump() | {"profession": title, "privacy_authority": "Behörde Z"}
    german, austrian = site(given(legal=full)), site(given(legal=full, country="AT"))
    ours = ("§ 5 DDG", "§ 27a Umsatzsteuergesetz", "MStV")
    for word in (*title.values(), *ours):
        assert word in german["imprint.html"].decode()
    assert not [word for word in ours if word in austrian["imprint.html"].decode()]
    assert "Behörde Z" in german["privacy.html"].decode()
    assert "Behörde Z" not in german["imprint.html"].decode()


def test_what_is_asked_for_and_cannot_be_shown_is_named() -> None:
    inputs = given(pages=["home", "team", "downloads"], features=["blog", "booking"], content={"team": []})
    folder = Folder()
    settle(inputs, folder)
    codes = {finding.code for finding in verify(inputs, "site", folder)}
    assert codes == {"page_unknown", "page_without_content", "feature_unknown", "content_without_page"}


def test_content_that_no_page_shows_is_named() -> None:
    inputs, folder = given(pages=["home", "services", "about", "contact"], features=["blog"]), Folder()
    settle(inputs, folder)
    findings = verify(inputs, "site", folder)
    assert {finding.code for finding in findings} == {"content_without_page"}
    messages = " ".join(finding.message for finding in findings)
    assert [f"the page {name!r}" in messages for name in ("team", "case_studies", "careers", "blog")] == [
        True, True, True, False,
    ]  # fmt: skip


def test_a_feature_brings_its_page() -> None:
    assert "blog/index.html" not in site(given(features=[]))
    assert "team.html" in site(given(pages=["home"], features=["team_profiles"]))


def test_robots_and_sitemap_lie_in_the_public_root_and_name_every_listed_page() -> None:
    files = site()
    assert b"Sitemap: https://acme-consulting.example/sitemap.xml" in files["robots.txt"]
    root = ET.fromstring(files["sitemap.xml"])
    listed = [node.text for node in root.iter() if node.tag.endswith("loc")]
    assert listed[0] == "https://acme-consulting.example/"
    assert len(listed) == len([path for path in files if path.endswith(".html")]) - 1
    dates = {node.text for node in root.iter() if node.tag.endswith("lastmod")}
    assert dates == {"2026-03-02", "2026-02-17", "2026-01-20", "2025-11-05"}


def test_the_head_tells_search_engines_who_and_where() -> None:
    page = read(site()["index.html"])
    names = {(tag, value) for tag, name, value in page.attributes if name in {"property", "name", "rel"}}
    wanted = {("meta", "description"), ("meta", "og:title"), ("meta", "og:url"), ("link", "canonical")}
    assert names >= wanted
    firm = json.loads(page.data_blocks[0])
    assert firm["@type"] == "ProfessionalService"
    assert firm["address"]["addressLocality"] == "Berlin"
    assert len(firm["makesOffer"]) == 6


def _data(path: str, files: dict[str, bytes]) -> list[dict[str, Any]]:
    """The schema.org records of one page."""
    whole = json.loads(read(files[path]).data_blocks[0])
    return list(whole.get("@graph", [whole]))


TYPES = {
    "legal": "LegalService", "restaurant": "Restaurant", "salon": "BeautySalon", "healthcare": "MedicalBusiness",
    "trades": "HomeAndConstructionBusiness", "ecommerce": "OnlineStore", "saas": "Organization",
    "consulting": "ProfessionalService", None: "ProfessionalService",
}  # fmt: skip


@pytest.mark.parametrize("trade", TYPES)
def test_search_engines_are_told_the_trade(trade: str | None) -> None:
    content = {"hours": HOURS, "location": {"latitude": "52.520", "longitude": "13.405"}}
    firm = _data("index.html", site(given(trade=trade, content=content)))[0]
    assert firm["@type"] == TYPES[trade]
    has_place = trade not in {"ecommerce", "saas"}
    assert ("openingHoursSpecification" in firm, "geo" in firm) == (has_place, has_place)


def test_every_listed_page_but_home_says_which_way_leads_to_it() -> None:
    files = site()
    for path in (path for path in files if path.endswith(".html") and path not in {"index.html", "404.html"}):
        way = next(node for node in _data(path, files) if node["@type"] == "BreadcrumbList")["itemListElement"]
        assert way[0] == {"@type": "ListItem", "position": 1, "name": "Startseite",
                          "item": "https://acme-consulting.example/"}  # fmt: skip
        assert way[-1]["item"] == f"https://acme-consulting.example/{path.removesuffix('index.html')}"
        assert len(way) == (3 if "/" in path and not path.endswith("/index.html") else 2)


def test_questions_are_told_on_the_one_page_that_shows_them() -> None:
    for pages, shows in ((["home", "services"], "services.html"), (["home"], "index.html")):
        files = site(given(pages=pages, features=[]))
        told = [p for p in files if p.endswith(".html") and b'"FAQPage"' in files[p]]
        assert told == [shows]
        assert b"Wie lange dauert" in files[shows]


def test_a_position_is_told_only_with_the_day_and_the_place_that_make_it_valid() -> None:
    page = "careers/odoo-entwicklung.html"
    told = {node["@type"]: node for node in _data(page, site())}
    assert told["JobPosting"]["datePosted"] == "2026-02-20"
    assert told["JobPosting"]["jobLocation"]["address"]["addressLocality"] == "Berlin"
    job = given().content.careers[0]
    for change in ({"posted": None}, {"place": "Rom"}):
        careers = [job.model_copy(update=change).model_dump()]
        assert b"JobPosting" not in site(given(content={"careers": careers}))[page]


FOUND_BY = {
    "local_seo": ("services.html", "<title>Leistungen in Berlin – Acme Consulting GmbH</title>"),
    "location_keywords": ("index.html", "passt. – Berlin</title>"),
    "service_keywords": ("services.html", 'name="description" content="ERP-Einführung, Cloud und Betrieb, '),
}


@pytest.mark.parametrize("focus", FOUND_BY)
def test_pages_are_found_by_what_the_trade_wants(focus: str) -> None:
    page, words = FOUND_BY[focus]
    assert words in site(given(focus=[focus]))[page].decode()
    assert words not in site()[page].decode()


def test_a_voice_beside_the_headline_is_not_heard_twice() -> None:
    home = site(given(template="professional_services_v1"))["index.html"]
    said = [one.quote.encode() for one in given().content.testimonials]
    assert [home.count(quote) for quote in said] == [1, 1]


def test_no_page_fetches_anything_from_another_host_or_runs_a_script() -> None:
    files = site()
    own = "style-src 'self'; img-src 'self'; connect-src 'self'"
    policy = f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"
    assert f"Content-Security-Policy: {policy}; frame-ancestors 'none'".encode() in files["_headers"]
    for path, data in files.items():
        if path.endswith(".html"):
            assert ("meta", "content", policy) in read(data).attributes
    assert not any(path.endswith(".js") for path in files)
    assert b"url(" not in files["styles.css"]
    assert b"@import" not in files["styles.css"]


FORM = "https://shop.acme.example:8443/website/form/crm.lead"


def test_with_an_endpoint_the_contact_page_has_a_form_that_only_its_policy_lets_out() -> None:
    files = site(given(form=FORM))
    page = read(files["contact.html"], FORM)
    names = [value for tag, name, value in page.attributes if name == "name" and tag in {"input", "textarea"}]
    assert names == ["contact_name", "email_from", "phone", "name", "description", "homepage"]
    labelled = {value for tag, name, value in page.attributes if (tag, name) == ("label", "for")}
    fields = {value for tag, name, value in page.attributes if tag in {"input", "textarea"} and name == "id"}
    assert labelled == fields
    named = "form-action https://shop.acme.example:8443"
    assert any(named in value for tag, name, value in page.attributes if name == "content")
    assert f"{named};".encode() in files["_headers"]
    assert b"shop.acme.example" in files["privacy.html"]
    assert check_site(files) == []


def test_without_an_endpoint_there_is_no_form_and_nothing_is_sent_anywhere() -> None:
    assert not any(b"<form" in data for data in site().values())


def test_a_form_that_sends_elsewhere_than_its_policy_says_is_found_out() -> None:
    page = site(given(form=FORM))["contact.html"]
    moved = {**site(), "contact.html": page.replace(b"shop.acme.example:8443/website", b"e.example/website")}
    assert [(f.code, f.path) for f in check_site(moved)] == [("foreign_form", "contact.html")]


HOURS = {"mon": ["09:00-18:00"], "tue": ["09:00-18:00"], "sat": ["10:00-13:00"]}
ASKS = {
    "signup": (
        {"signup": {"url": "https://app.acme.example/start", "label": None}},
        "https://app.acme.example/start",
    ),
    "booking": ({"booking": {"link": {"url": "https://book.acme.example"}}}, "https://book.acme.example"),
    "contact": ({}, "contact.html"),
}


@pytest.mark.parametrize("kind", ASKS)
def test_the_button_in_the_head_asks_for_what_the_firm_wants_of_its_readers(kind: str) -> None:
    content, address = ASKS[kind]
    page = read(site(given(content=content))["index.html"])
    heads = [attributes for tag, attributes in _links(page) if "head-cta" in attributes.get("class", "")]
    assert [attributes["href"] for attributes in heads] == [address]


def test_a_notice_and_the_hours_stand_on_every_page() -> None:
    files = site(given(content={"notice": "Am 24. Dezember geschlossen.", "hours": HOURS}))
    for data in (data for path, data in files.items() if path.endswith(".html")):
        assert b"Am 24. Dezember geschlossen." in data
        assert b"foot-hours" in data
        assert b"09" in data
    assert not any(
        b'class="notice"' in data or b"foot-hours" in data for p, data in site().items() if p != "styles.css"
    )


def test_every_colour_has_its_night() -> None:
    styles = site()["styles.css"].decode()
    day, night = (set(re.findall(r"(--[a-z-]+): #", part)) for part in styles.split("@media", 2)[:2])
    assert day == night > {"--paper", "--ink", "--brand"}


def test_a_page_for_wrong_addresses_works_at_any_depth() -> None:
    page = read(site()["404.html"])
    addresses = [value for _, name, value in page.attributes if name in {"href", "src"}]
    assert all(value.startswith(("/", "#", "mailto:", "tel:")) for value in addresses)
    assert ("meta", "content", "noindex") in page.attributes


def test_without_a_contact_page_the_buttons_write_an_email() -> None:
    files = site(given(pages=["home"], features=[]))
    assert "contact.html" not in files
    assert b'href="mailto:info@acme-consulting.example">Kontakt aufnehmen' in files["index.html"]


def test_an_unknown_template_is_refused_with_the_list() -> None:
    with pytest.raises(UnknownTemplate, match="corporate_site_v1"):
        site(given(template="no_such_v1"))


def test_another_template_than_the_approved_one_is_refused() -> None:
    site(given(template_digest=template_digest("corporate_site_v1")))
    with pytest.raises(TemplateChanged, match="plan again"):
        site(given(template_digest="0" * 64))


def test_a_broken_site_is_found_out() -> None:
    files = {
        "a/b.html": b'<h1>x</h1><a href="../missing.html">x</a><img src="https://tracker.example/p.gif" alt="">'
        b'<a href="#nowhere">y</a><link rel="stylesheet" href="/gone.css"><img src="../p.png">'
    }
    codes = [finding.code for finding in check_site(files)]
    assert set(codes) == {
        "no_title", "no_alt", "foreign_request", "broken_resource", "broken_link", "no_home",
    }  # fmt: skip
    assert codes.count("broken_link") == 2
    assert codes.count("broken_resource") == 2
