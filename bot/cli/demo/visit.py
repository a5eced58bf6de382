"""A walk through a site as it is served: every page that a link leads to, every picture that a page shows."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

from bot.domain.briefing import Briefing
from executors.protocol.content import Content

_LISTS = ("services", "features", "team", "case_studies", "blog", "careers", "products", "menu")
MOST = 400
"""Pages and files that are fetched at most; no example comes near it."""


@dataclass
class Visit:
    """What a visitor found: pages by address with their HTML, pictures by address, and what did not answer."""

    pages: dict[str, str] = field(default_factory=dict)
    pictures: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)

    def lacks(self, words: list[str]) -> list[str]:
        """The words that stand on no page."""
        everything = unescape("\n".join(self.pages.values()))
        return [word for word in words if word not in everything]


def visit(url: str) -> Visit:
    """Walk from the first page along all links that stay on the site."""
    found, waiting, seen = Visit(), [url], {url}
    while waiting and len(seen) < MOST:
        page = waiting.pop()
        status, kind, body = fetch(page)
        if status != 200:
            found.broken.append(f"{page}: {status}")
        elif kind.startswith("image/"):
            found.pictures.add(page)
        elif kind == "text/html":
            found.pages[page] = body.decode()
            new = {link for link in _links(page, found.pages[page]) if link.startswith(url)} - seen
            waiting += sorted(new)
            seen |= new
    return found


def names(briefing: Briefing) -> list[str]:
    """What the site of a briefing must name: the firm, its services, plans, people, posts, products."""
    content: Content = briefing.website_config.content
    listed = [element for slot in _LISTS for element in getattr(content, slot)]
    listed += content.pricing.tiers if content.pricing else []
    return [briefing.business_name, *(getattr(one, "name", "") or getattr(one, "title", "") for one in listed)]


def fetch(url: str) -> tuple[int, str, bytes]:
    """Status, content type and body."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - a local server of the demo
            return answer.status, answer.headers.get_content_type(), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get_content_type(), error.read()


def _links(page: str, text: str) -> Iterator[str]:
    parser = _Links()
    parser.feed(text)
    for link in parser.found:
        yield urldefrag(urljoin(page, link))[0]


class _Links(HTMLParser):
    """Addresses in `href` and `src`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where the tag leads; a canonical address is of the firm's own domain."""
        del tag
        for name, value in attrs:
            if value and name in ("href", "src"):
                self.found.append(value)
            elif value and name == "srcset":
                self.found += [one.split()[0] for one in value.split(",") if one.strip()]
