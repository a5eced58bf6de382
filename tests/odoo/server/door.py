"""What a browser or a program would do at an Odoo's door: sign in and make a key; call a method with it."""

from __future__ import annotations

import http.cookiejar
import json
import urllib.error
import urllib.request
from typing import Any


class Refused(Exception):
    """Odoo's answer was an error; the message is its own."""


def call(url: str, database: str, key: str, model: str, method: str, **arguments: Any) -> Any:
    """One JSON-2 call with an API key (19 and later); returns the bare value, raises Refused."""
    request = urllib.request.Request(
        f"{url}/json/2/{model}/{method}",
        json.dumps(arguments).encode(),
        {"Content-Type": "application/json", "Authorization": f"bearer {key}", "X-Odoo-Database": database},
    )
    try:
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise Refused(f"{error.code}: {_message(error.read())}") from error


def key(url: str, database: str, login: str, password: str, name: str = "tests") -> str:
    """A new API key of this user, valid for a day: what the page `My preferences` does, without a browser."""
    session = _Session(url)
    signed = session.post("/web/session/authenticate", db=database, login=login, password=password)
    if not signed.get("uid"):
        raise Refused(f"{login} cannot sign in to {database}")
    described = session.method("res.users.apikeys.description", "create", [{"name": name, "duration": "1"}])
    check = session.method("res.users.apikeys.description", "make_key", [described])
    made = session.method(check["res_model"], "run_check", [[check["res_id"]]], context={"password": password})
    return str(made["context"]["default_key"])


class _Session:
    """A browser's session: a cookie, and JSON-RPC as Odoo's pages speak it."""

    def __init__(self, url: str) -> None:
        self._url = url
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)

    def post(self, path: str, **params: Any) -> Any:
        """What the page at `path` answers; raises Refused."""
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}).encode()
        request = urllib.request.Request(self._url + path, body, {"Content-Type": "application/json"})
        with self._opener.open(request, timeout=120) as answer:
            said = json.load(answer)
        if "error" in said:
            raise Refused(str(said["error"]["data"]["message"]))
        return said["result"]

    def method(self, model: str, method: str, args: list[Any], **kwargs: Any) -> Any:
        """What a model's method answers."""
        return self.post(
            f"/web/dataset/call_kw/{model}/{method}", model=model, method=method, args=args, kwargs=kwargs
        )


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return body[:200].decode("utf-8", "replace")
