"""Hostile text in every field of a firm at once: what must stay text, stays text (T31)."""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from executors.kinds.website.build import build
from executors.kinds.website.inputs import Website
from tests.executors.website.strict import read

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus='alert(1)' x='",
    "{{ 7*7 }}{% x %}",
    "?subject=x&body=y#z%0D%0ABcc: a@b.example",
    "javascript:alert(1)",
    "</title><script>1",
    "&lt;b&gt;\u202f&#60;i&#62;",
]
_ADDRESS = re.compile(
    r"(https://[a-z0-9.-]+/|mailto:[a-z0-9@.-]+(\?|$)|tel:\+\d+$|[./#]|[a-z0-9-]+(\.html|\.css|\.svg|/))"
)


def stays_text(which: Mapping[str, Any], payload: str, at_least: int) -> None:
    """Build the firm with the payload in every field that takes it, and compare with harmless letters there."""
    raw, accepted = _everywhere(which, payload)
    assert accepted >= at_least
    plain, _ = _everywhere(which, re.sub(r"\S", "Ä", payload))
    hostile, harmless = (build(Website.model_validate(one), {}) for one in (raw, plain))
    assert hostile.keys() == harmless.keys()
    for path in (path for path in hostile if path.endswith(".html")):
        page = read(hostile[path])
        assert page.shape == read(harmless[path]).shape, path
        assert all(json.loads(block) for block in page.data_blocks)
        assert all(_ADDRESS.match(value) for _, name, value in page.attributes if name in {"href", "src"}), path
        mails = [value for _, name, value in page.attributes if name == "href" and value.startswith("mailto:")]
        assert all(mail.count("?") <= 1 and mail.count("&") <= 1 and "#" not in mail for mail in mails)


def _everywhere(which: Mapping[str, Any], payload: str) -> tuple[dict[str, Any], int]:
    """The firm with the payload in every field that accepts it, and how many did."""
    raw, accepted = copy.deepcopy(dict(which)), 0
    for path in _leaves(which):
        *way, last = path
        parent: Any = raw
        for key in way:
            parent = parent[key]
        before, parent[last] = parent[last], payload
        try:
            Website.model_validate(raw)
            accepted += 1
        except ValidationError:
            parent[last] = before
    return raw, accepted


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all strings of a briefing."""
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from _leaves(inner, (*path, key))
    if isinstance(value, str):
        yield path
