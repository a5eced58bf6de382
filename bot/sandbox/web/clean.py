"""HTML without what GitHub takes out of a comment: all but some tags, some attributes and harmless links."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

TAGS = frozenset((
    "a", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "i", "ins", "kbd", "li", "ol", "p", "pre", "s", "samp", "span", "strong", "sub", "summary",
    "sup", "table", "tbody", "td", "th", "thead", "tr", "tt", "ul",
))  # fmt: skip
"""See https://github.github.com/gfm/#disallowed-raw-html-extension- and what GitHub's sanitizer lets through."""
_EMPTY = frozenset(("br", "hr"))
_HIDDEN = frozenset(("script", "style", "iframe", "object", "svg", "math", "template", "title", "textarea"))
_LINK = re.compile(r"(?:https?://|mailto:|#|/(?!/))", re.IGNORECASE)


class Cleaner(HTMLParser):
    """Feed it HTML, close it, and `html` is harmless; `text` makes HTML of the words outside code and links."""

    def __init__(self, text: Callable[[str], str] = escape) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._open: list[str] = []
        self._hidden = 0
        self._text = text

    @property
    def html(self) -> str:
        """What is left, with every tag closed."""
        return "".join(self._out) + "".join(f"</{tag}>" for tag in reversed(self._open))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an allowed tag with its allowed attributes."""
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag in TAGS and not self._hidden:
            self._out.append(f"<{tag}{_attributes(tag, dict(attrs))}>")
            if tag not in _EMPTY:
                self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close what is open, and with it what was left open inside."""
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in self._open and not self._hidden:
            while (last := self._open.pop()) != tag:
                self._out.append(f"</{last}>")
            self._out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Text stays text."""
        if not self._hidden:
            is_plain = self._open and {"a", "code", "pre"} & set(self._open)
            self._out.append(escape(data) if is_plain else self._text(data))


def _attributes(tag: str, given: dict[str, str | None]) -> str:
    kept = ""
    if tag == "a" and (href := given.get("href")) and _LINK.match(href):
        kept += f' href="{escape(href)}" rel="nofollow noopener"'
    if tag == "details" and "open" in given:
        kept += " open"
    if tag in ("td", "th") and (side := re.search(r"text-align:(left|right|center)", given.get("style") or "")):
        kept += f' class="{side[1]}"'
    return kept


def cleaned(html: str, text: Callable[[str], str] = escape) -> str:
    """The harmless rest of any HTML."""
    cleaner = Cleaner(text)
    cleaner.feed(html)
    cleaner.close()
    return cleaner.html
