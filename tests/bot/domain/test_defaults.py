"""Defaults of an organisation below the policy: which key counts, how gates add up, where a mistake is named."""

from __future__ import annotations

import pytest

from bot.domain.defaults import PolicyText
from bot.domain.policy import Policy, parse, parse_defaults
from tests.bot.domain.acme import POLICY, policy

FILE = "acme/.github:.github/millwright.yml"


def read(default: str, own: str = POLICY) -> Policy:
    found = parse(own, PolicyText(default, FILE))
    assert isinstance(found, Policy), found
    return found


def faults(default: str, own: str = POLICY) -> list[tuple[str, str, int | None]]:
    found = parse(own, PolicyText(default, FILE))
    assert isinstance(found, tuple), "the policy was taken"
    assert all(fault.message and fault.next for fault in found)
    return [(fault.file, fault.path, fault.line) for fault in found]


def test_what_the_policy_leaves_out_comes_from_the_defaults() -> None:
    found = read("mode: final\napprovers: {teams: [board]}\napproval: {expiry_hours: 24}\nsolo: true\n")
    assert (found.mode, found.solo, found.approval.expiry_hours) == ("final", True, 24)
    assert found.approvers.teams == ["board"]
    assert found.prices.currency == "EUR", "the policy's own"


def test_a_key_of_the_policy_counts_whole() -> None:
    found = read(
        "approval: {expiry_hours: 24}\nmode: final\n", POLICY + "approval: {HIGH: {count: 3}}\nmode: auto\n"
    )
    assert (found.approval.HIGH.count, found.approval.expiry_hours, found.mode) == (3, 72, "auto")


def test_a_key_counts_though_it_says_what_would_hold_anyway() -> None:
    assert read("solo: true\nmode: final\n", POLICY + "solo: false\nmode: checkpoints\n").slice(
        policy().products[0], "HIGH"
    ) == policy().slice(policy().products[0], "HIGH")


GATES = """\
gates:
  - {name: board, before: end, count: 2}
  - {name: compliance, before: www}
"""


def test_gates_of_both_count_and_the_policys_takes_the_place_of_its_namesake() -> None:
    own = "gates:\n  - {name: acceptance, before: end}\n  - {name: board, before: end, count: 1}\n"
    found = read(GATES, POLICY + own)
    assert [(gate.name, gate.count) for gate in found.gates] == [
        ("board", 1),
        ("compliance", 1),
        ("acceptance", 1),
    ]
    assert [gate.name for gate in read(GATES).gates] == ["board", "compliance"]


@pytest.mark.parametrize("key", ["operations: acme/ops", "products: []", "environments: []"])
def test_where_things_are_has_no_place_in_the_defaults(key: str) -> None:
    name = key.partition(":")[0]
    assert faults(f"mode: auto\n{key}\n") == [(FILE, name, 2)]
    [fault] = parse_defaults(key)  # type: ignore[misc]  # a tuple of one
    assert "no place in an organisation's defaults" in fault.message


WRONG = {
    "mode: autos": [(FILE, "mode", 1)],
    "\n\napproval:\n  HIGH: {count: 0}": [(FILE, "approval.HIGH.count", 4)],
    "modus: auto": [(FILE, "modus", 1)],
    "": [(FILE, "", None)],
    "a: &a 1": [(FILE, "", 1)],
    # What clashes only with the policy:
    "gates:\n  - {name: x, before: moon}": [(FILE, "gates.0.before", 2)],
    "gates:\n  - {name: y, before: end}\n  - {name: y, before: end}": [(FILE, "gates.1.name", 3)],
    "approvers: {}": [(FILE, "approvers", 1)],
    "workflow:\n  runs_on: [ubuntu-latest]": [(FILE, "workflow.runs_on", 2)],
}


@pytest.mark.parametrize("default", WRONG)
def test_a_mistake_is_named_with_its_file_and_line(default: str) -> None:
    assert faults(default) == WRONG[default]


def test_mistakes_of_both_files_are_named_at_once_and_apart() -> None:
    assert faults("mode: autos", POLICY + "solo: 1\n") == [("", "solo", 13), (FILE, "mode", 1)]
    own = POLICY + "gates:\n  - {name: mine, before: sun}\n"
    assert faults("gates:\n  - {name: theirs, before: moon}", own) == [
        ("", "gates.0.before", 14),
        (FILE, "gates.0.before", 2),
    ]


def test_defaults_that_are_wrong_count_though_the_policy_overrides_them() -> None:
    assert faults("mode: autos", POLICY + "mode: auto\n") == [(FILE, "mode", 1)]


def test_the_slice_changes_with_a_default_that_decides_and_with_no_other() -> None:
    product = policy().products[0]
    plain = policy().slice_digest(product, "MEDIUM")
    assert (
        read("prices: {currency: USD}\ngates:\n  - {name: board, before: end, risk: HIGH}\n").slice_digest(
            product, "MEDIUM"
        )
        == plain
    )
    assert read("approval: {MEDIUM: {count: 2}}\n").slice_digest(product, "MEDIUM") != plain
