"""To which case a webhook belongs, read from a few fields: cheap, and wrong bytes only make it less exact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.case import case_key

_RUN_NAME = re.compile(r"^millwright \S{1,200} \S{1,64} ([0-9a-f]{32})$")
"""The run-name of the generated workflow: `millwright <case> <leg> <nonce>`."""


@dataclass(frozen=True)
class Route:
    """Where a row goes: `case` if known, else the first of `aliases` that the ledger knows, else `fallback`."""

    case: str | None
    aliases: tuple[str, ...]
    fallback: str
    tenant: int = 0
    """the installation that it was sent for; 0 where the bytes name none"""


def route(event_name: str, payload: Mapping[str, Any]) -> Route:
    """The case key, or aliases to look up, or the repository's or installation's own key; never raises."""
    tenant = _id(payload.get("installation")) or 0
    return replace(_place(event_name, payload, tenant), tenant=tenant)


def _place(event_name: str, payload: Mapping[str, Any], tenant: int) -> Route:
    repository = _id(payload.get("repository"))
    fallback = f"repo:{repository}" if repository else f"installation:{tenant}"
    if not repository:
        return Route(None, (), fallback)
    if event_name in {"issues", "issue_comment"}:
        return _issue(repository, payload.get("issue"), fallback)
    if event_name == "check_run":
        return Route(_check(repository, payload.get("check_run")), (), fallback)
    return Route(None, _aliases(event_name, payload, repository), fallback)


def _issue(repository: int, issue: object, fallback: str) -> Route:
    if not isinstance(issue, Mapping):
        return Route(None, (), fallback)
    node, number = issue.get("node_id"), issue.get("number")
    if issue.get("pull_request"):
        return Route(None, (f"pull:{repository}:{number}",), fallback)
    if isinstance(node, str) and 0 < len(node) <= 100 and node.isascii():
        return Route(case_key(repository, node), (), fallback)
    return Route(None, (), fallback)


def _aliases(event_name: str, payload: Mapping[str, Any], repository: int) -> tuple[str, ...]:
    if event_name == "workflow_run":
        run = payload.get("workflow_run")
        run = run if isinstance(run, Mapping) else {}
        nonce = nonce_of(str(run.get("display_title") or run.get("name") or ""))
        return (f"run:{run.get('id')}", *([f"nonce:{nonce}"] if nonce else []))
    if event_name == "check_suite":
        suite = payload.get("check_suite")
        return (f"head:{repository}:{suite.get('head_sha')}",) if isinstance(suite, Mapping) else ()
    if event_name in {"pull_request", "pull_request_review"}:
        pull = payload.get("pull_request")
        return (f"pull:{repository}:{pull.get('number')}",) if isinstance(pull, Mapping) else ()
    return ()


def _check(repository: int, check: object) -> str | None:
    """The case in the external id of one of our check runs, `<case>/<name>/v<version>`."""
    external = check.get("external_id") if isinstance(check, Mapping) else None
    key = external.rsplit("/", 2)[0] if isinstance(external, str) and external.count("/") >= 2 else ""
    return key if key.startswith(f"case:{repository}:") else None


def nonce_of(title: str) -> str | None:
    """The nonce in the run-name of one of our runs, None for any other title."""
    found = _RUN_NAME.fullmatch(title)
    return found.group(1) if found else None


def _id(value: object) -> int | None:
    found = value.get("id") if isinstance(value, Mapping) else None
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else None
