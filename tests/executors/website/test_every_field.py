"""Hostile text in every field that there is, on every template: other words, the same elements (T31)."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest
from pydantic import ValidationError

from executors.kinds.website.build import build
from executors.kinds.website.check import check_site
from executors.kinds.website.inputs import Website
from executors.kinds.website.pictures import uses
from executors.protocol.content import Content
from executors.render.pictures import Picture, Sized
from executors.render.shipped import template_ids
from tests.executors.website.every_field import FORM, Leaf, leaves, planted, whole
from tests.executors.website.strict import read

PAYLOADS = {
    "script": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(1)>',
    "quote": "' onfocus='alert(1)' autofocus x='",
    "template": "{{ 7*7 }}{% include 'x' %}{# #}",
    "right to left": "שלום \u200fمرحبا\u200e <b>",
    "without end": "W" * 600,
}
PICTURE = Picture((Sized(480, 320, b"small"), Sized(960, 640, b"large")), card=Sized(1200, 630, b"card"))
_ADDRESS = re.compile(r"(https://(wort\.example|www\.openstreetmap\.org)/|mailto:|tel:|[./#]|[a-z0-9-]+[./])")


def made(raw: dict[str, Any]) -> dict[str, bytes]:
    """The site; of its pictures only names and sizes matter here."""
    inputs = Website.model_validate(raw)
    return build(inputs, dict.fromkeys(uses(inputs), PICTURE))


@cache
def harmless(template: str, took: tuple[Leaf, ...], text: str) -> dict[str, bytes]:
    """The site with a harmless text in the same fields."""
    raw, also = planted(whole(template), text)
    assert tuple(also) == took, "the same fields take both"
    return made(raw)


@pytest.mark.parametrize("template", template_ids())
@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS.keys())
def test_t31_text_stays_text_in_every_field_of_every_template(template: str, payload: str) -> None:
    raw, took = planted(whole(template), payload)
    assert len(took) >= (100 if len(payload) < 100 else 30), "as many fields as there are for words"
    site = made(raw)
    other = harmless(template, tuple(took), re.sub(r"\S", "Ä", payload))
    assert site.keys() == other.keys()
    for path in (path for path in site if path.endswith(".html")):
        page = read(site[path], FORM)
        assert page.shape == read(other[path], FORM).shape, path
        assert all(json.loads(block) for block in page.data_blocks)
        addresses = [value for _, name, value in page.attributes if name in {"href", "src", "action"}]
        assert [address for address in addresses if not _ADDRESS.match(address)] == []
    for path in (path for path in site if not path.endswith((".html", ".xml", ".svg", ".webp", ".jpg"))):
        assert site[path] == other[path], f"{path} is no place for words"


@pytest.mark.parametrize("template", template_ids())
def test_whichever_slot_is_missing_no_link_leads_nowhere_and_no_page_is_left_without_a_title(
    template: str,
) -> None:
    raw = whole(template).model_dump(mode="json", exclude_none=True)
    for slot in raw["content"]:
        given = {**raw, "content": {name: value for name, value in raw["content"].items() if name != slot}}
        assert [(slot, one.message) for one in check_site(made(given)) if one.level == "failure"] == []


@pytest.mark.parametrize(
    "hidden", ["a\0b", "a\u202eb", "a\u200bb", "a\u2066b", "\ud800", "a\x1b[31mb", "W" * 20_001]
)
def test_what_nobody_can_see_or_read_is_refused_in_every_field_and_the_field_is_named(hidden: str) -> None:
    inputs = whole("corporate_site_v1")
    raw, took = planted(inputs, hidden)
    assert took == []
    for leaf in leaves(raw):
        *way, last = leaf
        parent: Any = raw
        for key in way:
            parent = parent[key]
        before, parent[last] = parent[last], hidden
        with pytest.raises(ValidationError) as caught:
            Website.model_validate(raw)
        parent[last] = before
        assert leaf[0] in {error["loc"][0] for error in caught.value.errors() if error["loc"]}


def test_there_is_no_field_that_these_tests_leave_out() -> None:
    named = {".".join(str(key) for key in leaf if not isinstance(key, int)) for leaf in leaves(_dumped())}
    assert {
        "business_name",
        "legal.profession.rules",
        "content.gallery.image.alt",
        "content.menu.items.text",
    } <= named
    assert set(Content.model_fields) == set(_dumped()["content"])


def _dumped() -> dict[str, Any]:
    return whole("corporate_site_v1").model_dump(mode="json", exclude_none=True)
