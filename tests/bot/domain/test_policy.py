"""The policy file is read strictly, with the line of each mistake, and has cautious defaults."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

from bot.domain.policy import Policy, parse, schema
from bot.domain.strict_yaml import read_yaml
from tests.bot.domain.acme import POLICY, policy


def faults(text: str) -> list[tuple[str, int | None]]:
    read = parse(text)
    assert isinstance(read, tuple), "the policy was taken"
    assert all(fault.message and fault.next for fault in read)
    return [(fault.path, fault.line) for fault in read]


def test_a_newcomers_file_has_fifteen_lines_at_most_and_cautious_defaults() -> None:
    assert len(POLICY.splitlines()) <= 15
    rules = policy()
    levels = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
    assert [(rules.quorum(level).count, rules.quorum(level).author) for level in levels] == [
        (1, True), (1, False), (2, False), (2, False),
    ]  # fmt: skip
    assert (rules.approval.expiry_hours, rules.mode, rules.solo, rules.auto_rollback) == (
        72,
        "checkpoints",
        False,
        True,
    )
    assert rules.approvers.roles == ["maintain", "admin"]
    assert rules.environments[0].host == "127.0.0.1:8080"


WRONG = {
    "mode: autos": [("mode", 12)],
    "solo: yes": [("solo", 12)],
    "surprise: 1": [("surprise", 12)],
    "approval:\n  HIGH:\n    count: 0": [("approval.HIGH.count", 14)],
    "approval: {expiry_hours: 100000}": [("approval.expiry_hours", 12)],
    "approvers:\n  users:\n    - 7\n    - bob": [("approvers.users.1", 15)],
    "approvers: {roles: [read]}": [("approvers.roles.0", 12)],
    "approvers: {teams: [Not A Slug]}": [("approvers.teams.0", 12)],
    "approvers: {}": [("approvers", 12)],
    "workflow:\n  path: .github/../evil.yml": [("workflow.path", 13)],
    "workflow:\n  runs_on: [ubuntu-latest]": [("workflow.runs_on", 13)],
    "budgets: {per_case: 1.234567890}": [("budgets.per_case", 12)],
    "budgets: {warn_percent: 101}": [("budgets.warn_percent", 12)],
    "mode: final\nmode: auto": [("", 13)],
    "operations: x": [("", 12)],
    "a: &a [1]": [("", 12)],
}


@pytest.mark.parametrize("more", WRONG)
def test_a_mistake_is_named_with_its_line(more: str) -> None:
    assert faults(POLICY.rstrip("\n").replace("  minutes: {self-hosted: 0.004}", "") + more) == WRONG[more]


REPLACED = {
    ("path: /srv/www/acme", "path: /srv/../etc"): [("environments.0.path", 8)],
    ("path: /srv/www/acme", "path: www"): [("environments.0.path", 8)],
    ("path: /srv/www/acme", "path: /"): [("environments.0.path", 8)],
    ("url: http://127.0.0.1:8080", "url: ftp://x"): [("environments.0.url", 9)],
    ("url: http://127.0.0.1:8080", "url: http://user@x/"): [("environments.0.url", 9)],
    ("key: ACME", "key: acme"): [("products.0.key", 4)],
    ("repository: acme/website", "repository: website"): [("products.0.repository", 3)],
    ("environment: www", "environment: live"): [("products.0.environment", 5)],
    ("  - name: www", "  - name: www\n    runner: hosted"): [("environments.0.runner", 8)],
    ("  - name: www", "  - name: www\n    kind: ftp"): [("environments.0.kind", 8)],
    ("  - name: www", "  - name: www\n    secrets: [GITHUB_TOKEN]"): [("environments.0.secrets.0", 8)],
    ("  - name: www", "  - name: www\n    secrets: [A, A]"): [("environments.0.secrets", 8)],
    ("self-hosted: 0.004", "self-hosted: -1"): [("prices.minutes.self-hosted", 12)],
    ("currency: EUR", "currency: Euro"): [("prices.currency", 11)],
    ("operations: acme/millwright-ops\n", ""): [("operations", 1)],
}


@pytest.mark.parametrize(("old", "new"), REPLACED)
def test_a_wrong_value_is_named_with_its_line(old: str, new: str) -> None:
    assert old in POLICY
    assert faults(POLICY.replace(old, new)) == REPLACED[old, new]


def test_two_of_one_name_are_refused_at_the_second() -> None:
    place = "  - name: www\n    path: /srv/www/acme\n    url: http://127.0.0.1:8080\n"
    assert faults(POLICY.replace(place, place + place)) == [("environments.1.name", 10)]
    product = "  - repository: acme/website\n    key: ACME\n    environment: www\n"
    twice = product + product.replace("acme/", "Acme/").replace("ACME", "ACMF")
    assert faults(POLICY.replace(product, twice)) == [("products.1.repository", 6)]


@pytest.mark.parametrize("text", ["", "[]", "x", "a: [", "1", "{}"])
def test_what_is_no_policy_is_refused(text: str) -> None:
    assert faults(text)


def test_the_product_is_found_as_github_compares_names() -> None:
    product = policy().product_of("ACME/Website")
    assert product is not None
    assert product.key == "ACME"
    assert policy().product_of("acme/other") is None


def test_a_product_has_its_own_approvers_or_everybodys() -> None:
    rules = policy("approvers: {teams: [ops]}\n")
    assert rules.approvers_of(rules.products[0]).teams == ["ops"]
    own = parse(
        POLICY.replace(
            "environment: www", "environment: www\n    approvers: {users: [{id: 7, login: bo}], teams: [qa]}"
        )
    )
    assert isinstance(own, Policy)
    assert [person.id for person in own.approvers_of(own.products[0]).users] == [7]
    assert own.team_slugs() == ("qa",)


def test_a_one_person_organisation_needs_one_approval_its_own() -> None:
    quorum = policy("solo: true\n").quorum("CRITICAL")
    assert (quorum.count, quorum.author) == (1, True)


CHANGES = [
    "mode: final", "solo: true", "auto_rollback: false", "approval: {expiry_hours: 24}",
    "approvers: {roles: [write]}", "approval: {MEDIUM: {count: 2}}", "approvers: {roles: [admin]}",
    "budgets: {per_case: 5}",
    "workflow: {runs_on: [self-hosted, big]}",
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_the_slice_changes_with_every_rule_that_decides_about_the_plan(change: str) -> None:
    before, after = policy(), policy(f"{change}\n")
    product = before.products[0]
    assert before.slice_digest(product, "MEDIUM") != after.slice_digest(after.products[0], "MEDIUM")


@pytest.mark.parametrize("limit", ["per_month: 50", "runs_per_day: 3", "runs_per_person: 3", "warn_percent: 50"])
def test_a_limit_that_all_capabilities_share_is_no_part_of_what_was_approved(limit: str) -> None:
    before, after = policy(), policy(f"budgets: {{{limit}}}\n")
    product = before.products[0]
    assert before.slice_digest(product, "MEDIUM") == after.slice_digest(after.products[0], "MEDIUM")


def test_the_slice_stays_when_other_products_places_and_levels_change() -> None:
    place = "  - name: www"
    text = POLICY.replace(place, f"  - {{name: other, path: /srv/o, url: 'http://o.example'}}\n{place}")
    text = text.replace("products:\n", "products:\n  - {repository: acme/other, key: OTHER, environment: other}\n")
    wider = parse(text + "approval: {HIGH: {count: 3}}\n")
    assert isinstance(wider, Policy)
    product = wider.product_of("acme/website")
    assert product is not None
    assert wider.slice_digest(product, "MEDIUM") == policy().slice_digest(policy().products[0], "MEDIUM")
    assert wider.slice_digest(product, "HIGH") != policy().slice_digest(policy().products[0], "HIGH")


def test_attestations_are_in_the_slice_only_where_they_are_asked_for() -> None:
    asked = parse(POLICY + "workflow: {attest: true}\n")
    assert isinstance(asked, Policy)
    assert asked.slice(asked.products[0], "LOW")["workflow"]["attest"] is True
    assert "attest" not in policy().slice(policy().products[0], "LOW")["workflow"]


def test_every_field_has_words_for_an_editor_to_show() -> None:
    for of in (schema(), schema("defaults")):
        models = {"Policy": of, **of["$defs"]}
        for name, model in models.items():
            for field, shape in model["properties"].items():
                assert len(shape.get("description", "")) > 12, f"{name}.{field}"
            assert model["additionalProperties"] is False, name


def test_the_published_schema_is_the_models_and_takes_a_policy() -> None:
    text = (files("templates") / "forms" / "policy.schema.json").read_text("utf-8")
    published = json.loads(text)
    assert published == schema(), "millwright validate --schema policy > templates/forms/policy.schema.json"
    assert text == json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    jsonschema.Draft202012Validator.check_schema(published)
    document = read_yaml(POLICY)
    jsonschema.validate(document.value, published)  # type: ignore[union-attr]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"operations": "x"}, published)
