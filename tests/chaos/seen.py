"""What stands on GitHub for a capability, and what stands there twice: counted in the sandbox, not in the bot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path
from re import compile as pattern

from bot.domain.case import case_key
from bot.sandbox.reports import CheckRun, Deployment, Release
from bot.sandbox.state import node_id
from bot.sandbox.threads import Comment, Issue, Reaction
from executors.parts.tree import tree_digest
from executors.world.files import listing
from tests.chaos.script import DEPLOYING, Capability

_MARKER = pattern(r"<!-- millwright:[0-9a-f]{32} -->")


@dataclass(frozen=True)
class Seen:
    """What somebody sees who looks at GitHub and at the site; equal for two runs that came to the same end."""

    labels: tuple[str, ...]
    is_open: bool
    replies: int
    reactions: tuple[tuple[str, int], ...]
    pulls: tuple[str, ...]
    checks: tuple[tuple[str, str, str | None], ...]
    deployments: tuple[tuple[str, ...], ...]
    evidence: int
    runs: tuple[tuple[str, str | None], ...]
    site: str


def key_of(one: Capability) -> str:
    """The capability's case."""
    return case_key(one.firm.product.id, node_id("I", one.issue.id))


def seen(one: Capability) -> Seen:
    """What stands for the capability."""
    return Seen(
        labels=tuple(sorted(one.issue.labels)),
        is_open=one.issue.state == "open",
        replies=len(_said(one)),
        reactions=tuple(sorted(Counter(r.content for r in _reactions(one.issue)).items())),
        pulls=tuple(sorted(found.state for found in _pulls(one))),
        checks=tuple(sorted((c.name, c.status, c.conclusion) for c in _checks(one))),
        deployments=tuple(sorted((d.environment, *(s.state for s in d.statuses)) for d in _deployments(one))),
        evidence=len(releases(one)),
        runs=tuple(sorted((str(run[0]), run[1]) for run in _runs(one))),
        site=_site(one.firm.site.root) if one.course in DEPLOYING else "",
    )


def doubled(one: Capability) -> list[str]:
    """Each thing that the bot made more than once, in words."""
    key = key_of(one)
    nonces = [
        run.inputs["nonce"] for run in one.town.story.sandbox.actions.runs.values() if _is_of(run.inputs, key)
    ]
    return [
        *_twice("comment", (mark for said in _said(one) for mark in _MARKER.findall(said.body))),
        *_twice("plan pull request", (found.pull.head_ref for found in _pulls(one) if found.pull)),
        *_twice("check run", ((c.head_sha[:12], c.external_id) for c in _checks(one))),
        *_twice("deployment", (_payload(found) for found in _deployments(one))),
        *_twice("asset", ((r.tag_name, a.name) for r in releases(one) for a in r.assets.values())),
        *_twice("workflow run", nonces),
        *_twice("reaction", ((r.account_id, r.content, id(c)) for c in _talk(one.issue) for r in c.reactions)),
        *_twice("state label", ("state" for label in one.issue.labels if label.startswith("state:"))),
    ]


def releases(one: Capability) -> list[Release]:
    """The releases that hold the capability's evidence."""
    start = f"millwright-web-{one.number}-v"
    return [r for r in one.firm.product.repository.releases.values() if r.tag_name.startswith(start)]


def _twice(what: str, found: Iterable[Hashable]) -> list[str]:
    return [f"{what} {thing} × {count}" for thing, count in Counter(found).items() if count > 1]


def _said(one: Capability) -> list[Comment]:
    return [found for found in one.issue.comments.values() if found.app_id == one.town.app.id]


def _talk(issue: Issue) -> list[Comment | Issue]:
    return [issue, *issue.comments.values()]


def _reactions(issue: Issue) -> list[Reaction]:
    return [found for thing in _talk(issue) for found in thing.reactions]


def _pulls(one: Capability) -> list[Issue]:
    branch, issues = f"millwright/web-{one.number}", one.firm.product.repository.issues.values()
    return [found for found in issues if found.pull is not None and found.pull.head_ref == branch]


def _checks(one: Capability) -> list[CheckRun]:
    key = key_of(one)
    return [c for c in one.firm.product.repository.check_runs.values() if c.external_id.startswith(f"{key}/")]


def _payload(found: Deployment) -> str:
    return str(found.payload.get("millwright", "")) if isinstance(found.payload, dict) else ""


def _deployments(one: Capability) -> list[Deployment]:
    key = key_of(one)
    return [d for d in one.firm.product.repository.deployments.values() if _payload(d).startswith(f"{key}/")]


def _is_of(inputs: object, key: str) -> bool:
    return isinstance(inputs, dict) and inputs.get("case") == key


def _runs(one: Capability) -> list[tuple[str, str | None]]:
    key, runs = key_of(one), one.town.story.sandbox.actions.runs.values()
    return [(run.inputs["leg"], run.conclusion) for run in runs if _is_of(run.inputs, key)]


def _site(root: Path) -> str:
    current = root / "current"
    if not current.is_symlink():
        return "off the air"
    return str(tree_digest(listing(current.resolve())))
