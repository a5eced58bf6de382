"""No text of a product's slots becomes markup or an address, in either of the templates that show them (T31)."""

import copy
import json
import re
from typing import Any

import pytest
from pydantic import ValidationError

from executors.kinds.website.inputs import Website
from tests.executors.website.folder import site
from tests.executors.website.product import CONTENT, TEMPLATES, raw
from tests.executors.website.strict import read
from tests.executors.website.test_injection import PAYLOADS

SLOTS = sorted(CONTENT)
_OURS = re.compile(
    r"(https://(app|termine|schichtwerk|acme)|https://schichtwerk|mailto:|tel:|[./#]|[a-z0-9-]+(\.html|\.css|\.svg|/))"
)


def _filled(template: str, payload: str) -> tuple[dict[str, Any], int]:
    """The product with the payload in every field of its own slots that accepts it, and how many did."""
    given, accepted = raw(template), 0

    def fill(parent: Any) -> None:
        nonlocal accepted
        for key, value in list(parent.items() if isinstance(parent, dict) else enumerate(parent)):
            if isinstance(value, dict | list):
                fill(value)
            elif isinstance(value, str):
                parent[key] = payload
                try:
                    Website.model_validate(copy.deepcopy(given))
                    accepted += 1
                except ValidationError:
                    parent[key] = value

    for slot in SLOTS:
        fill(given["content"][slot])
    return given, accepted


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("payload", PAYLOADS[::3])
def test_t31_hostile_text_in_a_product_changes_words_and_never_elements(template: str, payload: str) -> None:
    hostile, accepted = _filled(template, payload)
    plain, _ = _filled(template, re.sub(r"\S", "Ä", payload))
    assert accepted > 40
    pages, others = site(Website.model_validate(hostile)), site(Website.model_validate(plain))
    assert pages.keys() == others.keys()
    for path in (path for path in pages if path.endswith(".html")):
        page = read(pages[path])
        assert page.shape == read(others[path]).shape
        assert all(json.loads(block) for block in page.data_blocks)
        addresses = [value for _, name, value in page.attributes if name in {"href", "src"}]
        assert [address for address in addresses if not _OURS.match(address)] == []
