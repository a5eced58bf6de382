"""A job claims its leg: every forgery has its own code, a claim is good once per leg and job (T3, T36, T54)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.effects import Answer, Grant, Record, Say
from bot.domain.ledger import Entry
from bot.domain.lifecycle import Phase
from bot.domain.people import Role
from bot.events.model import ClaimReceived
from executors.protocol.journal import Intent, LegFinished, LegStarted, Result
from executors.protocol.spec import Claim
from tests.bot.decide.people import BOSS, briefing, of, switch
from tests.bot.decide.scene import Scene
from tests.bot.domain.acme import POLICY


def answer(effects: list[Any]) -> tuple[int, str]:
    found = of(Answer, effects)[0]
    return found.status, str(found.body["code"])


FORGED: list[tuple[str, dict[str, Any]]] = [
    ("case_unknown", {"repository_id": 101}),
    ("event", {"event_name": "push"}),
    ("actor", {"actor_id": 2}),
    ("workflow_ref", {"workflow_ref": "acme/millwright-ops/.github/workflows/millwright.yml@refs/heads/evil"}),
    ("workflow_ref", {"workflow_ref": "acme/millwright-ops/.github/workflows/other.yml@refs/heads/main"}),
    ("workflow_ref", {"workflow_ref": "eve/millwright-ops/.github/workflows/millwright.yml@refs/heads/main"}),
    ("attempt", {"run_attempt": 2}),
    ("run", {"run_id": 4999}),
    ("job", {"check_run_id": 12}),
    ("job", {"check_run_id": 99}),
    ("environment", {"environment": "www"}),
]


@pytest.mark.parametrize(("code", "facts"), FORGED)
def test_a_token_that_is_not_our_job_is_refused_by_code(code: str, facts: dict[str, Any]) -> None:
    scene = Scene().to_approved()
    effects = scene.claims("admit", **facts)
    assert answer(effects) == (403, code)
    assert not of(Grant, effects)
    assert of(Grant, scene.claims("admit")), "a refused claim burns nothing"


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [(403, "nonce", {"nonce": "0" * 32}), (403, "leg_unknown", {"leg": "other"})],
)
def test_words_of_a_claim_that_are_not_the_dispatch_are_refused(
    status: int, code: str, words: dict[str, Any]
) -> None:
    scene = Scene().to_approved()
    assert answer(scene.claims("admit", claim=words)) == (status, code)


def test_a_claim_on_a_case_that_is_not_there_is_refused() -> None:
    claim = Claim(case="case:1:x", leg="website", nonce="0" * 32, job="admit", client_key="0" * 32)
    scene = Scene()
    approved = Scene().to_approved()
    effects = scene.tell(ClaimReceived("case:1:x", claim, approved.job("admit")))
    assert answer(effects) == (403, "case_unknown")


def test_a_stranger_learns_of_no_case_whether_it_is_there() -> None:
    stranger = {"repository_id": 777, "repository": "eve/hers"}
    planned, approved, frozen = Scene(roles={1: Role.READ}), Scene().to_approved(), Scene().to_approved()
    planned.opens()
    frozen.store([Record(Entry("capability.frozen", {"frozen": "suspended"}))])
    claim = Claim(case=planned.key, leg="website", nonce="0" * 32, job="admit", client_key="0" * 32)
    asked = ClaimReceived(planned.key, claim, approved.job("admit", **stranger))
    nowhere, *told = [of(Answer, scene.tell(asked))[0].body for scene in (Scene(), planned, approved, frozen)]
    assert told == [nowhere] * 3


def test_a_claim_before_any_dispatch_is_refused() -> None:
    scene = Scene(roles={1: Role.READ})
    scene.opens()
    claim = Claim(case=scene.key, leg="website", nonce="0" * 32, job="admit", client_key="0" * 32)
    assert answer(scene.tell(ClaimReceived(scene.key, claim, scene.job("admit")))) == (403, "leg_unknown")


def test_a_workflow_that_changed_since_the_plan_is_refused() -> None:
    scene = Scene().to_approved()
    scene.blob_now = "b" * 40
    assert answer(scene.claims("admit")) == (403, "workflow_changed")


def test_an_approver_who_lost_the_role_stops_the_leg() -> None:
    scene = Scene().to_approved()
    scene.roles[BOSS.id] = Role.READ
    assert answer(scene.claims("admit")) == (403, "approvals_void")


def test_rights_are_read_again_at_the_second_claim() -> None:
    scene = Scene().to_approved()
    scene.claims("admit")
    scene.roles[BOSS.id] = Role.READ
    assert answer(scene.claims("execute")) == (403, "approvals_void")


def test_a_policy_that_changed_since_the_approval_stops_the_leg() -> None:
    scene = Scene().to_approved()
    scene.policy_text = POLICY.replace("/srv/www/acme", "/srv/www/evil")
    assert answer(scene.claims("admit")) == (403, "approval_stale")


def test_expiry_counts_until_dispatch_only() -> None:
    from datetime import timedelta

    scene = Scene(policy_text=POLICY + "approval: {expiry_hours: 1}\n").to_approved()
    scene.now += timedelta(hours=2)
    assert of(Grant, scene.claims("admit"))


def test_execute_comes_after_admit() -> None:
    scene = Scene().to_approved()
    assert answer(scene.claims("execute")) == (409, "admit_first")


def test_the_same_job_with_the_same_key_gets_the_same_spec_until_its_first_line() -> None:
    scene = Scene().to_approved()
    scene.claims("admit")
    first = of(Grant, scene.claims("execute"))[0]
    again = of(Grant, scene.claims("execute"))[0]
    assert first.spec.model_copy(update={"issued_at": "", "expires_at": ""}) == again.spec.model_copy(
        update={"issued_at": "", "expires_at": ""}
    )
    scene.journals(LegStarted(verb="execute"))
    assert answer(scene.claims("execute")) == (409, "already_started")


def test_another_key_never_gets_the_leg() -> None:
    scene = Scene().to_approved()
    scene.claims("admit")
    scene.claims("execute")
    assert answer(scene.claims("execute", key="cd" * 16)) == (409, "already_claimed")
    assert answer(scene.claims("admit", key="cd" * 16)) == (409, "already_claimed")


def test_after_its_end_a_leg_cannot_be_claimed_again() -> None:
    scene = Scene().to_approved()
    run = scene.case.run
    assert run is not None
    scene.executes()
    effects = scene.claims("admit", run_id=run.run_id)
    assert answer(effects) == (409, "leg_closed")


def test_the_first_claim_tells_the_run_where_the_dispatch_did_not() -> None:
    scene = Scene()
    scene.opens()
    scene.lines = [line for line in scene.lines if line.entry.data.get("effect") != "Dispatch"]
    assert scene.case.run is not None
    assert scene.case.run.run_id is None
    assert of(Grant, scene.claims("admit", run_id=777))
    assert scene.case.run.run_id == 777
    assert scene.lines[-1].entry.alias == "run:777"
    assert answer(scene.claims("execute", run_id=778)) == (403, "run")


def test_where_the_policy_has_secrets_execute_runs_in_its_environment() -> None:
    secret = POLICY.replace("    url:", "    secrets: [WWW_KEY]\n    url:")
    scene = Scene(policy_text=secret)
    scene.opens()
    assert of(Grant, scene.claims("admit"))[0].spec.environment is None, "a local preview has no environment"
    scene.claims("execute")
    scene.journals(LegFinished(outcome="completed"))
    scene.done()
    scene.ends()
    scene.says(BOSS, f"/approve {scene.token}")
    assert of(Grant, scene.claims("admit"))[0].spec.environment == "www"
    assert answer(scene.claims("execute", environment=None)) == (403, "environment")
    assert answer(scene.claims("execute", environment="other")) == (403, "environment")
    assert of(Grant, scene.claims("execute", environment="www"))


def test_a_resumed_run_gets_the_journal_of_the_one_before() -> None:
    scene = Scene().to_approved()
    scene.claims("admit")
    scene.claims("execute")
    undo = switch("v1")
    scene.journals(
        LegStarted(verb="execute"),
        Intent(step="deploy", key="deploy/1/0", operation=switch()),
        Result(step="deploy", key="deploy/1/0", ok=True, undo=undo),
        LegFinished(outcome="failed", error="x"),
    )
    scene.done("failed")
    scene.ends("failure")
    scene.says(BOSS, "/retry")
    spec = of(Grant, scene.claims("admit"))[0].spec
    assert [line.body.entry for line in spec.journal] == ["leg_started", "intent", "result", "leg_finished"]


def test_an_edit_after_dispatch_and_before_the_claim_recalls_the_run() -> None:
    scene = Scene().to_approved()
    nonce = scene.case.run.nonce if scene.case.run else ""
    scene.edits(briefing(**{"Acme Consulting": "Evil Consulting"}))
    effects = scene.claims("admit", claim={"nonce": nonce})
    assert of(Answer, effects)[0].status == 403
    assert not of(Grant, effects)


def test_what_was_done_is_taken_back_although_the_workflow_was_generated_anew() -> None:
    scene = Scene().to_approved()
    scene.whole_run(
        LegStarted(verb="execute"),
        Intent(step="deploy", key="deploy/1/0", operation=switch()),
        Result(step="deploy", key="deploy/1/0", ok=True, undo=switch("v1")),
    )
    scene.says(BOSS, "/rollback")
    scene.blob_now = "b" * 40
    assert of(Grant, scene.claims("admit"))


@pytest.mark.parametrize("gone", ["edited", "hidden", "deleted"])
def test_t11_words_that_changed_without_a_webhook_are_found_at_the_claim(gone: str) -> None:
    scene = Scene().to_approved()
    source = scene.case.approvals[0].source
    said = scene.words.pop(source)
    if gone != "deleted":
        scene.words[source] = replace(said, hidden=True) if gone == "hidden" else replace(said, sha256="0" * 64)
    effects = scene.claims("admit")
    assert answer(effects) == (403, "approvals_void")
    assert scene.case.phase is Phase.VALIDATED
    assert scene.case.approvals == ()
    assert [say.message.kind for say in of(Say, effects) if say.to == "reply"] == ["approvals_void"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"body": briefing(**{"IT Consulting": "Poetry"})}, "briefing_changed"),
        ({"issue_open": False}, "issue_closed"),
    ],
)
def test_t10_an_issue_that_changed_without_a_webhook_is_found_at_the_claim(
    change: dict[str, Any], code: str
) -> None:
    scene = Scene().to_approved()
    for name, value in change.items():
        setattr(scene, name, value)
    assert answer(scene.claims("admit")) == (403, code)
