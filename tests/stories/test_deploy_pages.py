"""A website goes onto the branch that GitHub Pages serves, and the branch goes back to what it was, or away."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request

from bot.cli.demo.scene import Scene
from tests.stories.places import move_site
from tests.stories.words import deployment_states, open_issue, says, state, sticky, token


async def got(url: str) -> tuple[int, bytes]:
    """What a visitor gets; asked for beside the loop that GitHub Pages is served from."""
    return await asyncio.to_thread(_got, url)


def _got(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, b""


async def moved(scene: Scene) -> str:
    """The site's place is the product's branch now; returns its address."""
    url = scene.cast.product.publish("gh-pages")
    await move_site(scene, {"name": "production", "kind": "pages", "url": url}, {})
    return url


async def branch(scene: Scene) -> str | None:
    git = scene.cast.product.git
    return await git.sha("refs/heads/gh-pages")


async def test_a_site_goes_onto_a_branch_that_was_not_there_and_the_branch_goes_again(scene: Scene) -> None:
    url = await moved(scene)
    number = await open_issue(scene)
    assert "branch `gh-pages` of `acme/website`, which GitHub Pages serves" in await sticky(scene, number)
    assert await branch(scene) is None, "a preview changes nothing"
    await says(scene, scene.cast.bert, number, f"/approve {await token(scene, number)}")
    assert await state(scene, number) == "completed", await sticky(scene, number)
    status, body = await got(url)
    assert (status, b"Acme Consulting" in body) == (200, True)
    files = {entry.path for entry in await scene.cast.product.git.tree("refs/heads/gh-pages", is_recursive=True)}
    assert {".nojekyll", "index.html", "404.html"} <= files
    assert (await deployment_states(scene))[-1] == "success"
    [deployment] = await scene.cast.anna.http.get(f"{scene.cast.product.path}/deployments")
    statuses = await scene.cast.anna.http.get(f"{scene.cast.product.path}/deployments/{deployment['id']}/statuses")
    assert statuses[0]["environment_url"] == url
    written = [one for one in scene.story.sandbox.requests if "/git/" in one.path and one.method != "GET"]
    assert written
    anchors = "/repos/acme/millwright-ops"  # the bot's own, written there for every capability
    assert {one.path.split("/git/")[0] for one in written} - {anchors} == {"/repos/acme/website"}

    await says(scene, scene.cast.bert, number, "/rollback")
    assert await state(scene, number) == "rolled_back", await sticky(scene, number)
    assert await branch(scene) is None
    assert (await got(url))[0] == 404


async def test_a_branch_that_was_there_is_at_its_commit_again(scene: Scene) -> None:
    url = await moved(scene)
    await scene.cast.olga.push(scene.cast.product, {"index.html": "<p>as before</p>"}, "gh-pages")
    await scene.settle()
    before = await branch(scene)
    number = await open_issue(scene)
    await says(scene, scene.cast.bert, number, f"/approve {await token(scene, number)}")
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert await branch(scene) != before
    await says(scene, scene.cast.bert, number, "/rollback")
    assert await branch(scene) == before, await sticky(scene, number)
    assert await got(url) == (200, b"<p>as before</p>")


async def test_a_branch_that_somebody_else_moved_since_the_preview_is_left_alone(scene: Scene) -> None:
    await moved(scene)
    number = await open_issue(scene)
    line = f"/approve {await token(scene, number)}"
    await scene.cast.olga.push(scene.cast.product, {"index.html": "<p>hers</p>"}, "gh-pages")
    await scene.settle()
    hers = await branch(scene)
    await says(scene, scene.cast.bert, number, line)
    assert "when people approved" in await sticky(scene, number), await sticky(scene, number)
    assert await branch(scene) == hers
