"""Markdown as GitHub shows it in comments: tables, struck words, clean HTML; `#7` and bare addresses are links."""

from __future__ import annotations

import re
from functools import cache, partial
from html import escape
from typing import TYPE_CHECKING

from bot.sandbox.web.clean import cleaned

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_ADDRESS = re.compile(r"(https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]])")
_NUMBER = re.compile(r"(?<![\w&/])#(\d{1,9})\b")
_DIAGRAM = re.compile(r'(<pre><code class="language-mermaid">.*?</code></pre>)', re.DOTALL)
_FOLDED = r"<details><summary>A diagram, which GitHub draws</summary>\1</details>"


def rendered(text: str | None, home: str) -> str:
    """Harmless HTML; `home` is the address of the repository in which numbers are looked for."""
    folded = _DIAGRAM.sub(_FOLDED, _markdown().render(text or "")).replace("<th></th>", "<td></td>")
    html = cleaned(folded, partial(_referring, home))
    # What is wider than the page is moved by keys too.
    return html.replace("<pre>", '<pre tabindex="0">').replace("<table>", '<table tabindex="0">')


def _referring(home: str, words: str) -> str:
    """Bare addresses and numbers of issues as links; text between them as text."""
    made = ""
    for n, part in enumerate(_ADDRESS.split(words)):
        made += (
            f'<a href="{escape(part)}" rel="nofollow noopener">{escape(part)}</a>'
            if n % 2
            else _numbered(home, part)
        )
    return made


def _numbered(home: str, words: str) -> str:
    return _NUMBER.sub(rf'<a href="{escape(home)}/issues/\1">#\1</a>', escape(words))


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
