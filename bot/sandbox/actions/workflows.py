"""Read a workflow file into values, and say about a dispatch what GitHub would say.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

MOST_INPUTS = 25
MOST_CHARACTERS = 65_535
_KEYS = ("contents", "id-token", "actions", "checks", "deployments", "issues", "packages", "pages")


class WorkflowError(ValueError):
    """A workflow file or a dispatch is refused; the message is what GitHub answers (422)."""


@dataclass(frozen=True)
class Input:
    """One declared input of `workflow_dispatch`."""

    name: str
    required: bool
    default: str | None
    options: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One step as written; expressions in it are not evaluated yet."""

    key: str
    name: str
    uses: str
    run: str
    condition: str | None
    env: Mapping[str, Any]
    inputs: Mapping[str, Any]
    goes_on_error: bool
    minutes: float


@dataclass(frozen=True)
class Job:
    """One job as written; `environment` is a text that may hold an expression, or empty."""

    key: str
    name: str
    needs: tuple[str, ...]
    labels: tuple[str, ...]
    condition: str | None
    environment: str
    permissions: Mapping[str, str]
    env: Mapping[str, Any]
    outputs: Mapping[str, str]
    minutes: float
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Workflow:
    """One workflow file that can be dispatched."""

    path: str
    name: str
    run_name: str
    inputs: tuple[Input, ...]
    env: Mapping[str, Any]
    jobs: tuple[Job, ...]
    source: Mapping[str, Any]

    def job(self, key: str) -> Job:
        """Return the job of that key; raises KeyError where there is none."""
        return {one.key: one for one in self.jobs}[key]


class _Loader(yaml.SafeLoader):
    """YAML as Actions reads it: `on` is a word, only true and false are booleans."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if not tag.endswith((":bool", ":timestamp"))]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false|True|False)$"), "tTfF")


def read(path: str, text: str) -> Workflow:
    """Return the workflow that a file holds; raises WorkflowError where GitHub would not start it."""
    try:
        source = yaml.load(text, _Loader)  # noqa: S506  a SafeLoader with fewer resolvers
    except yaml.YAMLError as error:
        raise WorkflowError(f"invalid workflow file {path}: {error}") from error
    if not isinstance(source, dict) or not isinstance(source.get("jobs"), dict):
        raise WorkflowError(f"invalid workflow file {path}: no jobs")
    top = source.get("permissions")
    jobs = tuple(_job(key, body, top) for key, body in source["jobs"].items())
    known = {job.key for job in jobs}
    for job in jobs:
        if missing := set(job.needs) - known:
            raise WorkflowError(f"job {job.key!r} needs unknown job {min(missing)!r}")
    return Workflow(
        path=path,
        name=str(source.get("name") or path),
        run_name=str(source.get("run-name") or ""),
        inputs=_inputs(source.get("on")),
        env=source.get("env") or {},
        jobs=jobs,
        source=source,
    )


def _inputs(on: Any) -> tuple[Input, ...]:
    triggers = {on: None} if isinstance(on, str) else on if isinstance(on, dict) else dict.fromkeys(on or ())
    if "workflow_dispatch" not in triggers:
        raise WorkflowError("Workflow does not have 'workflow_dispatch' trigger")
    declared = ((triggers["workflow_dispatch"] or {}).get("inputs") or {}).items()
    return tuple(
        Input(
            name=name,
            required=(body or {}).get("required") is True,
            default=None if (body or {}).get("default") is None else str(body["default"]),
            options=tuple(str(one) for one in (body or {}).get("options") or ()),
        )
        for name, body in declared
    )


def _many(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def _permissions(value: Any) -> Mapping[str, str]:
    if value in ("read-all", "write-all"):
        return dict.fromkeys(_KEYS, value.removesuffix("-all"))
    if value is None:  # GitHub's restricted default for GITHUB_TOKEN; never id-token
        return {"contents": "read", "packages": "read"}
    return {str(name): str(level) for name, level in value.items()}


def _job(key: str, body: Any, top: Any) -> Job:
    if not isinstance(body, dict) or not body.get("steps"):
        raise WorkflowError(f"job {key!r} has no steps")
    environment = body.get("environment") or ""
    return Job(
        key=key,
        name=str(body.get("name") or key),
        needs=_many(body.get("needs")),
        labels=_many(body.get("runs-on")),
        condition=_text(body.get("if")),
        environment=str(environment["name"] if isinstance(environment, dict) else environment),
        permissions=_permissions(body.get("permissions", top)),
        env=body.get("env") or {},
        outputs=body.get("outputs") or {},
        minutes=float(body.get("timeout-minutes", 360)),
        steps=tuple(_step(number, step) for number, step in enumerate(body["steps"])),
    )


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _step(number: int, body: Mapping[str, Any]) -> Step:
    uses, run = str(body.get("uses") or ""), str(body.get("run") or "")
    first = (run.splitlines() or [""])[0]
    return Step(
        key=str(body.get("id") or number),
        name=str(body.get("name") or f"Run {uses or first}"),
        uses=uses,
        run=run,
        condition=_text(body.get("if")),
        env=body.get("env") or {},
        inputs=body.get("with") or {},
        goes_on_error=body.get("continue-on-error") is True,
        minutes=float(body.get("timeout-minutes", 360)),
    )


def accept(workflow: Workflow, given: Mapping[str, Any]) -> dict[str, str]:
    """Return the inputs a run gets, defaults filled in; raises WorkflowError in GitHub's words."""
    if len(given) > MOST_INPUTS:
        raise WorkflowError(f"you may only define up to {MOST_INPUTS} `inputs`")
    if len(json.dumps(dict(given))) > MOST_CHARACTERS:
        raise WorkflowError("inputs are too large.")
    if unknown := [name for name in given if name not in {one.name for one in workflow.inputs}]:
        raise WorkflowError(f"Unexpected inputs provided: {json.dumps(unknown)}")
    accepted: dict[str, str] = {}
    for declared in workflow.inputs:
        value = given.get(declared.name, declared.default)
        if declared.required and value in (None, ""):
            raise WorkflowError(f"Required input '{declared.name}' not provided")
        if declared.options and value is not None and str(value) not in declared.options:
            choices = ", ".join(declared.options)
            raise WorkflowError(f"Provided value '{value}' for input '{declared.name}' not in: {choices}")
        accepted[declared.name] = "" if value is None else _text(value) or ""
    return accepted
