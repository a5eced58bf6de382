"""A leg of foreign code is claimed by `report` and nobody else, and gets a token only to fetch its files (T57)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.domain.effects import Answer, Dispatch, Grant
from bot.domain.facts import ArtifactFacts
from bot.domain.lifecycle import Phase
from executors.protocol.finding import Finding
from executors.protocol.journal import LegFinished, LegStarted, Noted, StepFinished, StepStarted
from executors.protocol.spec import Checked
from tests.bot.decide.people import BOSS, of
from tests.bot.decide.scene import Scene
from tests.bot.domain.acme import POLICY

CHECKS = """
checks:
  - name: links
    run: [python3, checks/links.py]
    files: [checks/links.py]
"""


def scene() -> Scene:
    """A plan with a check, approved: the leg `checks` is dispatched."""
    found = Scene(policy_text=POLICY + CHECKS, check_files={"checks/links.py": "5" * 64})
    found.opens()
    found.previews()
    found.says(BOSS, f"/approve {found.token}")
    assert found.case.phase is Phase.EXECUTING
    assert found.case.run is not None
    assert found.case.run.leg == "checks"
    return found


def answer(effects: list[Any]) -> tuple[int, str]:
    found = of(Answer, effects)[0]
    return found.status, str(found.body["code"])


def granted(effects: list[Any]) -> Grant:
    return of(Grant, effects)[0]


def test_admit_of_a_foreign_leg_may_read_the_product_and_report_may_read_nothing() -> None:
    case = scene()
    assert granted(case.claims("admit")).token_repositories == (101,)
    report = granted(case.claims("report"))
    assert report.token_repositories == ()
    assert (report.spec.environment, report.spec.steps) == (None, ("check-links",))


def test_admit_of_a_leg_of_ours_may_read_nothing() -> None:
    case = Scene().to_approved()
    assert granted(case.claims("admit")).token_repositories == ()
    assert granted(case.claims("execute")).token_repositories == (101,)


def test_a_foreign_leg_is_not_carried_out_by_execute_nor_one_of_ours_by_report() -> None:
    foreign, own = scene(), Scene().to_approved()
    for case, wrong in ((foreign, "execute"), (own, "report")):
        case.claims("admit")
        effects = case.claims(wrong, environment=None)
        assert answer(effects) == (403, "job_of_leg")
        assert not of(Grant, effects)


@pytest.mark.parametrize(
    ("facts", "status", "code"),
    [
        ({"check_run_id": 14}, 403, "job"),
        ({"check_run_id": 12}, 403, "job"),
        ({"environment": "www"}, 403, "environment"),
        ({"environment": "production"}, 403, "environment"),
        ({"run_attempt": 2}, 403, "attempt"),
    ],
)
def test_what_is_not_the_job_report_of_this_run_gets_no_session(
    facts: dict[str, Any], status: int, code: str
) -> None:
    case = scene()
    case.claims("admit")
    effects = case.claims("report", **facts)
    assert answer(effects) == (status, code)
    assert of(Grant, case.claims("report"))


def test_report_comes_after_admit_and_once() -> None:
    case = scene()
    assert answer(case.claims("report")) == (409, "admit_first")
    case.claims("admit")
    assert granted(case.claims("report", key="ab" * 16))
    assert answer(case.claims("report", key="cd" * 16)) == (409, "already_claimed")


def test_what_a_foreign_leg_runs_is_approved_by_its_digest_and_never_run_before() -> None:
    case = Scene(policy_text=POLICY + CHECKS, check_files={"checks/links.py": "5" * 64})
    case.opens()
    assert [effect.leg for effect in case.dispatches] == ["website"], "only what is ours is previewed"
    before = case.case.plan
    other = Scene(policy_text=POLICY + CHECKS, check_files={"checks/links.py": "6" * 64})
    other.opens()
    assert before is not None
    assert other.case.plan is not None
    assert before.digest != other.case.plan.digest


KEPT = {"millwright-inputs-checks": f"sha256:{'1' * 64}", "millwright-result-checks": f"sha256:{'2' * 64}"}
"""What GitHub says of the artifacts that crossed."""


def carried_out(case: Scene, status: Any, outcome: Any, checked: Mapping[str, str] = KEPT) -> list[Any]:
    """The check's run, from its first line to its end."""
    case.claims("admit")
    case.claims("report")
    finding = Finding(
        level="failure", code="check-failed", message="check links ended with exit code 3", step="check-links"
    )
    case.journals(
        LegStarted(verb="execute"),
        StepStarted(step="check-links"),
        *([Noted(finding=finding)] if outcome == "failed" else []),
        StepFinished(step="check-links", status=status, error=None if outcome == "completed" else "exit code 3"),
        LegFinished(outcome=outcome),
    )
    told = tuple(Checked(artifact=name, digest=digest) for name, digest in checked.items())
    files = {"report.json": "9" * 64}
    case.artifact = ArtifactFacts(5, f"sha256:{'8' * 64}", 1, data=b"PK", files=files, beside=KEPT)
    case.done(outcome, summary="" if outcome == "completed" else "exit code 3", checked=told)
    return case.ends("success" if outcome == "completed" else "failure")


def test_a_check_that_says_yes_is_followed_by_the_next_leg() -> None:
    case = scene()
    effects = carried_out(case, "completed", "completed")
    assert [effect.leg for effect in of(Dispatch, effects)] == ["website"]


@pytest.mark.parametrize(
    "checked",
    [
        {},
        {name: KEPT[name] for name in ("millwright-inputs-checks",)},
        KEPT | {"millwright-result-checks": f"sha256:{'3' * 64}"},
        KEPT | {"millwright-inputs-checks": KEPT["millwright-result-checks"]},
        KEPT | {"another": f"sha256:{'1' * 64}"},
    ],
    ids=["nothing", "one of two", "another result", "swapped", "one more"],
)
def test_artifacts_that_crossed_are_those_that_github_keeps_or_nothing_follows(checked: dict[str, str]) -> None:
    case = scene()
    effects = carried_out(case, "completed", "completed", checked)
    assert of(Dispatch, effects) == []
    assert case.case.phase is Phase.FAILED


def test_a_check_that_says_no_is_followed_by_nothing() -> None:
    case = scene()
    effects = carried_out(case, "failed", "failed")
    assert of(Dispatch, effects) == []
    assert case.case.phase is Phase.FAILED
    assert case.case.residue == ()


def test_taking_back_never_runs_the_check_again() -> None:
    case = scene()
    carried_out(case, "failed", "failed")
    effects = case.says(BOSS, "/rollback")
    assert of(Dispatch, effects) == []
