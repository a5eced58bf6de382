"""Documentation as plain data for templates: chapters in order, each guide with its neighbours."""

import re
from typing import Any

from executors.kinds.website.inputs import Website
from executors.protocol.content.stories import Guide

_API = re.compile(r"\bAPIs?\b", re.IGNORECASE)


def slots(inputs: Website) -> dict[str, Any]:
    """Return `docs`, `chapters` and `api_docs`, each a list that may be empty.

    Reading order is by chapter, a chapter standing where its first guide stands; `docs` has it with `previous` and
    `next` (each may be None). `api_docs` are the guides of every chapter whose name has the word API.
    """
    chapters = _chapters(inputs.content.docs)
    ordered = [guide for guides in chapters.values() for guide in guides]
    before = [None, *ordered[:-1]]
    after = [*ordered[1:], None]
    return {
        "docs": [
            {**guide.model_dump(), "previous": _entry(back), "next": _entry(on)}
            for back, guide, on in zip(before, ordered, after, strict=False)
        ],
        "chapters": [
            {"name": name, "guides": [_entry(guide) for guide in guides]} for name, guides in chapters.items()
        ],
        "api_docs": [guide.model_dump() for guide in ordered if _API.search(guide.chapter or "")],
    }


def _chapters(docs: list[Guide]) -> dict[str | None, list[Guide]]:
    """Guides by chapter; those of no chapter stand under None."""
    found: dict[str | None, list[Guide]] = {}
    for guide in docs:
        found.setdefault(guide.chapter, []).append(guide)
    return found


def _entry(guide: Guide | None) -> dict[str, Any] | None:
    """What a list of guides shows of one."""
    return None if guide is None else guide.model_dump(include={"slug", "title", "summary"})
