"""An Odoo in the policy: whatever is wrong with it has its line, and whatever of it changes voids approvals."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from bot.domain.document import Document
from bot.domain.policy import Policy, parse, schema
from bot.domain.strict_yaml import read_yaml
from tests.bot.domain.acme import ERP, acme, erp_policy, erp_text, plan_inputs, planned, policy

FIRST = erp_text().splitlines().index("  - name: erp") + 1
"""The line on which the Odoo begins."""


def faults(text: str) -> list[tuple[str, str, str, int | None]]:
    read = parse(text)
    assert isinstance(read, tuple), "the policy was taken"
    return [(fault.path, fault.message, fault.next, fault.line) for fault in read]


def test_an_odoo_has_the_same_face_as_a_local_place() -> None:
    rules = erp_policy()
    local, odoo = rules.environments
    assert [(one.name, one.kind, one.host, one.hosts, one.secrets, one.runner) for one in (local, odoo)] == [
        ("www", "local", "127.0.0.1:8080", [], [], "self-hosted"),
        ("erp", "odoo", "erp.acme.example", ["erp.acme.example"], ["ODOO_KEY", "ODOO_MASTER"], "self-hosted"),
    ]
    assert rules.erp_of(rules.products[0]) is odoo
    assert rules.site_of(rules.products[0]) is local
    assert policy().erp_of(policy().products[0]) is None


@pytest.mark.parametrize(
    ("change", "snapshot", "secrets"),
    [
        ({}, True, ["ODOO_KEY", "ODOO_MASTER"]),
        ({"more": "snapshot: false"}, False, ["ODOO_KEY", "ODOO_MASTER"]),
        ({"without": "master"}, False, ["ODOO_KEY"]),
        ({"without": "master", "more": "master: ODOO_KEY"}, True, ["ODOO_KEY"]),
    ],
)
def test_a_copy_is_made_where_the_managers_password_is_given(
    change: dict[str, str], snapshot: bool, secrets: list[str]
) -> None:
    place = erp_policy(**change).environments[1]
    assert place.kind == "odoo"
    assert (place.snapshot, place.secrets) == (snapshot, secrets)


@pytest.mark.parametrize(
    "url",
    ["https://erp.acme.example", "https://erp.acme.example:8443", "http://127.0.0.1:8069", "http://[::1]:8069"],
)
def test_a_server_is_reached_over_https_or_on_loopback(url: str) -> None:
    place = erp_policy(without="url", more=f'url: "{url}/"').environments[1]
    assert (place.url, place.host) == (url, url.split("//")[1])


URL = "url: https://erp.acme.example"
CLEAR = "would send the key in the clear"
WRONG = {
    (URL, "url: http://erp.acme.example"): ("url", CLEAR, 2),
    (URL, "url: https://erp.acme.example/web"): ("url", "is no address of a server", 2),
    (URL, "url: https://me:pw@erp.example"): ("url", "is no address of a server", 2),
    (URL, "url: http://127.0.0.1.evil.example"): ("url", CLEAR, 2),
    ("database: acme", "database: a/b"): ("database", "is not written as it must be", 3),
    ("database: acme", f"database: {'d' * 64}"): ("database", "is longer than 63 characters", 3),
    ("key: ODOO_KEY", "key: s3cret-value"): ("key", "is not written as it must be", 5),
    ("key: ODOO_KEY", "key: GITHUB_KEY"): ("key", "begins with `GITHUB_`, which GitHub keeps for itself", 5),
    ("key: ODOO_KEY", "keys: ODOO_KEY"): ("keys", "is no field", 5),
    ("kind: odoo", "kind: erpnext"): ("kind", "is none of the values allowed", 1),
    ("    master: ODOO_MASTER\n", "    snapshot: true\n"): (
        "snapshot", "is wanted, but no `master` names the database manager's password, which duplicating needs", 6,
    ),
    ("    master:", "    edition: gold\n    master:"): ("edition", "is none of the values allowed", 6),
    ("    master:", "    modules: [Sale]\n    master:"): ("modules.0", "is not written as it must be", 6),
    ("    master:", "    path: /srv\n    master:"): ("path", "is no field", 6),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), WRONG)
def test_a_mistake_in_an_odoo_is_named_with_its_line_and_what_to_do(old: str, new: str) -> None:
    assert old in ERP
    field, message, line = WRONG[old, new]
    found = faults(erp_text(ERP.replace(old, new)))
    assert (f"environments.1.{field}", message) in [fault[:2] for fault in found]
    (fault,) = [one for one in found if one[0] == f"environments.1.{field}"]
    assert fault[3] == FIRST + line
    assert fault[2]


def test_advice_knows_the_fields_of_the_kind() -> None:
    (missing, nearest) = faults(erp_text(ERP.replace("database: acme", "databse: acme")))
    assert {missing[:3], nearest[:3]} == {
        ("environments.1.database", "is missing", "add `database: …`"),
        ("environments.1.databse", "is no field", "did you mean `database`?"),
    }
    (kind,) = faults(erp_text(ERP.replace("kind: odoo", "kind: erpnext")))
    assert kind[2] == "write 'local' or 'ssh' or 'pages' or 'odoo' or 'dns'"


def test_a_place_that_speaks_of_a_database_lacks_its_kind() -> None:
    assert faults(erp_text(ERP.replace("    kind: odoo\n", ""))) == [
        ("environments.1.kind", "is missing", "add `kind: …`", FIRST)
    ]


def test_a_place_that_is_no_group_of_lines_is_named() -> None:
    (fault,) = faults(erp_text(ERP + "  - erp\n"))
    assert fault[:2] == ("environments.2", "must be a group of `name: value` lines")


def test_a_number_where_text_is_wanted_is_taken_in_an_odoo_too() -> None:
    place = erp_policy(without="database", more="database: 2026").environments[1]
    assert place.kind == "odoo"
    assert place.database == "2026"


PRODUCT = {
    ("erp: erp", "erp: www"): (
        "erp", "names `www`, an environment of kind `local` and not `odoo`", "write one of: erp",
    ),
    ("erp: erp", "erp: gone"): ("erp", "names `gone`, which is no environment", "write one of: erp"),
    ("environment: www", "environment: erp"): (
        "environment",
        "names `erp`, an environment of kind `odoo` and not `local`, `ssh` or `pages`",
        "write one of: www",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), PRODUCT)
def test_a_product_names_a_place_of_the_right_kind(old: str, new: str) -> None:
    field, message, advice = PRODUCT[old, new]
    text = erp_text().replace(old, new)
    line = text.splitlines().index(f"    {new}") + 1
    assert faults(text) == [(f"products.0.{field}", message, advice, line)]


def test_a_product_may_not_name_an_odoo_where_there_is_none() -> None:
    (fault,) = faults(erp_text(""))
    assert fault[2] == "add an environment of kind `odoo` and name it"


def test_an_odoo_on_loopback_is_out_of_reach_for_a_hosted_runner() -> None:
    place = ERP.replace("https://erp.acme.example", "http://localhost:8069") + "    runner: hosted\n"
    (fault,) = faults(erp_text(place))
    assert (fault[0], fault[3]) == ("environments.1.runner", FIRST + 7)
    assert isinstance(parse(erp_text(ERP + "    runner: hosted\n")), Policy)


def test_no_environment_may_be_called_as_the_previews_one() -> None:
    other = "  - {name: erp-read, path: /srv/o, url: 'http://o.example'}\n"
    (fault,) = faults(erp_text(ERP + other))
    assert fault[:2] == ("environments.1.name", "`erp-read` is taken")


CHANGES: list[dict[str, str]] = [
    {"without": "url", "more": "url: https://other.example"},
    {"without": "database", "more": "database: other"},
    {"without": "login", "more": "login: other"},
    {"without": "key", "more": "key: OTHER"},
    {"without": "master", "more": "master: OTHER"},
    {"without": "master"},
    {"more": "snapshot: false"},
    {"more": "edition: enterprise"},
    {"more": "modules: [mine]"},
    {"more": "runner: hosted"},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_t07_whatever_changes_of_the_odoo_is_another_slice_and_another_plan(change: dict[str, str]) -> None:
    before, after = erp_policy(), erp_policy(**change)
    assert before.slice_digest(before.products[0], "HIGH") != after.slice_digest(after.products[0], "HIGH")
    both: dict[str, Any] = {"briefing": acme(scope=["website", "erp"])}
    assert planned(plan_inputs(rules=before), **both).digest != planned(plan_inputs(rules=after), **both).digest


def test_an_odoo_that_the_product_does_not_name_changes_nothing() -> None:
    beside = parse(erp_text().replace("    erp: erp\n", ""))
    assert isinstance(beside, Policy)
    assert beside.slice(beside.products[0], "HIGH") == policy().slice(policy().products[0], "HIGH")


def test_a_product_without_an_erp_has_the_slice_that_it_always_had() -> None:
    assert set(policy().slice(policy().products[0], "LOW")["product"]) == {"repository", "key", "environment"}


def test_the_published_schema_takes_both_kinds_and_tells_them_apart() -> None:
    def taken(text: str) -> bool:
        document = read_yaml(text)
        assert isinstance(document, Document)
        return bool(jsonschema.Draft202012Validator(schema()).is_valid(document.value))

    assert taken(erp_text())
    assert taken(erp_text(ERP + "    snapshot: true\n    edition: enterprise\n"))
    assert not taken(erp_text(ERP.replace("    login: millwright@acme.example\n", "")))
    assert not taken(erp_text(ERP + "    path: /srv\n"))
    assert '"(odoo)"' not in (files("templates") / "forms" / "policy.schema.json").read_text("utf-8")
