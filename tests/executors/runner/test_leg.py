"""A leg from its first line to its last, with the real executors on a real web root."""

from __future__ import annotations

from pathlib import Path

import pytest

from executors.protocol.journal import Intent, JournalLine, Noted, StepFinished
from executors.runner import Ended, run
from executors.world import web_root
from tests.executors.legs import Told, clock, deploy, plan_of, served, site, spec_of, world_at

DEAD = "http://127.0.0.1:9/"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "www"


def carry(tmp_path: Path, spec, link=None) -> Ended:
    """Run as a fresh runner does: with build folders of its own."""
    work = tmp_path / f"runner-{len(list(tmp_path.glob('runner-*')))}"
    return run(spec, world_at(work), link or Told(), clock())


def operations(lines, step: str) -> list[str]:
    return [
        str(line.body.operation["op"])
        for line in lines
        if isinstance(line.body, Intent) and line.body.step == step
    ]


def codes(lines) -> list[str]:
    return [line.body.finding.code for line in lines if isinstance(line.body, Noted)]


def ends(lines) -> dict[str, str]:
    return {line.body.step: line.body.status for line in lines if isinstance(line.body, StepFinished)}


def on_air(tmp_path: Path, root: Path, **changes) -> Ended:
    ended = carry(tmp_path, spec_of(plan_of(site(**changes), deploy(root))))
    assert ended.outcome == "completed", ended.error
    return ended


def test_a_leg_builds_deploys_and_is_served(tmp_path, root):
    root.mkdir()
    with served(root) as url:
        ended = carry(tmp_path, spec_of(plan_of(site(), deploy(root, url))))
    assert ended.outcome == "completed", ended.error
    assert ended.succeeded("execute")
    assert operations(ended.lines, "deploy") == ["store_release", "switch_release"]
    assert b"Acme Consulting" in (root / "current" / "index.html").read_bytes()


def test_what_is_as_it_should_be_is_left_alone(tmp_path, root):
    on_air(tmp_path, root)
    again = on_air(tmp_path, root)
    assert operations(again.lines, "deploy") == []


def test_every_line_is_numbered_and_acknowledged(tmp_path, root):
    told = Told()
    ended = carry(tmp_path, spec_of(plan_of(site(), deploy(root))), told)
    assert [line.n for line in told.lines] == list(range(1, len(told.lines) + 1))
    assert tuple(told.lines) == ended.lines
    assert ended.sent == len(ended.lines)


def test_a_leg_that_fails_at_its_last_step_is_taken_back_completely(tmp_path, root):
    on_air(tmp_path, root)
    before = web_root.releases(root), web_root.served(root)
    ended = carry(tmp_path, spec_of(plan_of(site(tagline="Other words."), deploy(root, DEAD, retries=1))))
    assert ended.outcome == "rolled_back"
    assert not ended.succeeded("execute")
    assert ended.residue == ()
    assert "failed" in codes(ended.lines)
    assert ends(ended.lines)["deploy"] == "rolled_back"
    assert (web_root.releases(root), web_root.served(root)) == before


def test_a_first_release_that_fails_is_taken_off_the_air(tmp_path, root):
    carry(tmp_path, spec_of(plan_of(site(), deploy(root, DEAD, retries=0))))
    assert web_root.served(root) is None
    assert web_root.releases(root) == {}


def test_without_auto_rollback_what_is_there_stays(tmp_path, root):
    plan = plan_of(site(), deploy(root, DEAD, retries=0), auto_rollback=False)
    ended = carry(tmp_path, spec_of(plan))
    assert ended.outcome == "failed"
    assert web_root.served(root) is not None


def test_a_rollback_takes_a_completed_leg_back(tmp_path, root):
    on_air(tmp_path, root)
    first = web_root.served(root)
    done = on_air(tmp_path, root, tagline="Other words.")
    plan = plan_of(site(tagline="Other words."), deploy(root))
    back = carry(tmp_path, spec_of(plan, "rollback", done.lines))
    assert back.outcome == "rolled_back", back.residue
    assert back.succeeded("rollback")
    assert web_root.served(root) == first
    assert operations(back.lines, "deploy") == ["switch_release", "remove_release"]


def test_a_rollback_twice_does_nothing_the_second_time(tmp_path, root):
    done = on_air(tmp_path, root)
    plan = plan_of(site(), deploy(root))
    back = carry(tmp_path, spec_of(plan, "rollback", done.lines))
    again = carry(tmp_path, spec_of(plan, "rollback", [*done.lines, *back.lines]))
    assert again.outcome == "rolled_back"
    assert operations(again.lines, "deploy") == []


def test_a_rollback_down_to_a_step_keeps_that_step(tmp_path, root):
    done = on_air(tmp_path, root)
    spec = spec_of(plan_of(site(), deploy(root)), "rollback", done.lines, rollback_to="deploy")
    assert carry(tmp_path, spec).outcome == "rolled_back"
    assert web_root.served(root) is not None


def test_a_rollback_leaves_what_somebody_else_serves_by_now_and_says_so(tmp_path, root):
    done = on_air(tmp_path, root)
    on_air(tmp_path, root, tagline="Somebody else's words.")
    now = web_root.served(root)
    back = carry(tmp_path, spec_of(plan_of(site(), deploy(root)), "rollback", done.lines))
    assert back.outcome == "failed"
    assert "switch_release" in back.residue[0]
    assert web_root.served(root) == now


def silent_before(op: str):
    """A bot that falls silent when an intent of that kind comes."""

    def decide(lines: list[JournalLine]):
        is_it = any(isinstance(line.body, Intent) and line.body.operation["op"] == op for line in lines)
        return "silent" if is_it else "go"

    return decide


def test_without_the_acknowledgement_nothing_is_applied(tmp_path, root):
    told = Told(silent_before("store_release"))
    ended = carry(tmp_path, spec_of(plan_of(site(), deploy(root))), told)
    assert ended.outcome == "failed"
    assert ended.sent < len(ended.lines)
    assert not root.exists()


def test_a_resumed_leg_goes_on_and_doubles_nothing(tmp_path, root):
    plan, told = plan_of(site(), deploy(root)), Told(silent_before("switch_release"))
    carry(tmp_path, spec_of(plan), told)
    assert len(web_root.releases(root)) == 1
    assert web_root.served(root) is None
    resumed = carry(tmp_path, spec_of(plan, journal=told.lines))
    assert resumed.outcome == "completed"
    assert operations(resumed.lines, "deploy") == ["switch_release"]
    back = carry(tmp_path, spec_of(plan, "rollback", [*told.lines, *resumed.lines]))
    assert back.outcome == "rolled_back", back.residue
    assert web_root.releases(root) == {}


def test_an_open_intent_is_settled_by_looking_and_can_still_be_taken_back(tmp_path, root):
    plan = plan_of(site(), deploy(root))
    done = on_air(tmp_path, root).lines
    died = [line for line in done if line.n <= last_intent(done)]  # applied, but the result was never heard of
    resumed = carry(tmp_path, spec_of(plan, journal=died))
    assert resumed.outcome == "completed"
    assert operations(resumed.lines, "deploy") == []
    back = carry(tmp_path, spec_of(plan, "rollback", [*died, *resumed.lines]))
    assert back.outcome == "rolled_back", back.residue
    assert web_root.served(root) is None
    assert web_root.releases(root) == {}


def test_a_rollback_settles_open_intents_itself(tmp_path, root):
    done = on_air(tmp_path, root).lines
    died = [line for line in done if line.n <= last_intent(done)]
    back = carry(tmp_path, spec_of(plan_of(site(), deploy(root)), "rollback", died))
    assert back.outcome == "rolled_back", back.residue
    assert web_root.served(root) is None


def last_intent(lines) -> int:
    return max(line.n for line in lines if isinstance(line.body, Intent))


def test_keys_are_unique_in_the_leg_over_all_its_runs(tmp_path, root):
    plan, told = plan_of(site(), deploy(root)), Told(silent_before("switch_release"))
    carry(tmp_path, spec_of(plan), told)
    resumed = carry(tmp_path, spec_of(plan, journal=told.lines))
    keys = [line.body.key for line in [*told.lines, *resumed.lines] if isinstance(line.body, Intent)]
    assert len(keys) == len(set(keys))


def test_stop_ends_the_run_and_keeps_what_is_there(tmp_path, root):
    def decide(lines):
        return "stop" if silent_before("switch_release")(lines) == "silent" else "go"

    ended = carry(tmp_path, spec_of(plan_of(site(), deploy(root))), Told(decide))
    assert ended.outcome == "stopped"
    assert len(web_root.releases(root)) == 1
    assert web_root.served(root) is None


def test_stop_before_a_step_lets_no_step_begin(tmp_path, root):
    ended = carry(tmp_path, spec_of(plan_of(site(), deploy(root))), Told(lambda _lines: "stop"))
    assert ended.outcome == "stopped"
    assert operations(ended.lines, "website") == []


def test_inputs_that_are_wrong_stop_the_leg_before_anything_happens(tmp_path, root):
    step = deploy(root).model_copy(update={"inputs": {"source": "website", "target": "/x", "color": "red"}})
    ended = carry(tmp_path, spec_of(plan_of(site(), step)))
    assert ended.outcome == "failed"
    assert "color" in str(ended.error)
    assert operations(ended.lines, "website") == []


def test_an_unknown_executor_stops_the_leg_before_anything_happens(tmp_path, root):
    step = deploy(root).model_copy(update={"executor": "teleport"})
    ended = carry(tmp_path, spec_of(plan_of(site(), step)))
    assert ended.outcome == "failed"
    assert "teleport" in str(ended.error)


def test_steps_that_wait_for_one_another_are_refused(tmp_path, root):
    circle = site().model_copy(update={"depends_on": ("deploy",)})
    ended = carry(tmp_path, spec_of(plan_of(circle, deploy(root))))
    assert "wait for one another" in str(ended.error)


def test_what_depends_on_a_failed_step_is_skipped(tmp_path, root):
    broken = site(template="no_such_template_v1")
    ended = carry(tmp_path, spec_of(plan_of(broken, deploy(root))))
    assert ended.outcome == "failed"
    assert ends(ended.lines) == {"website": "failed", "deploy": "skipped"}
    assert not root.exists()
