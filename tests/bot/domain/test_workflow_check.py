"""The workflow is compared with what the policy gives: a difference is named at its line, with what to run."""

from __future__ import annotations

from importlib.resources import files

import pytest

from bot.domain.policy import Policy
from bot.domain.workflow_check import Bot, environments, generated, workflow_faults
from tests.bot.domain.acme import erp_policy, policy

KEY, NEXT, OLD, LOST, OTHER = (f"SHA256:{digit * 64}" for digit in "01234")
TEMPLATE = (files("templates") / "workflow" / "millwright.yml.in").read_text("utf-8")
BOT = Bot("https://bot.example", {KEY: "active", NEXT: "retiring", OLD: "retired", LOST: "compromised"}, TEMPLATE)
ACTIONS = "millwright-dev/millwright@" + "c" * 40
PATH = ".github/workflows/millwright.yml"


def text(rules: Policy | None = None, key: str = KEY, url: str = BOT.url) -> str:
    return generated(rules or erp_policy(), url, key, ACTIONS, TEMPLATE)


def said(text: str | None, rules: Policy | None = None) -> list[tuple[int | None, str]]:
    faults = workflow_faults(rules or erp_policy(), text, BOT)
    assert all(fault.file == PATH and fault.next for fault in faults)
    return [(fault.line, fault.message) for fault in faults]


@pytest.mark.parametrize("key", [KEY, f"{KEY} {NEXT}", f"{NEXT} {OLD}"])
def test_what_was_generated_is_good_whichever_of_our_keys_it_pins(key: str) -> None:
    assert said(text(key=key)) == []


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (OTHER, "none of this bot's"),
        (f"{KEY} {OTHER}", "none of this bot's"),
        (f"{KEY} {LOST}", "marked as compromised"),
        (OLD, "pins no key that signs now"),
    ],
)
def test_a_key_that_is_not_to_be_pinned_is_named_at_its_line(key: str, words: str) -> None:
    found = said(text(key=key))
    line = next(n for n, row in enumerate(text().splitlines(), 1) if "MILLWRIGHT_KEY" in row)
    assert found
    assert all(n == line for n, _ in found)
    assert any(words in message for _, message in found)


def test_a_secret_more_or_less_is_named_where_it_would_stand() -> None:
    [(line, message)] = said(text(policy()))
    assert "ODOO_KEY: ${{ secrets.ODOO_KEY }}" in message or "environment:" in message
    assert line is not None
    assert text(policy()).splitlines()[: line - 1] == text().splitlines()[: line - 1]
    [(line, _)] = said(text(), policy())
    assert line is not None


CHANGES = {
    "permissions: {}": "permissions: write-all",
    "cancel-in-progress: false": "cancel-in-progress: true",
    f"@{'c' * 40}\n      - name: Admit": f"@{'d' * 40}\n      - name: Admit",
    "https://bot.example": "https://evil.example",
    "runs-on: self-hosted": "runs-on: ubuntu-latest",
}


@pytest.mark.parametrize("old", CHANGES)
def test_a_line_that_somebody_changed_is_found(old: str) -> None:
    changed = text().replace(old, CHANGES[old])
    assert changed != text()
    [(line, message)] = said(changed)
    wanted, has = text().splitlines(), changed.splitlines()
    first = next(n for n, rows in enumerate(zip(wanted, has, strict=True), 1) if rows[0] != rows[1])
    # A changed commit of the actions is the file's own word, until another line contradicts it.
    assert line == first or old.startswith("@")
    assert "differs from what .github/millwright.yml gives" in message


@pytest.mark.parametrize(
    "changed", [text() + "  more: 1\n", text().removesuffix("\n"), text()[: len(text()) // 2]]
)
def test_a_file_that_is_too_long_or_too_short_differs(changed: str) -> None:
    assert len(said(changed)) == 1


def test_no_file_and_one_that_was_never_generated_are_told_what_to_run() -> None:
    assert said(None) == [(None, "the workflow is not there")]
    assert said("on: push\n") == [(1, "names no commit of the actions: it was not generated")]
    [fault] = workflow_faults(policy(), None, BOT)
    assert f"millwright workflow .github/millwright.yml --url https://bot.example --key {KEY}" in fault.next


def test_the_command_that_is_told_names_what_the_file_pins() -> None:
    [fault] = workflow_faults(erp_policy(), text(policy(), key=f"{KEY} {NEXT}"), BOT)
    assert f"--key {KEY} --key {NEXT} --actions {ACTIONS} -o {PATH}" in fault.next


def test_each_environment_has_its_secrets_and_a_preview_of_an_odoo_the_weaker_one() -> None:
    assert environments(erp_policy()) == {"erp": ("ODOO_KEY", "ODOO_MASTER"), "erp-read": ("ODOO_KEY",)}
