"""A server on loopback that sends a site's files with the headers of the site's own `_headers`, and no other."""

from __future__ import annotations

import mimetypes
import posixpath
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from urllib.parse import unquote

from aiohttp import web

HEADERS = "_headers"
_TYPES = {".webp": "image/webp", ".svg": "image/svg+xml", ".xml": "application/xml", ".txt": "text/plain"}


@dataclass
class Served:
    """A site on the air: where, and which of its files were asked for."""

    url: str
    files: Mapping[str, bytes]
    asked: list[str] = field(default_factory=list)


def rules(text: str) -> list[tuple[str, dict[str, str]]]:
    """Pattern and headers of each block of a `_headers` file (https://developers.cloudflare.com/pages/)."""
    found: list[tuple[str, dict[str, str]]] = []
    for line in text.splitlines():
        if line.startswith((" ", "\t")):
            name, _, value = line.strip().partition(": ")
            found[-1][1][name] = value
        elif line.strip():
            found.append((line.strip(), {}))
    return found


def target(path: str, files: Mapping[str, bytes]) -> str | None:
    """The file behind an address; None where there is none."""
    name = posixpath.normpath(unquote(path)).lstrip("/")
    wanted = "index.html" if name in ("", ".") else f"{name}/index.html" if path.endswith("/") else name
    return wanted if wanted in files and wanted != HEADERS else None


@asynccontextmanager
async def serving(files: Mapping[str, bytes]) -> AsyncIterator[Served]:
    """The site on a free port of loopback, for as long as the block runs."""
    served = Served("", files)
    blocks = rules(files.get(HEADERS, b"").decode())

    async def answer(request: web.Request) -> web.Response:
        name = target(request.path, files)
        served.asked.append(name or request.path)
        path, status = (name, 200) if name else ("404.html", 404)
        ending = posixpath.splitext(path)[1]
        kind = _TYPES.get(ending) or mimetypes.guess_type(path)[0] or "application/octet-stream"
        headers = {
            key: value for glob, given in blocks if fnmatchcase(request.path, glob) for key, value in given.items()
        }
        charset = "utf-8" if kind.startswith("text/") or ending in (".svg", ".xml") else None
        return web.Response(
            body=files.get(path, b""), status=status, headers=headers, content_type=kind, charset=charset
        )

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        served.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield served
    finally:
        await runner.cleanup()
