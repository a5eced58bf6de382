"""Markdown as GitHub shows it in comments: its tables and struck words, its HTML cleaned, `#7` a link."""

from __future__ import annotations

import re
from functools import cache, partial
from html import escape
from typing import TYPE_CHECKING

from bot.sandbox.web.clean import cleaned

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_DIAGRAM = re.compile(r'(<pre><code class="language-mermaid">.*?</code></pre>)', re.DOTALL)
_FOLDED = r"<details><summary>A diagram, which GitHub draws</summary>\1</details>"


def rendered(text: str | None, home: str) -> str:
    """Harmless HTML; `home` is the address of the repository in which numbers are looked for."""
    folded = _DIAGRAM.sub(_FOLDED, _markdown().render(text or ""))
    return cleaned(folded, partial(_referring, home))


def _referring(home: str, words: str) -> str:
    return re.sub(r"(?<![\w&/])#(\d{1,9})\b", rf'<a href="{escape(home)}/issues/\1">#\1</a>', escape(words))


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
