"""What search engines are told of a page: structured data that cannot leave its script element, and limits."""

import json
from collections.abc import Mapping
from typing import Any

LONGEST_DESCRIPTION = 160


def json_ld(value: Mapping[str, Any]) -> str:
    """Return schema.org data as JSON for a `<script type="application/ld+json">`.

    Empty members are left out. `<`, `>`, `&` and line separators are escaped, so no text ends the element
    (https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements).
    """
    text = json.dumps(_filled(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def description(*candidates: str | None) -> str:
    """Return the first text there is, on one line, cut at a word to 160 characters."""
    text = " ".join(next((c for c in candidates if c), "").split())
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    return text[: LONGEST_DESCRIPTION - 1].rsplit(" ", 1)[0].rstrip(" ,.;:–-") + "…"


def _filled(value: Any) -> Any:
    """Return the value without empty members."""
    if isinstance(value, Mapping):
        return {key: inner for key, raw in value.items() if (inner := _filled(raw)) not in (None, "", [], {})}
    if isinstance(value, list | tuple):
        return [inner for raw in value if (inner := _filled(raw)) not in (None, "", [], {})]
    return value
