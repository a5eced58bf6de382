"""Do a job quickly: one subprocess per step, our own verbs as `python -I -m executors VERB` without act."""

import asyncio
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.sandbox.actions.expressions import ExpressionError, Scope, as_text, evaluate, holds, interpolate
from bot.sandbox.actions.processes import lines
from bot.sandbox.actions.task import JobFailed, Outcome, Result, Task
from bot.sandbox.actions.workflows import Step

VERBS = ("admit", "preview", "execute", "rollback", "report")
COMMAND = (sys.executable, "-I", "-m", "executors")
_OURS = re.compile(r"^(?P<repository>[\w.-]+/[\w.-]+)/actions/(?P<name>[\w-]+)@(?P<ref>\S+)$")
_RUN_FILES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY", "GITHUB_PATH", "GITHUB_STATE")


@dataclass
class _Progress:
    """How far a job has come: what its steps put out, what they added to the environment, whether one failed."""

    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    is_failed: bool = False


async def run_inline(task: Task, command: Sequence[str] = COMMAND) -> Outcome:
    """Do the job's steps in order; leaves no process running."""
    progress = _Progress()
    (task.folder / "workspace").mkdir(exist_ok=True)
    try:
        progress.env |= _evaluated(task.run.workflow.env, task.scope())
        progress.env |= _evaluated(task.plan.env, _scope(task, progress))
        for number, step in enumerate(task.plan.steps):
            await _do(task, progress, step, number, command)
        outputs = _evaluated(task.plan.outputs, _scope(task, progress))
    except ExpressionError as error:
        raise JobFailed(str(error)) from error
    finally:
        await task.processes.end()
    return Outcome("failure" if progress.is_failed else "success", outputs)


def _scope(task: Task, progress: _Progress, **contexts: Any) -> Scope:
    whole = task.scope().contexts | {"steps": progress.steps, "env": dict(progress.env)} | contexts
    return Scope(whole, succeeded=not progress.is_failed, failed=progress.is_failed)


def _evaluated(texts: Mapping[str, Any], scope: Scope) -> dict[str, str]:
    return {str(name): interpolate(text, scope) for name, text in texts.items()}


async def _do(task: Task, progress: _Progress, step: Step, number: int, command: Sequence[str]) -> None:
    scope = _scope(task, progress)
    shown = task.begin(interpolate(step.name, scope))
    outcome: Result = "skipped"
    outputs: dict[str, str] = {}
    if holds(step.condition, scope):
        files = _files(task, number)
        env = progress.env | _evaluated(step.env, scope)
        given = _evaluated(step.inputs, _scope(task, progress, env=env))
        try:
            limit = asyncio.timeout(step.minutes * 60)
            async with limit:
                code = await _start(task, step, {**env, **files}, given, command)
        except TimeoutError:
            task.say(f"##[error]The action has timed out after {step.minutes} minutes.")
            code = 1
        outcome = "failure" if code else "success"
        outputs = _pairs(Path(files["GITHUB_OUTPUT"]))
        progress.env |= _pairs(Path(files["GITHUB_ENV"]))
        task.job.summary += Path(files["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8", errors="replace")
    conclusion = "success" if outcome == "failure" and step.goes_on_error else outcome
    progress.steps[step.key] = {"outputs": outputs, "outcome": outcome, "conclusion": conclusion}
    progress.is_failed = progress.is_failed or conclusion == "failure"
    task.finish(shown, conclusion)


def _files(task: Task, number: int) -> dict[str, str]:
    folder = task.folder / "files"
    folder.mkdir(exist_ok=True)
    paths = {name: folder / f"{number}-{name.lower()}" for name in _RUN_FILES}
    for path in paths.values():
        path.touch()
    return {name: str(path) for name, path in paths.items()}


async def _start(
    task: Task, step: Step, env: Mapping[str, str], given: Mapping[str, str], command: Sequence[str]
) -> int:
    whole = {**task.environ, **env}
    if step.run:
        scope = Scope(task.scope().contexts | {"env": dict(env)})
        script = task.folder / "files" / f"{step.key}.sh"
        script.write_text(interpolate(step.run, scope), encoding="utf-8")
        return await _spawn(task, ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)], whole)
    owner_and_path, _, ref = step.uses.partition("@")
    if owner_and_path == "actions/checkout":
        shutil.copytree(task.checkout, task.folder / "workspace", dirs_exist_ok=True, symlinks=True)
        return 0
    if owner_and_path == "actions/upload-artifact":
        stub = task.actions[f"{owner_and_path}@{ref}"] / "upload.py"
        inputs = {f"INPUT_{name.upper().replace('-', '_')}": value for name, value in given.items()}
        return await _spawn(task, [sys.executable, "-I", str(stub)], whole | inputs)
    return await _own(task, step, whole, given, command)


async def _own(
    task: Task, step: Step, whole: Mapping[str, str], given: Mapping[str, str], command: Sequence[str]
) -> int:
    found = _OURS.match(step.uses)
    if found and found["name"] == "setup":
        task.say("The inline runner needs no set-up: the verbs run in the sandbox's own environment.")
        return 0
    if not found or found["name"] not in VERBS:
        raise JobFailed(f"The inline runner cannot run {step.uses!r}; use the act runner.")
    inputs = {f"MILLWRIGHT_{name.upper().replace('-', '_')}": as_text(value) for name, value in given.items()}
    return await _spawn(task, [*command, found["name"]], {**whole, **inputs})


async def _spawn(task: Task, command: Sequence[str], environ: Mapping[str, str]) -> int:
    process = await task.processes.start(command, environ, task.folder / "workspace")
    async for line in lines(process):
        task.say(line)
    return process.returncode or 0


def _pairs(path: Path) -> dict[str, str]:
    """Read `name=value` and `name<<END` blocks.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    found: dict[str, str] = {}
    rest = iter(path.read_text(encoding="utf-8", errors="replace").splitlines())
    for line in rest:
        name, mark, end = line.partition("<<")
        if mark and "=" not in name:
            block: list[str] = []
            for inner in rest:
                if inner == end:
                    break
                block.append(inner)
            found[name] = "\n".join(block)
        elif "=" in line:
            name, _, value = line.partition("=")
            found[name] = value
    return found


__all__ = ["COMMAND", "VERBS", "evaluate", "run_inline"]
