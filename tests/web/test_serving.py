"""The server of these tests sends what the site's own `_headers` say, and nothing that the site would not."""

from __future__ import annotations

import aiohttp

from tests.web.serving import rules, serving

FILES = {
    "_headers": b"/*\n  X-One: 1\n\n/assets/*\n  Cache-Control: max-age=9\n",
    "index.html": b"home",
    "blog/index.html": b"blog",
    "404.html": b"lost",
    "assets/a.webp": b"a",
}


def test_headers_are_read_by_block():
    assert rules(FILES["_headers"].decode()) == [
        ("/*", {"X-One": "1"}),
        ("/assets/*", {"Cache-Control": "max-age=9"}),
    ]


async def test_pages_folders_and_what_is_not_there():
    async with serving(FILES) as served, aiohttp.ClientSession() as session:
        found = {}
        for path in ("/", "/blog/", "/assets/a.webp", "/_headers", "/none", "/../tests/__init__.py"):
            async with session.get(served.url + path) as answer:
                found[path] = (answer.status, await answer.read(), answer.headers.get("Cache-Control"))
                assert answer.headers["X-One"] == "1"
    assert found == {
        "/": (200, b"home", None),
        "/blog/": (200, b"blog", None),
        "/assets/a.webp": (200, b"a", "max-age=9"),
        "/_headers": (404, b"lost", None),
        "/none": (404, b"lost", None),
        "/../tests/__init__.py": (404, b"lost", None),
    }
