"""Do a job quickly: one subprocess per step, our own verbs as `python -I -m executors VERB` without act."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.sandbox.actions.expressions import ExpressionError, Scope, holds, interpolate
from bot.sandbox.actions.processes import lines
from bot.sandbox.actions.task import JobFailed, Outcome, Result, Task
from bot.sandbox.actions.workflows import Step

VERBS = ("admit", "preview", "execute", "rollback", "report", "build", "collect")
_STUBS = {"actions/upload-artifact": "upload.py", "actions/download-artifact": "download.py"}
_OURS = re.compile(r"^(?P<repository>[\w.-]+/[\w.-]+)/actions/(?P<name>[\w-]+)@(?P<ref>\S+)$")
_RUN_FILES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")
_FOR_ACTIONS = ("ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN")
"""What GitHub gives to actions of its own kind, and not to the commands of a `run` step."""


@dataclass
class _Progress:
    """How far a job has come: what its steps put out, what they added to the environment, whether one failed."""

    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    is_failed: bool = False


@dataclass(frozen=True)
class _Call:
    """One step about to run: what its expressions see, and what its environment adds to the job's."""

    step: Step
    scope: Scope
    env: Mapping[str, str]


async def run_inline(task: Task) -> Outcome:
    """Do the job's steps in order; leaves no process running."""
    progress = _Progress()
    (task.workspace).mkdir(exist_ok=True)
    try:
        progress.env |= _evaluated(task.run.workflow.env, task.scope())
        progress.env |= _evaluated(task.plan.env, _scope(task, progress))
        for number, step in enumerate(task.plan.steps):
            await _do(task, progress, step, number)
        outputs = _evaluated(task.plan.outputs, _scope(task, progress))
    except ExpressionError as error:
        raise JobFailed(str(error)) from error
    finally:
        await task.processes.end()
    return Outcome("failure" if progress.is_failed else "success", outputs)


def _scope(task: Task, progress: _Progress) -> Scope:
    seen = task.scope().having(steps=progress.steps, env=dict(progress.env))
    return Scope(seen.contexts, succeeded=not progress.is_failed, failed=progress.is_failed)


def _evaluated(texts: Mapping[str, Any], scope: Scope) -> dict[str, str]:
    return {str(name): interpolate(text, scope) for name, text in texts.items()}


async def _do(task: Task, progress: _Progress, step: Step, number: int) -> None:
    scope = _scope(task, progress)
    shown = task.begin(number, interpolate(step.name, scope))
    outcome: Result = "skipped"
    outputs: dict[str, str] = {}
    if holds(step.condition, scope):
        files = _files(task, number)
        env = progress.env | _evaluated(step.env, scope)
        outcome = "failure" if await _start(task, _Call(step, scope.having(env=env), env | files)) else "success"
        outputs = _pairs(Path(files["GITHUB_OUTPUT"]))
        progress.env |= _pairs(Path(files["GITHUB_ENV"]))
        if added := _text(Path(files["GITHUB_PATH"])).splitlines():
            before = progress.env.get("PATH", task.environ["PATH"])
            progress.env["PATH"] = os.pathsep.join([*reversed(added), before])
        task.job.summary += _text(Path(files["GITHUB_STEP_SUMMARY"]))
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


async def _start(task: Task, call: _Call) -> int:
    """Return the exit code of a step, 1 where its own time limit ended it."""
    try:
        async with asyncio.timeout(call.step.minutes * 60):
            return await (_script(task, call) if call.step.run else _action(task, call))
    except TimeoutError:
        task.say(f"##[error]The action has timed out after {call.step.minutes:g} minutes.")
        await task.processes.end()
        return 1


async def _script(task: Task, call: _Call) -> int:
    script = Path(call.env["GITHUB_OUTPUT"]).with_suffix(".sh")
    script.write_text(interpolate(call.step.run, call.scope), encoding="utf-8")
    return await _spawn(task, ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)], call.env)


async def _action(task: Task, call: _Call) -> int:
    name, _, _ = call.step.uses.partition("@")
    given = _evaluated(call.step.inputs, call.scope)
    if name == "actions/checkout":
        shutil.rmtree(task.workspace)
        await task.check_out(task.workspace)
        return 0
    folder = await task.resolve(call.step.uses)
    if script := _STUBS.get(name):
        command = [sys.executable, "-I", str((folder or Path()) / script)]
        own = {name: task.environ[name] for name in _FOR_ACTIONS}
        return await _spawn(task, command, {**call.env, **_named("INPUT", given), **own})
    found = _OURS.match(call.step.uses)
    if found and found["name"] == "setup":
        task.say("The inline runner needs no set-up: the verbs run in the sandbox's own environment.")
        return 0
    if not found or found["name"] not in VERBS:
        raise JobFailed(f"The inline runner cannot run {call.step.uses!r}; use the act runner.")
    return await _spawn(task, [*task.verbs, found["name"]], {**call.env, **_named("MILLWRIGHT", given)})


def _named(prefix: str, given: Mapping[str, str]) -> dict[str, str]:
    return {f"{prefix}_{name.upper().replace('-', '_')}": value for name, value in given.items()}


async def _spawn(task: Task, command: Sequence[str], env: Mapping[str, str]) -> int:
    given = {name: value for name, value in task.environ.items() if name not in _FOR_ACTIONS}
    process = await task.processes.start(command, {**given, **env}, task.workspace)
    async for line in lines(process):
        task.say(line)
    return process.returncode or 0


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _pairs(path: Path) -> dict[str, str]:
    """Read `name=value` and `name<<END` blocks.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    found: dict[str, str] = {}
    rest = iter(_text(path).splitlines())
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
