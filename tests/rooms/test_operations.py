"""OPERATIONS.md says what is there: every alarm, every metric, every command, and nothing else."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
import yaml

from bot.__main__ import names
from bot.metrics import Metrics
from bot.settings import Settings
from tests.rooms.readme import OPERATIONS

TEXT = OPERATIONS.read_text("utf-8")
ALERTS = yaml.safe_load((files("templates") / "operations" / "alerts.yml").read_text("utf-8"))
RULES = {rule["alert"]: rule for group in ALERTS["groups"] for rule in group["rules"]}


def section(alarm: str) -> str:
    return TEXT.partition(f"### {alarm}\n")[2].partition("\n#")[0]


def test_it_has_every_alarm_and_no_other() -> None:
    assert re.findall(r"^### (Millwright\w+)$", TEXT, re.MULTILINE) == list(RULES)


@pytest.mark.parametrize("alarm", RULES)
def test_an_alarm_says_whom_it_wakes_and_what_to_do(alarm: str) -> None:
    told = section(alarm)
    assert told.startswith(f"*{RULES[alarm]['labels']['severity']}.*")
    assert "**Do**" in told or "**Look and do**" in told


def test_every_metric_is_named_and_every_name_is_a_metric() -> None:
    ours = {f"{one.name}{'_total' if one.type == 'counter' else ''}" for one in Metrics().registry.collect()}
    named = set(re.findall(r"`(millwright_\w+)`", TEXT))
    assert named == ours


def test_every_setting_and_subcommand_it_names_is_there() -> None:
    told = set(re.findall(r"MILLWRIGHT_[A-Z_]+", TEXT.partition("## Metrics")[0]))
    known = {f"MILLWRIGHT_{name.upper()}" for name in Settings.__dataclass_fields__}
    assert told <= known
    assert set(re.findall(r"millwright ([a-z]+)", TEXT)) <= set(names())


@pytest.mark.parametrize("path", re.findall(r"\]\((?!https?:|#)([^)#]+)\)", TEXT))
def test_its_links_lead_somewhere(path: str) -> None:
    assert (OPERATIONS.parent / path).exists()
