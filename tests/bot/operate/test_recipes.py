"""The recipes of templates/operations do what they are for: checked by the programs that read them."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from bot.metrics import Metrics
from bot.settings import Settings
from tests.bot.operate.child import serving
from tests.bot.test_serve import ROOT

HERE = Path(str(files("templates") / "operations"))
RULES = yaml.safe_load((HERE / "alerts.yml").read_text("utf-8"))["groups"][0]["rules"]


# --- alarms -----------------------------------------------------------------------------------------------------

FIRES = {
    "MillwrightDown": {'up{job="millwright"}': "0x60"},
    "MillwrightStuck": {"millwright_last_round_timestamp_seconds": "0x60"},
    "MillwrightDatabaseAway": {"millwright_database_readable": "0x60"},
    "MillwrightRefusing": {'millwright_deliveries_total{event="",outcome="internal"}': "0+1x60"},
    "MillwrightOldWork": {"millwright_oldest_row_seconds": "400x60"},
    "MillwrightBacklog": {"millwright_rows_waiting": "1001x60"},
    "MillwrightParked": {"millwright_rows_parked": "1x60"},
    "MillwrightGivenUp": {"millwright_effects_given_up": "1x60"},
    "MillwrightNotDelivered": {'millwright_notices_total{way="mail",outcome="failed"}': "0+1x60"},
    "MillwrightFailing": {'millwright_rows_total{kind="issues",outcome="failed"}': "0+60x60"},
    "MillwrightSlowToAcknowledge": {
        'millwright_acknowledge_seconds_bucket{le="1.0"}': "0x60",
        'millwright_acknowledge_seconds_bucket{le="2.5"}': "0+10x60",
        'millwright_acknowledge_seconds_bucket{le="+Inf"}': "0+10x60",
    },
    "MillwrightSlowCommits": {
        'millwright_commit_seconds_bucket{le="0.25"}': "0x60",
        'millwright_commit_seconds_bucket{le="0.5"}': "0+10x60",
        'millwright_commit_seconds_bucket{le="+Inf"}': "0+10x60",
    },
    "MillwrightGitHubAway": {"millwright_github_away": "1x60"},
    "MillwrightLimited": {'millwright_github_limited_total{limit="secondary"}': "0+1x60"},
    "MillwrightForged": {'millwright_deliveries_total{event="",outcome="signature"}': "0+60x60"},
    "MillwrightMissed": {"millwright_deliveries_missed_total": "0+1x60"},
    "MillwrightLeasesLost": {"millwright_leases_lost_total": "0+1x60"},
    "MillwrightClaimsUnanswered": {'millwright_claims_total{status="503"}': "0+1x60"},
}
"""Alarm → series, a sample a minute, at which it must fire after an hour."""
QUIET = {
    'up{job="millwright"}': "1x60",
    "millwright_last_round_timestamp_seconds": "0+60x60",
    "millwright_database_readable": "1x60",
    'millwright_notices_total{way="mail",outcome="sent"}': "0+1x60",
    'millwright_deliveries_total{event="issues",outcome="accepted"}': "0+600x60",
    'millwright_deliveries_total{event="",outcome="draining"}': "0+1x60",
    "millwright_oldest_row_seconds": "2x60",
    "millwright_rows_waiting": "10x60",
    "millwright_rows_parked": "0x60",
    "millwright_effects_given_up": "0x60",
    'millwright_rows_total{kind="issues",outcome="done"}': "0+600x60",
    'millwright_acknowledge_seconds_bucket{le="0.05"}': "0+600x60",
    'millwright_acknowledge_seconds_bucket{le="+Inf"}': "0+600x60",
    'millwright_commit_seconds_bucket{le="0.05"}': "0+600x60",
    'millwright_commit_seconds_bucket{le="+Inf"}': "0+600x60",
    "millwright_github_away": "0x60",
    'millwright_github_limited_total{limit="secondary"}': "0x60",
    "millwright_deliveries_missed_total": "0x60",
    "millwright_leases_lost_total": "0x60",
    'millwright_claims_total{status="409"}': "0+10x60",
}
"""A day like any other."""


def fired(promtool: Path, folder: Path, series: dict[str, str], alarm: str, expected: bool) -> str:
    """What promtool says against the alarm being on (or off) after an hour of the series; "" where it agrees."""
    shutil.copy(HERE / "alerts.yml", folder)
    expression = f'count(ALERTS{{alertname="{alarm}",alertstate="firing"}})'
    case = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": f"{expression} >= bool 1",
                "eval_time": "1h",
                "exp_samples": [{"labels": "{}", "value": 1}] if expected else [],
            }
        ],
    }
    test = {"rule_files": ["alerts.yml"], "evaluation_interval": "1m", "tests": [case]}
    (folder / "test.yml").write_text(yaml.safe_dump(test))
    done = subprocess.run([promtool, "test", "rules", "test.yml"], cwd=folder, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_promtool_finds_nothing_wrong_with_the_rules(promtool: Path) -> None:
    done = subprocess.run([promtool, "check", "rules", HERE / "alerts.yml"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("alarm", [rule["alert"] for rule in RULES])
def test_an_alarm_fires_when_it_must_and_is_quiet_on_a_day_like_any_other(
    alarm: str, promtool: Path, tmp_path: Path
) -> None:
    assert fired(promtool, tmp_path, FIRES[alarm], alarm, expected=True) == ""
    assert fired(promtool, tmp_path, QUIET, alarm, expected=False) == ""


def test_every_metric_that_an_alarm_names_is_counted_by_the_bot() -> None:
    ours = {sample for family in Metrics().registry.collect() for sample in names_of(family.name, family.type)}
    for rule in RULES:
        named = set(re.findall(r"millwright_\w+", rule["expr"]))
        assert named <= ours, rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]


def names_of(name: str, kind: str) -> set[str]:
    endings = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"], "gauge": [""]}
    return {f"{name}{ending}" for ending in endings[kind]}


# --- systemd ----------------------------------------------------------------------------------------------------


def unit(folder: Path) -> Path:
    """The unit with a program that is here."""
    text = (HERE / "millwright.service").read_text("utf-8")
    here = text.replace("/opt/millwright/bin/millwright", str(Path(sys.executable).with_name("millwright")))
    assert here != text
    path = folder / "millwright.service"
    path.write_text(here)
    return path


def test_systemd_finds_nothing_wrong_with_the_unit(systemd_analyze: str, tmp_path: Path) -> None:
    done = subprocess.run([systemd_analyze, "verify", unit(tmp_path)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_is_exposed_to_little(systemd_analyze: str, tmp_path: Path) -> None:
    command = [systemd_analyze, "security", "--offline=true", "--threshold=15", unit(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3_000:]


def told(name: str) -> list[str]:
    """The values of a directive."""
    return re.findall(rf"^{name}=(.*)$", (HERE / "millwright.service").read_text("utf-8"), re.MULTILINE)


def test_the_unit_gives_the_bot_time_to_drain_and_settings_that_it_knows(tmp_path: Path) -> None:
    values = dict(line.split("=", 1) for line in told("Environment"))
    credentials = dict(line.split(":", 1) for line in told("LoadCredential"))
    for name in ("GITHUB_PRIVATE_KEY_FILE", "GITHUB_WEBHOOK_SECRET_FILE"):
        assert values[name].removeprefix("%d/") in credentials
        (tmp_path / values[name].removeprefix("%d/")).write_text("-----BEGIN PRIVATE KEY-----" + "x" * 40)
    here = {name: value.replace("%d", str(tmp_path)) for name, value in values.items()}
    settings = Settings.read({**here, "GITHUB_APP_ID": "1", "MILLWRIGHT_URL": "https://bot.example"})
    assert settings.metrics == ("127.0.0.1", 9464)
    assert int(told("TimeoutStopSec")[0]) > settings.drain + 10
    assert told("StateDirectory") == [settings.data.name]


# --- the container ----------------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    """The Containerfile's instructions, continued lines joined."""
    text = re.sub(r"\\\n", " ", (HERE / "Containerfile").read_text("utf-8"))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines)]


KNOWN = {
    "ARG",
    "FROM",
    "WORKDIR",
    "COPY",
    "RUN",
    "ENV",
    "USER",
    "VOLUME",
    "EXPOSE",
    "STOPSIGNAL",
    "HEALTHCHECK",
} | {
    "ENTRYPOINT",
    "CMD",
}


def test_the_container_is_built_in_stages_and_runs_as_nobody_special() -> None:
    found = instructions()
    assert {name for name, _ in found} <= KNOWN
    stages = [index for index, (name, _) in enumerate(found) if name == "FROM"]
    assert len(stages) == 2
    last = dict(found[stages[-1] :])
    assert last["USER"] == "10001"
    assert json.loads(last["ENTRYPOINT"]) == ["/opt/millwright/bin/millwright"]
    assert json.loads(last["CMD"])[0] == "serve"
    for name, rest in found[: stages[-1]]:
        for source in shlex.split(rest)[:-1] if name == "COPY" else []:
            assert (ROOT / source).exists(), source


def test_the_containers_health_check_tells_a_bot_that_works_from_one_that_does_not(tmp_path: Path) -> None:
    check = dict(instructions())["HEALTHCHECK"]
    command = [sys.executable, *json.loads(check[check.index("[") :])[1:]]
    with serving(tmp_path) as bot:
        env = {"MILLWRIGHT_LISTEN": bot.url.removeprefix("http://")}
        assert subprocess.run(command, env=env, capture_output=True).returncode == 0
        assert bot.end() == 0
        assert subprocess.run(command, env=env, capture_output=True).returncode == 1
