"""What GitHub would make of the bot's words: mentions, closing words, foreign links, images and HTML."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

import cmarkgfm
from cmarkgfm.cmark import Options

OURS = frozenset(
    {
        "a", "blockquote", "br", "code", "del", "details", "em", "h1", "h2", "h3", "h4", "hr", "li", "ol", "p",
        "pre", "strong", "sub", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul",
    }
)  # fmt: skip
"""The elements that our own templates come to."""
_MENTION = re.compile(r"(?<![\w`])@[A-Za-z0-9]")
_CLOSING = re.compile(r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:[\w./-]*#\d|GH-\d)", re.IGNORECASE)
_ELSEWHERE = re.compile(r"[\w.-]+/[\w.-]+#\d|\bGH-\d|\bwww\.\w|https?://\w")


class _Reader(HTMLParser):
    """Collects what a page holds beside text in code."""

    def __init__(self, hosts: Collection[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.hosts, self.found, self._code, self._text = hosts, list[str](), 0, list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in OURS:
            self.found.append(f"an element <{tag}>")
        for name, value in attrs:
            if name == "href" and urlsplit(value or "").netloc not in self.hosts:
                self.found.append(f"a link to {value}")
            elif name.startswith("on") or name in {"src", "style"}:
                self.found.append(f"an attribute {name}")
        self._code += tag in {"code", "pre"}
        self._end_text()

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in {"code", "pre"}
        self._end_text()

    def handle_comment(self, data: str) -> None:
        self._end_text()  # GitHub looks for mentions in one piece of text, and a comment ends it

    def handle_data(self, data: str) -> None:
        if not self._code:
            self._text.append(data)

    def _end_text(self) -> None:
        text = "".join(self._text)
        self._text.clear()
        for what, pattern in (("a mention", _MENTION), ("a closing word", _CLOSING), ("a reference", _ELSEWHERE)):
            if found := pattern.search(text):
                self.found.append(f"{what}: {text[max(0, found.start() - 10) : found.end() + 20]!r}")

    def close(self) -> None:
        super().close()
        self._end_text()


def live(markdown: str, hosts: Collection[str]) -> Iterator[str]:
    """What in the words would do something: nothing where all of it is text, or a link to one of our own hosts."""
    html = cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE)
    reader = _Reader(hosts)
    reader.feed(html)
    reader.close()
    yield from reader.found
    if re.search("[\u202a-\u202e\u2066-\u2069]", markdown):
        yield "a sign that turns the direction of reading"
