"""Addresses are taken apart and encoded as the standard library does it."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executors.parts.address import origin_of, quoted


@given(st.text(st.characters(codec="utf-8")))
def test_text_is_encoded_as_the_standard_library_does_it(text: str) -> None:
    assert quoted(text) == quote(text, safe="")
    assert quoted(text, "@") == quote(text, safe="@")


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://odoo.example/website/form/crm.lead", "https://odoo.example"),
        ("https://odoo.example:8443", "https://odoo.example:8443"),
        ("https://odoo.example?x=https://e.example", "https://odoo.example"),
        ("https://odoo.example#a", "https://odoo.example"),
    ],
)
def test_an_address_has_one_origin(address: str, origin: str) -> None:
    assert str(origin_of(address)) == origin


@pytest.mark.parametrize(
    "address",
    ["http://odoo.example/x", "//odoo.example", "/x", "", "https://user@e.example/", "https://e.example:x/",
     "https://a.example\\@e.example/", "javascript:alert(1)", " https://odoo.example"],
)  # fmt: skip
def test_what_is_no_plain_https_address_has_none(address: str) -> None:
    assert origin_of(address) is None
