"""A preview changes nothing but its build folder, and what it saw holds the run to what was approved."""

from __future__ import annotations

from pathlib import Path

import pytest

from executors.protocol.envelope import envelope_of
from executors.protocol.journal import Intent, Looked, Noted
from executors.protocol.plan import Envelope, Plan
from executors.runner import Ended, run
from executors.world import web_root
from tests.executors.legs import Told, clock, deploy, plan_of, site, spec_of, world_at


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "www"


def carry(tmp_path: Path, spec) -> Ended:
    work = tmp_path / f"runner-{len(list(tmp_path.glob('runner-*')))}"
    return run(spec, world_at(work), Told(), clock())


def approved(tmp_path: Path, plan: Plan, **changes) -> Plan:
    """The plan with the envelope that its preview found."""
    ended = carry(tmp_path, spec_of(plan, "preview"))
    assert ended.outcome == "completed", ended.error
    envelope = envelope_of(ended.lines, plan.legs[0]).model_copy(update=changes)
    return plan.previewed(envelope)


def codes(ended: Ended) -> list[str]:
    return [line.body.finding.code for line in ended.lines if isinstance(line.body, Noted)]


def test_a_preview_touches_its_build_folder_only(tmp_path, root):
    ended = carry(tmp_path, spec_of(plan_of(site(), deploy(root)), "preview"))
    places = {line.body.operation["at"]["kind"] for line in ended.lines if isinstance(line.body, Intent)}
    assert places == {"scratch"}
    assert not root.exists()


def test_the_envelope_holds_what_would_happen_on_the_site_that_was_really_built(tmp_path, root):
    plan = approved(tmp_path, plan_of(site(), deploy(root)))
    assert plan.is_previewed
    kinds = {(item.op, item.target): item.count for item in plan.envelopes[0].planned}
    assert kinds["store_release", f"local:{root}"] == 1
    assert kinds["switch_release", f"local:{root}"] == 1
    assert kinds["write_file", "build:website"] > 10
    facts = {(fact.target, fact.fact): fact.value for fact in plan.envelopes[0].seen}
    assert facts[f"local:{root}", "serves"] == "nothing"
    assert len(facts["build:website", "tree"]) == 64


def test_two_previews_find_the_same_envelope(tmp_path, root):
    plan = plan_of(site(), deploy(root))
    assert approved(tmp_path, plan) == approved(tmp_path, plan)


def test_an_approved_plan_runs_inside_its_envelope(tmp_path, root):
    plan = approved(tmp_path, plan_of(site(), deploy(root)))
    assert carry(tmp_path, spec_of(plan)).outcome == "completed"


def test_a_world_that_changed_since_the_approval_stops_the_run(tmp_path, root):
    plan = approved(tmp_path, plan_of(site(), deploy(root)))
    carry(tmp_path, spec_of(plan_of(site(tagline="Somebody else's words."), deploy(root))))
    now = web_root.served(root)
    ended = carry(tmp_path, spec_of(plan))
    assert "drift" in codes(ended)
    assert web_root.served(root) == now


def test_a_resumed_run_is_not_taken_for_drift(tmp_path, root):
    plan = approved(tmp_path, plan_of(site(), deploy(root)))
    done = carry(tmp_path, spec_of(plan))
    again = carry(tmp_path, spec_of(plan, journal=done.lines))
    assert again.outcome == "completed"


def test_an_operation_that_nobody_approved_stops_the_run(tmp_path, root):
    plan = approved(tmp_path, plan_of(site(), deploy(root)))
    assert plan.is_previewed
    less = tuple(item for item in plan.envelopes[0].planned if item.op != "switch_release")
    narrow = plan.previewed(plan.envelopes[0].model_copy(update={"planned": less}))
    ended = carry(tmp_path, spec_of(narrow))
    assert "outside-envelope" in codes(ended)
    assert not root.exists()


def test_one_operation_too_many_stops_the_run(tmp_path, root):
    plan = approved(tmp_path, plan_of(site(), deploy(root)))
    assert plan.is_previewed
    less = tuple(
        item.model_copy(update={"count": item.count - 1}) if item.op == "write_file" else item
        for item in plan.envelopes[0].planned
    )
    narrow = plan.previewed(plan.envelopes[0].model_copy(update={"planned": less}))
    assert "outside-envelope" in codes(carry(tmp_path, spec_of(narrow)))


def test_an_envelope_counts_build_folders_by_sum_and_the_world_by_its_largest_round():
    plan = plan_of(site())
    lines = carry_lines(
        [("write_file", "build:website", 3), ("switch_release", "local:/w", 1)],
        [("write_file", "build:website", 2), ("switch_release", "local:/w", 1)],
    )
    counts = {item.op: item.count for item in envelope_of(lines, plan.legs[0]).planned}
    assert counts == {"write_file": 5, "switch_release": 1}


def test_no_preview_gives_an_empty_envelope():
    assert envelope_of([], plan_of(site()).legs[0]) == Envelope(leg="main", planned=())


def carry_lines(*rounds):
    from executors.protocol.journal import JournalLine, LegStarted
    from executors.protocol.plan import Planned

    bodies = [LegStarted(verb="preview")]
    for number, items in enumerate(rounds, 1):
        planned = tuple(Planned(op=op, target=to, count=count, undo="reversible") for op, to, count in items)
        bodies.append(Looked(step="website", round=number, planned=planned))
    return [JournalLine(n=n, at="2026-03-02T09:00:00Z", body=body) for n, body in enumerate(bodies, 1)]
