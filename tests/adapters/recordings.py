"""Cassettes for vcrpy, made from exchanges with the real api.github.com that GitHub's own octokit team published.

Source: npm `@octokit/fixtures` (MIT), `scenarios/api.github.com/<name>/normalized-fixture.json`; tokens, ids and
dates are already neutral there. `python -m tests.adapters.recordings` writes `cassettes/*.yaml` anew. Two things
are changed. The recordings begin with a token in hand, so one exchange is added in front: the installation token,
in the shape that GitHub describes for `POST /app/installations/{installation_id}/access_tokens`. And neutralising
left `x-ratelimit-reset` in milliseconds, where GitHub sends seconds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
CASSETTES = HERE / "cassettes"
PACKAGE = HERE.parent / "contract" / "node_modules" / "@octokit" / "fixtures"
SCENARIOS = (
    "errors",
    "get-content",
    "get-repository",
    "labels",
    "paginate-issues",
    "release-assets",
    "release-assets-conflict",
    "rename-repository",
)
INSTALLATION = 77
TOKEN = {"token": "0000000000000000000000000000000000000001", "expires_at": "2017-10-10T17:00:00Z"}
KEPT = (
    "content-type",
    "etag",
    "last-modified",
    "link",
    "location",
    "retry-after",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
)
"""Answer headers that a client may act on; security policies and lengths before neutralising are left out."""


def cassette(scenario: str) -> str:
    """The cassette's YAML text."""
    recorded = json.loads(
        (PACKAGE / "scenarios/api.github.com" / scenario / "normalized-fixture.json").read_text()
    )
    version = json.loads((PACKAGE / "package.json").read_text())["version"]
    note = (
        f"# Recorded from api.github.com by @octokit/fixtures {version} (MIT, Copyright (c) GitHub 2025),\n"
        f"# scenario {scenario}; converted by tests/adapters/recordings.py, which adds the first exchange.\n"
    )
    tape = {"interactions": [_token(), *map(_interaction, _whole(recorded))], "version": 1}
    return note + yaml.safe_dump(tape, sort_keys=True, width=10_000)


def _whole(recorded: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    return [exchange for exchange in recorded if not exchange.get("responseIsBinary")]


def _interaction(exchange: Mapping[str, Any]) -> dict[str, Any]:
    headers = {name: str(exchange["headers"][name]) for name in KEPT if name in exchange["headers"]}
    if "x-ratelimit-reset" in headers:
        headers["x-ratelimit-reset"] = headers["x-ratelimit-reset"].removesuffix("000")
    sent = {name: str(value) for name, value in exchange["reqheaders"].items() if name == "accept"}
    return _pair(
        exchange["method"].upper(),
        exchange["scope"].removesuffix(":443") + exchange["path"],
        (_text(exchange["body"]), sent),
        exchange["status"],
        (_text(exchange["response"]), headers),
    )


def _token() -> dict[str, Any]:
    url = f"https://api.github.com/app/installations/{INSTALLATION}/access_tokens"
    headers = {"content-type": "application/json; charset=utf-8"}
    return _pair("POST", url, ("", {}), 201, (json.dumps(TOKEN), headers))


def _pair(
    method: str, url: str, sent: tuple[str, dict[str, str]], status: int, got: tuple[str, dict[str, str]]
) -> dict[str, Any]:
    return {
        "request": {"method": method, "uri": url, "body": sent[0], "headers": _lists(sent[1])},
        "response": {
            "status": {"code": status, "message": ""},
            "body": {"string": got[0]},
            "headers": _lists(got[1]),
        },
    }


def _lists(headers: Mapping[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in headers.items()}


def _text(body: Any) -> str:
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)


def main() -> None:
    """Writes every cassette."""
    for scenario in SCENARIOS:
        (CASSETTES / f"{scenario}.yaml").write_text(cassette(scenario))


if __name__ == "__main__":
    main()
