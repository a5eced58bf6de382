"""Check runs and deployments: what the bot shows on commits."""

from __future__ import annotations

from typing import Any

from bot.adapters.github.session import Session
from bot.adapters.github.tokens import Scope, scope
from bot.domain.people import Repo
from bot.ports import CheckText
from executors.protocol.finding import Finding

ANNOTATIONS_AT_ONCE = 50
"""GitHub takes fifty annotations a request and appends them (T25)."""
LAST_LINE, LONGEST_PATH = 1_000_000, 300


def checking(repo: Repo) -> Scope:
    """What a check run takes."""
    return scope(repo, checks="write", metadata="read")


def deploying(repo: Repo) -> Scope:
    """What a deployment takes."""
    return scope(repo, deployments="write", metadata="read")


async def put_check(session: Session, repo: Repo, head: str, text: CheckText, known: int | None) -> int:
    """The id of the check run; found by `external_id` before it is made, annotations sent once."""
    url = f"/repos/{repo.name}/check-runs"
    check_id = known or await _find(session, repo, head, text)
    sent = 0
    if check_id is None:
        made = await session.post(
            checking(repo), url, _fields(text, text.annotations[:ANNOTATIONS_AT_ONCE]) | {"head_sha": head}
        )
        check_id, sent = int(made["id"]), min(len(text.annotations), ANNOTATIONS_AT_ONCE)
    else:
        now = await session.get(checking(repo), f"{url}/{check_id}")
        sent = int(now["output"]["annotations_count"]) if now else 0
        batch = text.annotations[sent : sent + ANNOTATIONS_AT_ONCE]
        await session.patch(checking(repo), f"{url}/{check_id}", _fields(text, batch))
        sent += len(batch)
    while sent < len(text.annotations):
        batch = text.annotations[sent : sent + ANNOTATIONS_AT_ONCE]
        await session.patch(checking(repo), f"{url}/{check_id}", {"output": _output(text, batch)})
        sent += len(batch)
    return check_id


async def _find(session: Session, repo: Repo, head: str, text: CheckText) -> int | None:
    url = f"/repos/{repo.name}/commits/{head}/check-runs{{?check_name,app_id}}"
    async for run in session.items(
        checking(repo), url, "check_runs", check_name=text.name, app_id=session.app.app_id
    ):
        if run["external_id"] == text.external_id:
            return int(run["id"])
    return None


def _fields(text: CheckText, annotations: tuple[Finding, ...]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": text.name,
        "external_id": text.external_id,
        "status": text.status,
        "output": _output(text, annotations),
    }
    if text.conclusion:
        fields["conclusion"] = text.conclusion
    if text.details_url:
        fields["details_url"] = text.details_url
    return fields


def _output(text: CheckText, annotations: tuple[Finding, ...]) -> dict[str, Any]:
    output: dict[str, Any] = {"title": text.title, "summary": text.summary, "text": text.text}
    if annotations:
        output["annotations"] = [_annotation(finding) for finding in annotations]
    return output


def _annotation(finding: Finding) -> dict[str, Any]:
    """As GitHub takes it: a job may have reported any place, and one bad annotation refuses the whole request."""
    line = min(max(finding.line, 1), LAST_LINE)
    return {
        "path": " ".join((finding.path or "").split())[:LONGEST_PATH] or ".millwright",
        "start_line": line,
        "end_line": line,
        "annotation_level": finding.level,
        "title": finding.code,
        "message": finding.message or finding.code,
    }


async def deployment(session: Session, repo: Repo, ref: str, environment: str, payload: str) -> int:
    """The id of the deployment of `ref` whose payload is ours; found before it is made."""
    url = f"/repos/{repo.name}/deployments"
    async for found in session.items(
        deploying(repo), f"{url}{{?environment,sha}}", environment=environment, sha=ref
    ):
        if found["payload"] == {"millwright": payload}:
            return int(found["id"])
    made = await session.post(
        deploying(repo),
        url,
        {
            "ref": ref,
            "environment": environment,
            "auto_merge": False,
            "required_contexts": [],
            "payload": {"millwright": payload},
            "description": "Millwright",
        },
    )
    return int(made["id"])


async def deployment_status(session: Session, repo: Repo, deployment_id: int, state: str, url: str) -> None:
    """Sets the deployment's status, unless it already is the last one."""
    statuses = f"/repos/{repo.name}/deployments/{deployment_id}/statuses"
    async for last in session.items(deploying(repo), statuses):
        if last["state"] == state:
            return
        break
    fields: dict[str, Any] = {"state": state, "auto_inactive": True}
    if url:
        fields["environment_url"] = url
    await session.post(deploying(repo), statuses, fields)
