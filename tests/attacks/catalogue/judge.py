"""Was it accepted? The world before and after says so: ledgers, web root, runs, words, health.

Every new ledger line must be one of `HARMLESS` or named as `honest` by the attack: a type that nobody has thought
of counts as accepted. What the attack itself gives back is never looked at.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.cli.demo.scene import Scene
from bot.sandbox.reports import CheckRun
from bot.sandbox.state import Repository
from tests.attacks.catalogue.markdown import live

HARMLESS = frozenset(
    {
        "approval.refused", "approval.withdrawn", "briefing.edited", "briefing.refused", "claim.refused",
        "effect:Anchor", "effect:CancelRun", "effect:Check", "effect:Deployment", "effect:PolicyReport",
        "effect:React", "effect:TemplateReport",
        "effect:Say", "effect:SetLabels", "execution.recalled", "gate.reopened", "leg.unqueued", "lock.released",
        "names.released",
        "outsider.answered", "plan.superseded", "run.ignored", "spend.recorded", "spend.released", "spend.settled",
    }
)  # fmt: skip
"""What may be written whoever asks: refusals, approvals that are taken back, and our own answers to them."""

CANARY = "1787569"
"""What `{{ 1337 * 1337 }}` comes to where somebody computes it."""


def word(entry: Mapping[str, Any]) -> str:
    """A ledger line as a word: its type, with the verb, the effect's class or who approved where it has one."""
    kind, data = str(entry["type"]), entry["data"]
    if kind == "effect.performed":
        return f"effect:{data['effect']}"
    if kind in {"approval.given", "override.used"}:
        return f"{kind}:{entry['actor']['login']}"
    return f"{kind}:{data['verb']}" if "verb" in data else kind


@dataclass(frozen=True)
class Heard:
    """What one of the bot's doors answered."""

    status: int
    text: str


@dataclass(frozen=True)
class Snapshot:
    """Of the world everything that an attack must not move; ledger lines and deliveries by how many there are."""

    line: int
    web: Mapping[str, str]
    runs: frozenset[int]
    statuses: frozenset[tuple[int, int, str]]
    """the states of deployments that say that something runs or was done"""
    heads: Mapping[int, str]
    """the trees of the default branches"""
    releases: int
    approved: frozenset[tuple[int, str]]
    """check runs of ours that say that a plan is approved, or was carried out"""
    words: Mapping[int, str]
    """our App's comments, and under numbers below 0 what it says in pull requests"""
    titles: frozenset[str]
    """those of our App's pull requests, in which no Markdown is read"""
    secrets: frozenset[str]
    settings: Mapping[int, str]
    """of each repository the environments and their secrets, and whether it is still there"""
    delivered: int
    heard: int
    troubles: int
    """rows that were put aside, effects that were given up, errors in the log"""


def rows(scene: Scene, question: str, *values: object) -> list[tuple[Any, ...]]:
    """What the bot's database answers; it is opened for reading only."""
    database = sqlite3.connect(f"file:{scene.folder / 'millwright.db'}?mode=ro", uri=True)
    try:
        return database.execute(question, values).fetchall()
    finally:
        database.close()


def entries(scene: Scene, after: int) -> list[tuple[str, dict[str, Any]]]:
    """The ledger lines of all cases after that one: the case, and the line."""
    found = rows(scene, "SELECT case_key, raw FROM ledger WHERE id > ? ORDER BY id", after)
    return [(str(case), json.loads(raw)) for case, raw in found]


async def snapshot(scene: Scene, heard: list[Heard], errors: list[str]) -> Snapshot:
    """The world as it is now."""
    world, bot_id = scene.story.sandbox.world, scene.cast.app.bot_id
    places = [place for place in world.repositories.values() if place.parent_id is None]
    issues = [issue for place in places for issue in place.issues.values()]
    words = {c.id: c.body for issue in issues for c in issue.comments.values() if c.author_id == bot_id}
    words |= {-one.id: one.body or "" for one in issues if one.author_id == bot_id}
    statuses = {
        (d.id, n, s.state) for r in places for d in r.deployments.values() for n, s in enumerate(d.statuses)
    }

    def is_ours(check: CheckRun) -> bool:
        return check.app_id == scene.cast.app.id and check.conclusion == "success"

    said = {(c.id, c.name) for r in places for c in r.check_runs.values() if is_ours(c)}
    heads = {r.id: await _tree(scene, r) for r in places}
    [(line,)] = rows(scene, "SELECT coalesce(max(id), 0) FROM ledger")
    [(aside,)] = rows(scene, "SELECT count(*) FROM inbox WHERE status = 'parked'")
    [(given_up,)] = rows(scene, "SELECT count(*) FROM outbox WHERE status = 'failed'")
    tokens = {value for value, token in world.tokens.items() if token.kind != "user"}
    hidden = {value for r in places for e in r.environments.values() for value in e.secrets.values()}
    return Snapshot(
        line=line,
        web=served(scene.folder),
        runs=frozenset(run.id for run in scene.story.sandbox.actions.runs.values() if run.actor_id == bot_id),
        statuses=frozenset(one for one in statuses if one[2] in {"success", "in_progress", "queued"}),
        heads=heads,
        releases=sum(len(r.releases) for r in places),
        approved=frozenset(said),
        words=words,
        titles=frozenset(one.title for one in issues if one.author_id == bot_id),
        secrets=frozenset(tokens | hidden | {*scene.keys.secrets, scene.cast.app.webhook_secret}),
        settings={r.id: repr((r.environments, r.secrets, r.is_archived, r.is_deleted)) for r in places},
        delivered=len(scene.story.sandbox.webhooks.log),
        heard=len(heard),
        troubles=aside + given_up + len(errors),
    )


async def _tree(scene: Scene, place: Repository) -> str:
    """What stands on a repository's default branch, however often it was changed and changed back."""
    return await scene.story.sandbox.git(place).text("rev-parse", f"refs/heads/{place.default_branch}^{{tree}}")


def served(folder: Path) -> dict[str, str]:
    """Every web root: files by what they hold, links by where they lead."""
    paths = [path for root in ("www", "globex-www") for path in (folder / root).rglob("*")]
    links = {str(path): f"-> {path.readlink()}" for path in paths if path.is_symlink()}
    return links | {
        str(path): path.read_bytes().hex() for path in paths if path.is_file() and not path.is_symlink()
    }


def judge(
    scene: Scene, before: Snapshot, after: Snapshot, heard: list[Heard], honest: frozenset[str] = frozenset()
) -> list[str]:
    """What was accepted, in words; nothing where all is as honest people left it."""
    return [
        *_ledger(scene, before, honest),
        *_world(before, after, honest),
        *_words(scene, before, after),
        *_answers(scene, before, after, heard),
    ]


def _ledger(scene: Scene, before: Snapshot, honest: frozenset[str]) -> Iterator[str]:
    """Lines that nobody may cause; a pattern that ends in `@there` is for what is not the first organisation's."""
    first: dict[str, Any] = {}
    for case, entry in entries(scene, before.line):
        said, where = word(entry), "here" if f":{scene.cast.product.id}:" in case else "there"
        is_right = any(fnmatchcase(said, one) or fnmatchcase(f"{said}@{where}", one) for one in honest)
        if said not in HARMLESS and not is_right:
            yield f"ledger of {case}: {said} by {entry['actor']['login'] or 'nobody'} {entry['reason']}".rstrip()
        if said == "plan.generated":
            first = first or next(one["data"] for _, one in entries(scene, 0) if word(one) == said)
            yield from _steered(first, entry["data"])


def _steered(first: Mapping[str, Any], plan: Mapping[str, Any]) -> Iterator[str]:
    """Words choose neither steps nor risk: a plan of the same lane has those of the first one (T46)."""
    shape = (plan["risk"], plan["steps"])
    if plan["lane"] == first["lane"] and shape != (first["risk"], first["steps"]):
        yield f"a plan of other steps or another risk: {shape}"


def _world(before: Snapshot, after: Snapshot, honest: frozenset[str]) -> Iterator[str]:
    if before.web != after.web:
        changed = {path for path in {*before.web, *after.web} if before.web.get(path) != after.web.get(path)}
        yield f"the web root changed: {sorted(changed)[:3]}"
    if after.runs - before.runs and "effect:Dispatch" not in honest:
        yield f"runs were dispatched: {sorted(after.runs - before.runs)}"
    if after.statuses - before.statuses:
        yield f"deployments say: {sorted(after.statuses - before.statuses)}"
    if any(after.heads.get(place) != tree for place, tree in before.heads.items()):
        yield "a default branch moved"
    if before.releases != after.releases and "effect:Seal" not in honest:
        yield "a release was made"
    if after.approved - before.approved:
        yield f"check runs say success: {sorted(after.approved - before.approved)}"
    if any(after.settings.get(place) != text for place, text in before.settings.items()):
        yield "environments, secrets or repositories changed"


def _words(scene: Scene, before: Snapshot, after: Snapshot) -> Iterator[str]:
    urls = (scene.story.sandbox.url, scene.bot.url, scene.site.url)
    hosts = {"", *(urlsplit(url).netloc for url in urls)}
    for number, text in after.words.items():
        if before.words.get(number) == text:
            continue
        yield from (f"the bot's words {number} hold {what}" for what in live(text, hosts))
        yield from _leaks(f"the bot's words {number}", text, before, after)
        if CANARY in re.sub(r"[0-9a-f]{40,}", "", text):
            yield f"the bot's words {number} hold what a template computed"

    for title in after.titles - before.titles:
        if _REFERENCE.search(title) or CANARY in title:
            yield f"a title of the bot's refers to somebody: {title}"


_REFERENCE = re.compile(r"@[A-Za-z0-9]|#\d|\bGH-\d|://\w", re.IGNORECASE)
"""What GitHub looks for in plain text."""


def _answers(scene: Scene, before: Snapshot, after: Snapshot, heard: list[Heard]) -> Iterator[str]:
    for sent in scene.story.sandbox.webhooks.log[before.delivered :]:
        if sent.status_code >= 500 and sent.url.startswith(scene.bot.url):
            yield f"the bot answered GitHub's {sent.event} with {sent.status_code}"
    for one in heard[before.heard :]:
        if one.status >= 500 or one.status == 0:
            yield f"a door answered {one.status or 'nothing'}: {one.text[:200]}"
        yield from _leaks("a door's answer", one.text, before, after)
    if after.troubles > before.troubles:
        yield "a row was put aside, an effect was given up, or the bot logged an error"


def _leaks(where: str, text: str, before: Snapshot, after: Snapshot) -> Iterator[str]:
    if any(secret in text for secret in before.secrets | after.secrets if secret):
        yield f"{where} hold a secret"
