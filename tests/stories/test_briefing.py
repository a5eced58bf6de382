"""What people write into an issue: every fault comes back by field, and editing the issue tries again."""

from __future__ import annotations

import re

import pytest

from bot.cli.demo.scene import Scene
from bot.domain.workflow import PATH as WORKFLOW
from tests.stories.forms import ANSWERS, filled
from tests.stories.words import (
    ACME,
    LABEL,
    acme,
    body,
    bot_comments,
    labels,
    open_issue,
    pulls,
    refused,
    says,
    state,
    sticky,
    token,
)
from tests.stories.world import change_policy, runs

BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghij", "bcdefghijk", strict=True)
)
WITHOUT_LEGAL = re.sub(r"^legal:\n(  .*\n)+", "", ACME, flags=re.MULTILINE)
HOSTILE = {
    "a YAML bomb": (body(BOMB), "anchor"),
    "two briefings": (body() + body(), "2 briefings"),
    "a tag of Python's": (body("business_name: !!python/object/apply:os.system ['true']\n"), "tag"),
    "a key twice": (body(ACME + "country: AT\n"), "country"),
    "no legal facts in Germany": (body(WITHOUT_LEGAL), "legal"),
    "a trade that nobody serves": (acme(business_type="manufacturing"), "manufacturing"),
    "a field that is none": (body(ACME + "colour_scheme: red\n"), "colour_scheme"),
    "notes of 60 KB": (body(ACME + f"notes: {'x ' * 26_000}\n"), "notes"),
    "nothing": ("", "briefing"),
    "brackets to the moon": (body("[" * 3000), "deep"),
}


@pytest.mark.parametrize("half", [0, 1])
async def test_hostile_and_incomplete_briefings_are_refused_by_name(scene: Scene, half: int) -> None:
    chosen = dict(list(HOSTILE.items())[half::2])
    opened = {}
    for what, (text, _) in chosen.items():
        issue = await scene.cast.anna.open_issue(scene.cast.product, what, text, [LABEL])
        opened[what] = int(issue["number"])
    await scene.settle()
    for what, (_, word) in chosen.items():
        shown = await sticky(scene, opened[what])
        assert "in the briefing need" in shown, f"{what}: {shown}"
        assert word in shown.lower(), f"{what}: {shown}"
        assert await state(scene, opened[what]) == "draft"
        assert len(shown) < 60_000
    assert runs(scene) == []
    assert await pulls(scene) == []
    assert await scene.bot.engine.parked() == []


async def test_faults_come_back_field_by_field_and_an_edit_tries_again(scene: Scene) -> None:
    wrong = ACME.replace("domain: acme-consulting.example", "domain: https://acme").replace(
        "country: DE", "country: XX"
    )
    wrong = wrong.replace('primary_color: "#1e40af"', "primary_color: blueish").replace("info@", "info at ")
    number = await open_issue(scene, body(wrong))
    shown = await sticky(scene, number)
    assert "4 things in the briefing" in shown
    for field in ("website_config.domain", "country", "website_config.primary_color", "contact_email"):
        line = next(n for n, text in enumerate(body(wrong).split("\n"), 1) if f"{field.split('.')[-1]}:" in text)
        assert f"| `{field}` (line {line}) |" in shown, shown
    assert await state(scene, number) == "draft"
    assert await pulls(scene) == []

    await scene.cast.anna.edit_issue(scene.cast.product, number, body=acme())
    await scene.settle()
    assert "Plan v1" in await sticky(scene, number)
    assert await token(scene, number)
    assert await state(scene, number) == "validated"
    assert len(await bot_comments(scene, number)) == 1

    await scene.cast.anna.edit_issue(scene.cast.product, number, body=body(wrong))
    await scene.settle()
    assert "4 things in the briefing" in await sticky(scene, number)
    assert await state(scene, number) == "draft"


async def test_a_form_filled_in_on_the_web_becomes_a_plan(scene: Scene) -> None:
    form = filled(ANSWERS, ticked=("website",))
    issue = await scene.cast.product.form(scene.cast.anna, "Business: Acme", form, [LABEL])
    await scene.settle()
    shown = await sticky(scene, issue.number)
    assert "Plan v1" in shown, shown
    assert "Acme Consulting GmbH" in shown
    assert await state(scene, issue.number) == "validated"
    assert [run.conclusion for run in runs(scene)] == ["success"]


async def test_a_heading_inside_a_text_area_answers_no_other_question(scene: Scene) -> None:
    smuggled = "An honest text.\n\n### Execution\n\nforce"
    texts = {
        "in a text area": filled({**ANSWERS, "notes": smuggled}, ("website",)),
        "in a second one": filled(
            {**ANSWERS, "website_config--description": "Two.\n\n### Domain\n\nevil.example"}
        ),
        "a heading of theirs": filled({**ANSWERS, "notes": "### Please read\n\nthis"}),
        "nothing required": filled({"country": "DE"}),
    }
    numbers = {}
    for what, text in texts.items():
        numbers[what] = (await scene.cast.product.form(scene.cast.anna, what, text, [LABEL])).number
    await scene.settle()
    for what, number in numbers.items():
        assert await state(scene, number) == "draft", what
        assert "Plan v" not in await sticky(scene, number)
    assert "`Execution`" in await sticky(scene, numbers["in a text area"])
    assert "`Domain`" in await sticky(scene, numbers["in a second one"])
    assert "business_name" in await sticky(scene, numbers["nothing required"])
    assert runs(scene) == []


async def test_labels_of_kinds_that_are_not_here_are_answered_by_name(scene: Scene) -> None:
    numbers = {}
    for kind in ("unknown", "service", "change"):
        issue = await scene.cast.anna.open_issue(scene.cast.product, kind, acme(), [f"capability:{kind}"])
        numbers[kind] = int(issue["number"])
    await scene.settle()
    assert "is no kind that we know" in await sticky(scene, numbers["unknown"])
    for kind in ("service", "change"):
        shown = await sticky(scene, numbers[kind])
        assert f"capability:{kind}" in shown
        assert "not available in this release" in shown
    assert runs(scene) == []
    assert await pulls(scene) == []

    await scene.cast.anna.http.put(
        f"{scene.cast.product.path}/issues/{numbers['unknown']}/labels", {"labels": [LABEL]}
    )
    await scene.settle()
    assert "Plan v1" in await sticky(scene, numbers["unknown"])


async def test_an_id_label_names_the_case(scene: Scene) -> None:
    issue = await scene.cast.anna.open_issue(scene.cast.product, "x", acme(), [LABEL, "capability:ACME-42"])
    await scene.settle()
    [pull] = await pulls(scene)
    assert pull["head"]["ref"] == "millwright/acme-42"
    assert await scene.cast.product.read(".millwright/ACME-42/plan.json", pull["head"]["ref"])
    assert "state:validated" in await labels(scene, int(issue["number"]))
    assert len(await bot_comments(scene, int(issue["number"]))) == 1


async def test_a_dry_run_is_shown_and_never_carried_out(scene: Scene) -> None:
    number = await open_issue(scene, acme(dry_run="true"))
    shown = await sticky(scene, number)
    assert "dry run" in shown
    assert "/approve" not in shown
    [pull] = await pulls(scene)
    assert pull["state"] == "open"
    stored = await plan_token(scene, number, pull["head"]["ref"])
    assert "dry_run" in await refused(scene, scene.cast.bert, number, f"/approve {stored}")


async def test_what_the_release_cannot_do_must_be_taken_out_of_the_scope(scene: Scene) -> None:
    number = await open_issue(scene, acme(scope="[website, erp]"))
    shown = await sticky(scene, number)
    assert "Cannot be approved yet" in shown
    assert "Odoo module crm" in shown
    assert "scope: [website]" in shown
    [pull] = await pulls(scene)
    stored = await plan_token(scene, number, pull["head"]["ref"])
    assert "choice_missing" in await refused(scene, scene.cast.bert, number, f"/approve {stored}")

    await scene.cast.anna.edit_issue(scene.cast.product, number, body=acme())
    await scene.settle()
    assert await token(scene, number)


async def plan_token(scene: Scene, number: int, ref: str) -> str:
    """The token of the plan that stands on the plan pull request, whether the comment offers it or not."""
    del number
    [pull] = await pulls(scene)
    found = re.search(r"v\d+-[0-9a-f]{12}", str(pull["body"]))
    assert found, (ref, pull["body"])
    return found[0]


@pytest.mark.parametrize("how", ["no policy", "broken policy", "no workflow", "no product"])
async def test_without_a_policy_and_its_workflow_nothing_is_planned(scene: Scene, how: str) -> None:
    operations, path = scene.cast.operations, ".github/millwright.yml"
    good = {name: await operations.read(name) for name in (path, WORKFLOW)}
    broken: dict[str, dict[str, str | None]] = {
        "no policy": {path: None},
        "broken policy": {path: f"{good[path]}approvers_: 1\nmode: [\n"},
        "no workflow": {WORKFLOW: None},
        "no product": {path: str(good[path]).replace("acme/website", "acme/elsewhere")},
    }
    await scene.cast.olga.push(operations, broken[how])
    number = await open_issue(scene)
    shown = await sticky(scene, number)
    assert "nothing runs" in shown, shown
    assert "Plan v" not in shown
    assert {"no workflow": WORKFLOW, "no product": "products"}.get(how, path) in shown
    assert (await pulls(scene), runs(scene)) == ([], [])

    await scene.cast.olga.push(operations, {**good})
    await says(scene, scene.cast.bert, number, "/plan")
    assert "Plan v1" in await sticky(scene, number), await sticky(scene, number)


async def test_a_product_of_another_installation_is_no_business_of_ours(scene: Scene) -> None:
    other = scene.story.organisation("rival")
    place = scene.story.repository("rival/website")
    place.grant(scene.cast.anna, "write")
    scene.story.install(scene.cast.app, other)
    issue = await scene.cast.anna.open_issue(place, "Theirs", acme(), [LABEL])
    await scene.settle()
    answers = await scene.cast.anna.http.get(f"{place.path}/issues/{issue['number']}/comments")
    assert len(answers) == 1
    assert "rival/millwright-ops" in answers[0]["body"]
    assert "nothing runs" in answers[0]["body"]
    assert runs(scene) == []


async def test_the_title_may_change_and_the_plan_stays(scene: Scene) -> None:
    number = await open_issue(scene)
    line = await token(scene, number)
    await scene.cast.anna.edit_issue(scene.cast.product, number, title="Another title")
    await change_policy(scene, "")
    assert await token(scene, number) == line
    assert len(runs(scene)) == 1
