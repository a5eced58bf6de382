"""T53: two organisations on one bot, with the same names for everything, never see each other."""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.cli._local_site import LocalSite
from bot.cli.demo.operations import policy, workflow
from bot.cli.demo.scene import Scene
from bot.domain.case import case_key
from bot.domain.workflow import PATH as WORKFLOW
from bot.sandbox.people import Participant
from bot.sandbox.places import Place
from executors.protocol.canonical import canonical
from tests.stories.words import LABEL, body, planned, says
from tests.stories.world import quiet, runs

ROOT = "globex-www"


@dataclass
class Second:
    """The other organisation's people and repositories; `carl` is there what Bert is here."""

    anna: Participant
    carl: Participant
    product: Place
    operations: Place
    site: LocalSite

    async def comments(self, number: int) -> list[str]:
        found = await self.carl.http.get(f"{self.product.path}/issues/{number}/comments", per_page="100")
        return [one["body"] for one in found if one["user"]["login"] == "millwright[bot]"]


async def settle_in(scene: Scene) -> Second:
    """Another organisation installs the same App; its repositories have the names of the first one's."""
    story = scene.story
    organisation = story.organisation("globex")
    carl = story.person("carl")
    organisation.admit(carl, "admin")
    product = story.repository("globex/website")
    product.grant(scene.cast.anna, "write")
    product.label(LABEL)
    site = LocalSite(scene.folder / ROOT)
    text = policy(site, site.root).replace("acme/", "globex/")
    operations = story.repository("globex/millwright-ops", private=True, files={".github/millwright.yml": text})
    sha = await Place(_actions(scene), story.sandbox).head()
    await carl.push(operations, {WORKFLOW: workflow(scene.bot.url, scene.keys, sha)})
    story.install(scene.cast.app, organisation)
    return Second(scene.cast.anna, carl, product, operations, site)


def _actions(scene: Scene) -> Any:
    world = scene.story.sandbox.world
    return next(one for one in world.repositories.values() if world.full_name(one) == "millwright-dev/millwright")


async def test_an_approval_in_one_organisation_moves_nothing_in_the_other(scene: Scene) -> None:
    number, line = await planned(scene)
    other = await settle_in(scene)
    issue = await other.anna.open_issue(other.product, "Website for Acme", body(), [LABEL])
    await scene.settle()
    shown = (await other.comments(issue["number"]))[0]
    token = re.search(r"/approve (v1-[0-9a-f]{12})", shown)
    assert token, shown
    assert issue["number"] == number, "the same number in the repository of the same name"
    assert f"/approve {token[1]}" != line

    assert "no_role" in await says(scene, other.carl, number, line)
    await scene.cast.bert.comment(other.product, issue["number"], f"/approve {token[1]}")
    await scene.settle()
    assert "no_role" in (await other.comments(issue["number"]))[-1]

    await other.carl.comment(other.product, issue["number"], f"/approve {token[1]}")
    await scene.settle()
    assert "Done" in (await other.comments(issue["number"]))[0]
    other.site.stop()
    assert (other.site.root / "current").is_symlink()
    assert not (scene.site.root / "current").exists()
    crossed = [one for one in _by_installation(scene) if one[0] != one[1]]
    assert not crossed


def _by_installation(scene: Scene) -> list[tuple[str, str]]:
    """Of each request with an installation's token: whose token it was, and whose repository it was about."""
    world = scene.story.sandbox.world
    minted: dict[str, str] = {}
    for token in world.tokens.values():
        if token.kind == "installation":
            account = world.accounts[world.installations[token.installation_id or 0].account_id]
            names = [world.repositories[one] for one in token.repository_ids or ()]
            for repository in names:
                minted[f"{account.login} {repository.id}"] = world.accounts[repository.owner_id].login
    assert len(minted) == 4
    return [(key.partition(" ")[0], owner) for key, owner in minted.items()]


async def test_a_job_of_one_organisation_cannot_claim_the_leg_of_the_other(scene: Scene) -> None:
    number, line = await planned(scene)
    other = await settle_in(scene)
    other.site.stop()
    room = scene.story.sandbox.actions.room
    async with room, room:
        await scene.cast.bert.comment(scene.cast.product, number, line)
        await quiet(scene)
        run = runs(scene)[-1]
        issuer = scene.story.sandbox.actions.issuer
        good = issuer.claims(run, run.job("admit"), scene.bot.url)
        stolen = good | {
            "repository_id": str(other.operations.id),
            "repository": "globex/millwright-ops",
            "workflow_ref": f"globex/millwright-ops/{WORKFLOW}@refs/heads/main",
            "jti": str(uuid.uuid4()),
        }
        key = hashlib.sha256(b"x").hexdigest()[:32]
        asked = canonical({**run.inputs, "job": "admit", "client_key": key})
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {issuer.signed(stolen)}"}
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{scene.bot.url}/runs/claim", data=asked, headers=headers) as answer,
        ):
            assert (answer.status, (await answer.json())["code"]) == (403, "case_unknown")
    await scene.settle()
    assert run.conclusion == "success"
    key_of_case = run.inputs["case"]
    assert key_of_case.startswith(case_key(scene.cast.product.id, "")), "the product's number stands in the case"
