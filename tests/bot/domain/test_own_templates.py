"""Which template a plan gets: ours by id or version, or one of the organisation's own, pinned file by file."""

from __future__ import annotations

import pytest

from bot.domain.difference import difference, step_changes
from bot.domain.faults import Fault
from bot.domain.own_templates import OwnTemplate
from bot.domain.planner import plan_for
from bot.domain.policy import Policy, parse
from bot.domain.weaker import rule_changes
from bot.load.blueprints import all_of_them
from executors.kinds.website.inputs import Website
from executors.protocol.plan import Plan
from tests.bot.domain.acme import POLICY, acme, plan_inputs, planned, policy

NOW = {"corporate_site_v1": "c" * 64, "corporate_site_v1@1.1.0": "c" * 64, "corporate_site_v1@1.0.0": "a" * 64}
FOLDER = ".millwright/templates/acme_brand_v1"
OWN = {"acme_brand_v1": OwnTemplate(FOLDER, {"template.yaml": "5" * 64, "sections/hero.html": "6" * 64}, "7" * 64)}
RULE = "templates:\n  - id: acme_brand_v1\n"


def with_template(name: str, **changes: object) -> Plan | tuple[Fault, ...]:
    briefing = acme()
    config = briefing.website_config.model_copy(update={"template": name})
    inputs = plan_inputs(briefing.model_copy(update={"website_config": config}))
    return plan_for(inputs.__class__(**{**inputs.__dict__, "templates": NOW, **changes}))


def of(plan: Plan | tuple[Fault, ...]) -> tuple[Plan, Website]:
    assert isinstance(plan, Plan), plan
    step = next(step for step in plan.steps if step.id == "website")
    return plan, Website.model_validate(step.inputs)


def test_an_id_means_the_version_of_now_and_a_version_stays() -> None:
    _, now = of(with_template("corporate_site_v1"))
    assert (now.template_version, now.template_digest) == ("1.1.0", "c" * 64)
    plan, then = of(with_template("corporate_site_v1@1.0.0"))
    assert (then.template, then.template_version, then.template_digest) == (
        "corporate_site_v1@1.0.0", "1.0.0", "a" * 64
    )  # fmt: skip
    assert plan.templates == {"corporate_site_v1@1.0.0": "a" * 64}


def test_a_new_version_is_named_in_the_difference_of_the_plans() -> None:
    old, _ = of(with_template("corporate_site_v1", templates={
        "corporate_site_v1": "a" * 64, "corporate_site_v1@1.0.0": "a" * 64
    }))  # fmt: skip
    new, _ = of(with_template("corporate_site_v1"))
    changes = {change.what: (change.was, change.now) for change in step_changes(old, new)}
    assert changes["template_version"] == ("1.0.0", "1.1.0")
    assert "template corporate_site_v1 1.0.0 → 1.1.0" in difference(old, new.model_copy(update={"version": 2}))


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("corporate_site_v1@2.0.0", "write one of: corporate_site_v1@1.0.0, corporate_site_v1@1.1.0"),
        ("unheard_of_v1", "write one of: acme_brand_v1, corporate_site_v1"),
    ],
)
def test_what_is_not_there_is_refused_with_what_there_is(name: str, advice: str) -> None:
    assert with_template(name, own_templates=OWN) == (
        Fault("website_config.template", f"`{name}` is no template of this release", advice),
    )


def test_an_own_template_is_pinned_file_by_file_and_the_plan_says_so() -> None:
    plan, inputs = of(with_template("acme_brand_v1", own_templates=OWN))
    assert inputs.own_template is not None
    assert inputs.own_template.folder == FOLDER
    assert [(file.path, file.sha256) for file in inputs.own_template.files] == [
        ("sections/hero.html", "6" * 64), ("template.yaml", "5" * 64)
    ]  # fmt: skip
    assert (inputs.template_digest, inputs.template_version) == ("7" * 64, None)
    assert [note for note in plan.notes if "2 files in" in note and "before you approve" in note]


def test_an_own_template_that_cannot_be_read_or_has_our_name_is_refused() -> None:
    gone = {"acme_brand_v1": OwnTemplate(FOLDER, fault="there is no template.yaml")}
    [fault] = with_template("acme_brand_v1", own_templates=gone)
    assert isinstance(fault, Fault)
    assert "there is no template.yaml" in fault.message
    [fault] = with_template("corporate_site_v1", own_templates={"corporate_site_v1": OWN["acme_brand_v1"]})
    assert isinstance(fault, Fault)
    assert "is one of ours" in fault.message


def test_other_bytes_make_another_plan() -> None:
    one, _ = of(with_template("acme_brand_v1", own_templates=OWN))
    other = {"acme_brand_v1": OwnTemplate(FOLDER, {"template.yaml": "8" * 64}, "9" * 64)}
    assert of(with_template("acme_brand_v1", own_templates=other))[0].digest != one.digest


def test_the_policy_names_folders_and_a_new_one_is_marked() -> None:
    rules = policy(RULE)
    assert [one.folder for one in rules.templates] == [FOLDER]
    [change] = [one for one in rule_changes(policy(), rules) if one.name == "templates"]
    assert (change.now, change.weaker) == (f"acme_brand_v1 in {FOLDER}", True)
    assert planned(plan_inputs(rules=rules)).policy != planned(plan_inputs(rules=policy())).policy


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("templates:\n  - {id: a_v1, path: ../x}\n", "is no path of a folder"),
        ("templates:\n  - {id: a_v1, path: /x}\n", "is no path of a folder"),
        ("templates:\n  - {id: a_v1, path: .git/x}\n", "is no path of a folder"),
        ("templates:\n  - id: a_v1\n  - id: a_v1\n", "occurs twice"),
    ],
)
def test_a_rule_that_means_nothing_is_refused_by_line(text: str, fault: str) -> None:
    found = parse(POLICY + text)
    assert not isinstance(found, Policy)
    assert [one for one in found if fault in one.message and one.line]


def test_every_shipped_template_is_known_by_id_and_by_version() -> None:
    known = all_of_them()["templates"]
    for name in (one for one in known if "@" not in one):
        assert [one for one in known if one.startswith(f"{name}@") and known[one] == known[name]]
