"""How the sandbox answers: JSON, refusals in GitHub's words, pages with `Link`, and ETags."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

Json = dict[str, Any]
DOCUMENTATION = "https://docs.github.com/rest"


class Refusal(Exception):
    """A request that is refused: raised anywhere below a handler, answered by the server."""

    def __init__(self, status: int, message: str, errors: Sequence[Json | str] = (), **headers: str) -> None:
        super().__init__(message)
        self.status, self.message, self.errors = status, message, errors
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def response(self) -> web.Response:
        """GitHub's error object: message, errors, documentation_url, status."""
        body: Json = {"message": self.message}
        if "Location" in self.headers:
            body["url"] = self.headers["Location"]
        if self.errors:
            body["errors"] = list(self.errors)
        body |= {"documentation_url": DOCUMENTATION, "status": str(self.status)}
        return web.json_response(body, status=self.status, headers=self.headers)


def not_found() -> Refusal:
    """404, which is also what one gets for what one may not see."""
    return Refusal(404, "Not Found")


def failed(resource: str, field: str, code: str, message: str | None = None) -> Refusal:
    """422 `Validation Failed` with one error."""
    error = {"resource": resource, "code": code, "field": field}
    return Refusal(422, "Validation Failed", [error | ({"message": message} if message else {})])


def invalid_request(words: str) -> Refusal:
    """422 `Invalid request.` as GitHub's schema check words it."""
    return Refusal(422, f"Invalid request.\n\n{words}")


def text_field(body: Json, name: str, is_required: bool = False, limit: int | None = None) -> str | None:
    """A string of the request's body; 422 in GitHub's words where it is missing, no string or too long."""
    value = body.get(name)
    if value is None:
        if is_required:
            raise invalid_request(f'"{name}" wasn\'t supplied.')
        return None
    if not isinstance(value, str):
        raise invalid_request(f"For 'properties/{name}', {json.dumps(value)} is not a string.")
    if limit is not None and len(value) > limit:
        raise invalid_request(f"Only {limit} characters are allowed; {len(value)} were supplied.")
    return value


def required(body: Json, name: str) -> str:
    """A string that must be there."""
    value = text_field(body, name, is_required=True)
    assert value is not None
    return value


def list_field(body: Json, name: str) -> list[Any]:
    """A list of the request's body, empty when missing; 422 when it is something else."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise invalid_request(f"For 'properties/{name}', {json.dumps(value)} is not an array.")
    return value


def choice(body: Json, name: str, allowed: Sequence[str], default: str | None = None) -> str:
    """One of some words; 422 naming them otherwise."""
    value = body.get(name, default)
    if value not in allowed:
        words = f"{json.dumps(value)} is not a possible value. Must be one of the following: {', '.join(allowed)}."
        raise invalid_request(words if name in body else f'"{name}" wasn\'t supplied.')
    return str(value)


def ok(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """A JSON answer."""
    return web.json_response(value, status=status, headers=headers)


def no_content() -> web.Response:
    """204."""
    return web.Response(status=204)


def page_of(request: web.Request, items: Sequence[Any]) -> tuple[Sequence[Any], dict[str, str]]:
    """The page asked for by `page` and `per_page` (30, at most 100) and its `Link` header."""
    size = min(max(_number(request, "per_page", 30), 1), 100)
    number = max(_number(request, "page", 1), 1)
    last = max(1, -(-len(items) // size))
    links = []
    if number > 1:
        links += [("prev", number - 1), ("first", 1)]
    if number < last:
        links += [("next", number + 1), ("last", last)]
    url = request.url.with_scheme(request.scheme)
    header = ", ".join(f'<{url.update_query(page=str(n))}>; rel="{rel}"' for rel, n in links)
    return items[(number - 1) * size : number * size], {"Link": header} if header else {}


def _number(request: web.Request, name: str, default: int) -> int:
    try:
        return int(request.query.get(name, default))
    except ValueError:
        return default


def with_etag(request: web.Request, response: web.Response) -> web.Response:
    """The same answer with a weak ETag, or 304 when the caller holds it already."""
    if request.method != "GET" or response.status != 200 or not isinstance(response.body, bytes):
        return response
    # GitHub's ETags vary with the token, as its `Vary: Authorization` says: a new one has the answer sent anew.
    asker = request.headers.get("Authorization", "").encode()
    etag = f'W/"{hashlib.sha256(asker + response.body).hexdigest()}"'
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers={"ETag": etag})
    response.headers["ETag"] = etag
    return response
