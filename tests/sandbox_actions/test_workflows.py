"""Workflow files are read, and dispatches refused, in GitHub's words."""

import pytest

from bot.sandbox.actions.course import in_order
from bot.sandbox.actions.workflows import Workflow, WorkflowError, accept, read

from .scene import HEAD, INPUTS

JOB = "jobs: {a: {runs-on: x, steps: [{run: echo}]}}"


def workflow(text: str = HEAD + JOB) -> Workflow:
    return read(".github/workflows/x.yml", text)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({**INPUTS, "evil": "1"}, 'Unexpected inputs provided: ["evil"]'),
        ({"case": "1", "leg": "2"}, "Required input 'nonce' not provided"),
        ({f"i{n}": "" for n in range(26)}, "you may only define up to 25 `inputs`"),
        ({**INPUTS, "case": "x" * 65_536}, "inputs are too large."),
    ],
)
def test_a_dispatch_with_wrong_inputs_is_refused(given: dict[str, str], words: str) -> None:
    with pytest.raises(WorkflowError) as refused:
        accept(workflow(), given)
    assert str(refused.value) == words


def test_defaults_fill_in_and_choices_are_kept_to() -> None:
    inputs = "{level: {type: choice, options: [low, high], default: low}, dry: {type: boolean, default: false}}"
    found = workflow(f"on: {{workflow_dispatch: {{inputs: {inputs}}}}}\n{JOB}")
    assert accept(found, {"dry": True}) == {"level": "low", "dry": "true"}
    with pytest.raises(WorkflowError, match="not in: low, high"):
        accept(found, {"level": "middle"})


@pytest.mark.parametrize("trigger", ["on: push", "on: [push, pull_request]", "on: {schedule: [{cron: x}]}"])
def test_a_workflow_without_the_trigger_is_refused(trigger: str) -> None:
    with pytest.raises(WorkflowError, match="does not have 'workflow_dispatch' trigger"):
        workflow(f"{trigger}\n{JOB}")


@pytest.mark.parametrize("text", ["[", "on: workflow_dispatch", "on: workflow_dispatch\njobs: {a: {runs-on: x}}"])
def test_a_broken_file_is_refused(text: str) -> None:
    with pytest.raises(WorkflowError):
        workflow(text)


def test_words_that_yaml_takes_for_booleans_stay_words() -> None:
    found = workflow(
        "on: workflow_dispatch\njobs: {a: {runs-on: x, env: {C: NO, D: 2026-01-01}, steps: [{run: y}]}}"
    )
    assert found.jobs[0].env == {"C": "NO", "D": "2026-01-01"}


def test_a_job_has_the_permissions_of_the_file_unless_it_says_its_own() -> None:
    one = "on: workflow_dispatch\npermissions: {}\njobs: {a: {runs-on: x, steps: [{run: y}]}, b: "
    found = workflow(one + "{runs-on: x, permissions: {id-token: write}, steps: [{run: y}]}}")
    assert [dict(job.permissions) for job in found.jobs] == [{}, {"id-token": "write"}]


def test_jobs_go_after_what_they_need() -> None:
    text = "on: workflow_dispatch\njobs:\n  c: {needs: [b], runs-on: x, steps: [{run: y}]}\n"
    text += "  a: {runs-on: x, steps: [{run: y}]}\n  b: {needs: a, runs-on: x, steps: [{run: y}]}\n"
    assert [job.key for job in in_order(workflow(text))] == ["a", "b", "c"]
