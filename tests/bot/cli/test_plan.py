"""`millwright plan`: the bot's planner on a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli._files import plan_of
from executors.protocol.canonical import canonical, parse
from tests.bot.cli.conftest import ACME, POLICY, Millwright

DAY = ("--date", "2026-01-31")


def test_a_plan_says_steps_risk_token_and_what_is_not_available(millwright: Millwright) -> None:
    said = millwright("plan", ACME, *DAY)
    assert said.code == 0
    for words in ("Acme Consulting GmbH", "MEDIUM", "Generate website", "Deploy website", "v1-", "at no cost"):
        assert words in said.out
    assert "Not available in this release" in said.out
    assert "Odoo module crm" in said.out
    assert "Next: millwright plan" in said.out.splitlines()[-1]


def test_a_plan_without_a_policy_says_that_it_is_for_a_folder_here(millwright: Millwright, tmp_path: Path) -> None:
    said = millwright("plan", ACME, *DAY, "--site", "www", "-o", "plan.json")
    assert f"{tmp_path / 'www'}" in said.out.replace("\n", "")
    assert plan_of(tmp_path / "plan.json").step("deploy").inputs["target"] == str(tmp_path / "www")
    assert said.out.splitlines()[-1] == "Next: millwright run plan.json"


def test_the_same_file_gives_the_same_bytes_on_screen_and_in_the_file(
    millwright: Millwright, tmp_path: Path
) -> None:
    first = millwright("plan", ACME, *DAY, "--json", "-o", "plan.json").out
    again = millwright("plan", ACME, *DAY, "--json").out
    assert first == again == (tmp_path / "plan.json").read_text()
    assert canonical(parse(first.strip().encode())).decode() == first.strip()


def test_an_issues_body_gives_the_same_plan_as_its_briefing(millwright: Millwright, tmp_path: Path) -> None:
    issue = tmp_path / "issue.md"
    issue.write_text(f"Please set this up:\n\n```yaml\n{ACME.read_text('utf-8')}```\n", "utf-8")
    assert millwright("plan", issue, *DAY, "--json").out == millwright("plan", ACME, *DAY, "--json").out


def test_a_policy_names_product_and_place(millwright: Millwright, tmp_path: Path) -> None:
    (tmp_path / "policy.yml").write_text(POLICY)
    said = millwright("plan", ACME, *DAY, "--policy", "policy.yml", "-o", "plan.json")
    made = plan_of(tmp_path / "plan.json")
    assert said.code == 0
    assert "acme/www, environment production: /srv/www" in said.out
    assert (made.display_id, made.legs[0].environment, made.legs[0].secrets) == (
        "WWW-0",
        "production",
        ("WWW_KEY",),
    )


def test_faults_stand_with_line_field_and_what_to_do(millwright: Millwright, tmp_path: Path) -> None:
    text = (
        ACME.read_text("utf-8").replace("info@acme-consulting.example", "nobody", 1).replace("pages:", "pagess:")
    )
    (tmp_path / "bad.yaml").write_text(text, "utf-8")
    said = millwright("plan", "bad.yaml", "-o", "plan.json")
    assert (said.code, said.out) == (1, "")
    assert "bad.yaml:5: contact_email is no e-mail address; write one like" in said.err
    assert "website_config.pagess is no field; did you mean `pages`?" in said.err
    assert "No plan: 2 faults in bad.yaml" in said.err
    assert not (tmp_path / "plan.json").exists()


def test_a_trade_that_nothing_serves_is_refused_by_name(millwright: Millwright, tmp_path: Path) -> None:
    text = ACME.read_text("utf-8").replace("business_type: consulting", "business_type: manufacturing")
    (tmp_path / "factory.yaml").write_text(text, "utf-8")
    said = millwright("plan", "factory.yaml")
    assert said.code == 1
    assert "business type `manufacturing`; choose one of: accounting" in said.err


def test_text_of_a_briefing_steers_no_terminal_and_is_no_markup(millwright: Millwright, tmp_path: Path) -> None:
    text = ACME.read_text("utf-8").replace("Acme Consulting GmbH", '"[red]Acme[/red] :smile:"', 1)
    (tmp_path / "loud.yaml").write_text(text, "utf-8")
    said = millwright("plan", "loud.yaml", *DAY)
    assert "[red]Acme[/red] :smile:" in said.out
    (tmp_path / "hostile.yaml").write_text('"\\e]0;owned\\a\\u202e": 1\n', "utf-8")
    said = millwright("plan", "hostile.yaml")
    assert said.code == 1
    assert not set("\x1b\x07\u202e") & set(said.err)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nothing.yaml",), "cannot read nothing.yaml: No such file"),
        ((ACME, "--date", "2026-13-01"), "--date 2026-13-01: is no day"),
        ((ACME, "--url", "nonsense"), "--url nonsense: is no URL of a site"),
        ((ACME, "--site", "two words"), "a web root's path holds only letters"),
        ((ACME, "-o", "no/such/folder/plan.json"), "cannot write no/such/folder/plan.json"),
    ],
)
def test_what_cannot_begin_ends_with_two_and_a_sentence(
    millwright: Millwright, arguments: tuple[str | Path, ...], words: str
) -> None:
    said = millwright("plan", *arguments)
    assert said.code == 2
    assert words in said.err
