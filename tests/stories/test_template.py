"""A template of an organisation's own: tried on its pull request, pinned by a plan, made in the job, served."""

from __future__ import annotations

from typing import Any

from bot.cli.demo.scene import Scene
from tests.executors.website.brand import FOLDER, ID, brand
from tests.stories.test_policy_check import checks_on
from tests.stories.words import ACME, body, open_issue, says, state, sticky, token
from tests.stories.world import change_policy, page, runs

NAME = "millwright / template"
SAMPLE = f"{FOLDER}/sample.yaml"


def files(**changed: str) -> dict[str, str | None]:
    """The template with its sample, as files of the product repository."""
    own = brand(hero='<section class="ours"><h1>{{ site.name }}</h1></section>', **changed)
    return {SAMPLE: ACME, **{f"{FOLDER}/{path}": data.decode() for path, data in own.items()}}


async def proposed(scene: Scene, changes: dict[str, str | None], branch: str = "brand") -> dict[str, Any]:
    """Bert proposes the files in the product repository; the check run on the head."""
    sha = await scene.cast.bert.push(scene.cast.product, changes, branch=branch)
    await scene.cast.bert.open_pull(scene.cast.product, branch)
    await scene.settle()
    [found] = await checks_on(scene, scene.cast.product, sha)
    assert found["name"] == NAME
    return found


async def test_a_good_template_is_made_with_its_sample_before_anybody_merges(scene: Scene) -> None:
    found = await proposed(scene, files())
    assert (found["conclusion"], found["notes"]) == ("success", []), found["output"]
    assert f"`{FOLDER}`: 11 pages" in found["output"]["summary"]
    assert "no browser" in found["output"]["summary"]
    assert "| `imprint.html` |" in found["output"]["text"]
    assert runs(scene) == []


async def test_a_mistake_is_an_annotation_at_its_line_until_it_is_corrected(scene: Scene) -> None:
    hero = f"{FOLDER}/sections/hero.html"
    found = await proposed(scene, files() | {hero: "<h1>\n{{ site.name.upper() }}</h1>\n"})
    [note] = found["notes"]
    assert (found["conclusion"], note["path"], note["start_line"]) == ("failure", hero, 2)
    assert "Call is not allowed" in note["message"]

    sha = await scene.cast.bert.push(scene.cast.product, {hero: "<h1>{{ site.name }}</h1>\n"}, branch="brand")
    await scene.settle()
    [found] = await checks_on(scene, scene.cast.product, sha)
    assert (found["conclusion"], found["notes"]) == ("success", [])


async def test_a_template_without_end_fails_its_check_run_and_nothing_else(scene: Scene) -> None:
    loops = (
        "{% for a in w %}{% for b in w %}{% for c in w %}" + "{{ c if a == b else a }}" * 9 + "{% endfor %}" * 3
    )
    found = await proposed(scene, files() | {f"{FOLDER}/sections/hero.html": loops})
    assert found["conclusion"] == "failure"
    [note] = found["notes"]
    assert "used more than" in note["message"] or "more than 15 s" in note["message"]
    assert await sticky(scene, await open_issue(scene)), "the bot goes on"


async def test_what_a_fork_proposes_is_read_and_not_filled(scene: Scene) -> None:
    scene.cast.product.repository.private = False
    mallory, product = scene.cast.mallory, scene.cast.product
    fork = scene.story.fork(product, mallory)
    sha = await mallory.push(fork, files(), branch="mine")
    await mallory.open_pull(product, "mallory:mine")
    await scene.settle()
    [found] = await checks_on(scene, product, sha)
    assert found["conclusion"] == "neutral"
    assert "nothing was filled" in found["output"]["title"]
    assert "imprint.html" not in str(found["output"])


async def test_a_site_of_an_own_template_is_approved_by_its_bytes_and_served(scene: Scene) -> None:
    await scene.cast.olga.push(scene.cast.product, files(), message="Our template")
    await change_policy(scene, f"templates:\n  - id: {ID}\n")
    briefing = ACME.replace("template: corporate_site_v1", f"template: {ID}")
    number = await open_issue(scene, body(briefing))
    shown = await sticky(scene, number)
    assert "a template of your own" in shown
    await says(scene, scene.cast.bert, number, f"/approve {await token(scene, number)}")
    assert await state(scene, number) == "completed", await sticky(scene, number)
    assert '<section class="ours">' in page(scene)


async def test_a_template_that_changes_after_approval_is_not_made(scene: Scene) -> None:
    await scene.cast.olga.push(scene.cast.product, files(), message="Our template")
    await change_policy(scene, f"templates:\n  - id: {ID}\n")
    number = await open_issue(scene, body(ACME.replace("template: corporate_site_v1", f"template: {ID}")))
    line = f"/approve {await token(scene, number)}"
    hero = f"{FOLDER}/sections/hero.html"
    await scene.cast.olga.push(scene.cast.product, {hero: '<h1 class="theirs">x</h1>'}, message="Other words")
    await scene.settle()
    await says(scene, scene.cast.bert, number, line)
    assert await state(scene, number) != "completed"
    assert "theirs" not in page(scene)


async def test_a_template_that_the_policy_does_not_name_is_refused(scene: Scene) -> None:
    await scene.cast.olga.push(scene.cast.product, files(), message="Our template")
    number = await open_issue(scene, body(ACME.replace("template: corporate_site_v1", f"template: {ID}")))
    assert "is no template of this release" in await sticky(scene, number)
