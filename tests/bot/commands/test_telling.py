"""Commands that tell something and change nothing: a dry run, the cost, the ledger, the evidence."""

from __future__ import annotations

import pytest

from bot.domain.effects import Dispatch, Effect, OpenPull, Record, Say
from bot.domain.ledger import GENESIS, Entry, Line, broken_at
from bot.domain.lifecycle import Phase
from bot.domain.messages import BriefingFaults, Message
from bot.domain.replies import AuditReply, CostReply, EvidenceReply, Left, PlanSketch
from bot.say import comment
from tests.bot.decide.people import BOSS, LEAD, OUTSIDER, TRIAGER, briefing, of, refusal
from tests.bot.decide.scene import Scene
from tests.bot.domain.acme import POLICY

OTHER = briefing(**{"Acme Consulting": "Acme Advice"})


def validated(**fields: object) -> Scene:
    scene = Scene(**fields)  # type: ignore[arg-type]
    scene.opens()
    scene.previews()
    return scene


def reply(effects: list[Effect]) -> Message:
    """The one answer; nothing else was done."""
    assert len(effects) == 1, effects
    said = of(Say, effects)[0]
    assert said.to == "reply"
    return said.message


# --- /plan dry-run ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [OUTSIDER, BOSS])
def test_a_dry_run_shows_the_plan_and_replaces_nothing(who: object) -> None:
    scene = validated()
    token, lines = scene.token, len(scene.lines)
    planned, scene.body = scene.body, OTHER
    said = reply(scene.says(who, "/plan dry-run"))  # type: ignore[arg-type]
    assert isinstance(said, PlanSketch)
    assert not said.is_same
    assert said.plan.version == 2
    assert said.against
    assert scene.token == token
    assert set(scene.types()[lines:]) <= {"outsider.answered"}
    scene.body = planned
    assert of(Dispatch, scene.says(BOSS, f"/approve {token}")), "what stood can still be approved"


def test_a_dry_run_says_where_nothing_is_new() -> None:
    scene = validated()
    said = reply(scene.says(OUTSIDER, "/plan dry-run"))
    assert isinstance(said, PlanSketch)
    assert said.is_same


def test_a_dry_run_tells_the_faults_of_a_briefing() -> None:
    scene = validated()
    scene.body = "nothing"
    said = reply(scene.says(OUTSIDER, "/plan dry-run"))
    assert isinstance(said, BriefingFaults)
    assert scene.case.phase is Phase.VALIDATED


def test_a_dry_run_is_shown_in_every_phase_and_a_plan_is_not_made_in_every_one() -> None:
    scene = Scene().to_approved()
    scene.claims("admit")
    assert isinstance(reply(scene.says(OUTSIDER, "/plan dry-run")), PlanSketch)
    assert refusal(scene.says(BOSS, "/plan")) == "wrong_phase"
    assert refusal(scene.says(BOSS, "/plan please")) == "arguments"


def test_a_dry_run_on_an_issue_of_nobody_opens_a_case_and_no_version() -> None:
    scene = Scene(labels=())
    effects = scene.says(OUTSIDER, "/plan dry-run")
    assert isinstance(reply(effects), PlanSketch)
    assert scene.types() == ["capability.opened"]
    assert scene.case.phase is Phase.DRAFT
    assert not of(OpenPull, effects)


# --- /cost ------------------------------------------------------------------------------------------------------


def cost(scene: Scene) -> CostReply:
    said = reply(scene.says(OUTSIDER, "/cost"))
    assert isinstance(said, CostReply)
    return said


def test_the_cost_is_told_run_by_run_with_what_the_policy_leaves() -> None:
    scene = Scene(policy_text=POLICY + "budgets: {per_case: '5', per_month: '100'}\n").to_approved()
    scene.executes()
    said = cost(scene)
    assert [(one.leg, one.verb, one.minutes, one.amount) for one in said.runs] == [
        ("website", "preview", 2, "0.008"),
        ("website", "execute", 2, "0.008"),
    ]
    assert said.estimate is not None
    assert said.budgets[0] == Left("per_case", "5", "4.984", "EUR", at_most=False)
    assert said.budgets[1].limit == "per_month"
    assert "**0.016 EUR**" in comment(said, "x")


def test_a_run_that_is_not_over_is_unknown_and_never_nothing() -> None:
    said = cost(Scene().to_approved())
    assert said.runs[-1].amount is None
    assert "**≥ 0.008 EUR**" in comment(said, "x")


def test_without_prices_and_limits_it_says_so() -> None:
    text = POLICY.partition("prices:")[0]
    scene = Scene(policy_text=text).to_approved()
    scene.executes()
    said = cost(scene)
    assert said.budgets == ()
    assert "cost **unknown** in 2 runs" in comment(said, "x")


def test_before_anything_ran_it_has_cost_nothing() -> None:
    scene = Scene(labels=())
    scene.says(OUTSIDER, "/plan")
    assert "Nothing has run yet" in comment(cost(scene), "x")


# --- /audit -----------------------------------------------------------------------------------------------------


def audit(scene: Scene) -> AuditReply:
    said = reply(scene.says(TRIAGER, "/audit"))
    assert isinstance(said, AuditReply)
    return said


def test_the_ledger_is_told_in_sentences_with_the_head_of_its_chain() -> None:
    scene = Scene().to_approved()
    scene.executes()
    said = audit(scene)
    assert said.head == scene.lines[-1].hash
    assert said.total == len(scene.lines)
    assert said.broken_at is None
    text = comment(said, "x")
    for words in (
        "opened the capability",
        "approved v1 at the gate plan",
        "the gate plan is passed",
        "everything is done",
    ):
        assert words in text
    assert said.head in text
    assert [row.n for row in said.rows] == sorted(row.n for row in said.rows)


def test_a_long_ledger_is_cut_and_the_rest_counted() -> None:
    scene = validated()
    scene.store(
        [Record(Entry("claim.refused", {"job": "admit", "code": "nonce", "run_id": 1})) for _ in range(500)]
    )
    said = audit(scene)
    assert len(said.rows) == 60
    assert said.rows[-1].n == len(scene.lines)
    assert f"{len(scene.lines) - 60} more lines" in comment(said, "x")


def test_a_ledger_that_somebody_changed_is_named() -> None:
    scene = validated()
    scene.lines[3] = Line(4, scene.lines[3].at, scene.lines[3].entry, scene.lines[3].raw.replace(b'"at"', b'"au"'))
    assert broken_at(scene.lines) == 5
    said = audit(scene)
    assert said.broken_at == 5
    assert "broken at line 5" in comment(said, "x")
    assert GENESIS not in said.head


def test_nothing_that_people_wrote_gets_out_of_the_table() -> None:
    scene = validated()
    scene.says(BOSS, "/hold @octocat fixes #12 | <b>now</b>")
    text = comment(audit(scene), "x")
    assert "@octocat" not in text
    assert "#12" not in text
    assert "<b>" not in text


# --- /evidence --------------------------------------------------------------------------------------------------


def evidence(scene: Scene) -> EvidenceReply:
    said = reply(scene.says(OUTSIDER, "/evidence"))
    assert isinstance(said, EvidenceReply)
    return said


SEALED = {
    "url": "https://github.example/e/evidence_pack_ACME-7.zip",
    "sha256": "9" * 64,
    "key": "SHA256:" + "8" * 64,
}


def test_before_the_end_it_says_what_will_be_in_it_and_why_there_is_none() -> None:
    text = comment(evidence(Scene().to_approved()), "x")
    assert "no evidence pack yet" in text
    assert "1 approval so far" in text


def test_the_pack_is_told_with_the_command_that_checks_it() -> None:
    scene = Scene().to_approved()
    scene.executes()
    scene.store([Record(Entry("evidence.sealed", {**SEALED, "lines": len(scene.lines)}))])
    said = evidence(scene)
    assert (said.since, said.sha256) == (1, SEALED["sha256"])
    assert f"python verify.py evidence_pack_ACME-7.zip --key {SEALED['key']}" in comment(said, "x")


def test_a_pack_that_was_not_sealed_says_why() -> None:
    scene = Scene().to_approved()
    scene.executes()
    scene.store([Record(Entry("evidence.refused", {"why": "a token was found in odoo.jsonl"}))])
    assert "a token was found" in comment(evidence(scene), "x")


def test_of_what_was_rejected_there_is_none() -> None:
    scene = validated()
    scene.says(LEAD, "/reject no")
    assert "nothing was carried out" in comment(evidence(scene), "x")
