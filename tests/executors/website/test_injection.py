"""No text of a briefing becomes markup, whatever it says and wherever it stands (T31)."""

import copy
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from executors.kinds.website.inputs import Website
from executors.parts.seo import json_ld
from executors.render.shipped import template_ids
from tests.executors.website.folder import SAMPLE, site
from tests.executors.website.strict import read

PAYLOADS = [
    "<script>alert(1)</script>", "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>", "<svg/onload=alert(1)//", '"><script>alert(1)</script>', "'><img src=x onerror=1>",
    '" onmouseover="alert(1)', "' onfocus='alert(1)' autofocus='", '" style="background:red',
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "<iframe src=javascript:alert(1)>", "<a href=javascript:1>x</a>",
    "<body onload=alert(1)>", "<style>*{display:none}</style>", "</style><script>1</script>", "<!--", "--><b>x",
    "<![CDATA[<script>1</script>]]>", "<?php echo 1 ?>", "</title><script>alert(1)</script>",
    "<base href=//e.example>",
    '<meta http-equiv="refresh" content="0;url=//e.example">', "<form action=//e.example><input>",
    "<object data=x>",
    "<math><mtext><script>1</script></mtext></math>", "</textarea><script>1</script>",
    "&lt;script&gt;1&lt;/script&gt;",
    "&#60;script&#62;1", "&quot; onclick=&quot;1", "\\u003cscript\\u003e", "{{ 7*7 }}", "{% include 'x' %}",
    "{{ ''.__class__.__mro__ }}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "red;}body{display:none}",
    "expression(alert(1))",
    "url(//e.example/x)", "`${alert(1)}`", "</a><a href=//e.example>", "<<script>script>alert(1)</script>",
    "<scr<script>ipt>1</scr</script>ipt>", "＜script＞alert(1)＜/script＞", "<ｓcript>1</ｓcript>",
    "]]>", "<x:y z>",
    "first\n\n<script>1</script>\n\nlast", "<details open ontoggle=alert(1)>", '"/><use href="data:x">',
]  # fmt: skip

ADDRESS = re.compile(
    r"https://acme|mailto:|tel:|[./#]|[a-z0-9-]+(\.html|\.css|\.svg|/)"
    r"|https://www\.openstreetmap\.org/search\?query=[A-Za-z0-9%._~-]+$"
)
"""What a link may lead to: the site, a mail, a call, and a map that is asked for an encoded address."""


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all strings of a briefing."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from _leaves(inner, (*path, key))
    if isinstance(value, str):
        yield path


def _everywhere(payload: str) -> tuple[dict[str, Any], int]:
    """The sample with the payload in every field that accepts it, and how many did."""
    raw, accepted = copy.deepcopy(SAMPLE), 0
    for path in _leaves(SAMPLE):
        *way, last = path
        parent = raw
        for key in way:
            parent = parent[key]
        before, parent[last] = parent[last], payload
        try:
            Website.model_validate(raw)
            accepted += 1
        except ValidationError:
            parent[last] = before
    return raw, accepted


def _shapes(files: dict[str, bytes]) -> dict[str, Any]:
    """What a browser would see of each file but its words: elements and attribute names, or the bytes."""
    shapes: dict[str, Any] = {}
    for path, data in files.items():
        if path.endswith(".html"):
            shapes[path] = read(data).shape
        elif path.endswith((".svg", ".xml")):
            shapes[path] = [(node.tag, sorted(node.attrib)) for node in ET.fromstring(data).iter()]
        else:
            shapes[path] = data
    return shapes


@pytest.mark.parametrize("payload", PAYLOADS)
def test_t31_hostile_text_changes_words_and_never_elements(payload: str) -> None:
    _assert_only_words_change(payload, str(SAMPLE["template"]))


@pytest.mark.parametrize("template", template_ids())
@pytest.mark.parametrize(
    "payload", [*PAYLOADS[:2], '" onmouseover="alert(1)', "first\n\n<script>1</script>\n\nlast"]
)
def test_t31_no_template_lets_hostile_text_become_elements(payload: str, template: str) -> None:
    _assert_only_words_change(payload, template)


def _assert_only_words_change(payload: str, template: str) -> None:
    """The payload in every field gives the same elements as harmless letters in its place."""
    raw, accepted = _everywhere(payload)
    assert accepted > (30 if len(payload) > 24 or "\n" in payload else 60)
    plain, _ = _everywhere(re.sub(r"\S", "Ä", payload))
    hostile = site(Website.model_validate(raw | {"template": template}))
    assert _shapes(hostile) == _shapes(site(Website.model_validate(plain | {"template": template})))
    for data in (data for path, data in hostile.items() if path.endswith(".html")):
        page = read(data)
        assert all(json.loads(block) for block in page.data_blocks)
        addresses = [value for _, name, value in page.attributes if name in {"href", "src"}]
        assert all(ADDRESS.match(address) for address in addresses)


def test_there_are_at_least_forty_payloads() -> None:
    assert len(set(PAYLOADS)) >= 40


def test_structured_data_never_ends_its_element() -> None:
    text = json_ld({"name": "</script><script>\u2028&", "empty": None, "none": [], "kept": 0})
    assert not {"<", ">", "&", "\u2028"} & set(text)
    assert json.loads(text) == {"name": "</script><script>\u2028&", "kept": 0}
