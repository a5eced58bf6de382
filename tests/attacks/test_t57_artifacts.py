"""T39, T57: the job that reports takes what foreign code left for bytes of a stranger, and believes no more."""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from executors.__main__ import main
from executors.errors import MillwrightError, WorldError
from executors.parts.tree import tree_digest
from executors.protocol.foreign import MOST_OUTPUT
from executors.protocol.journal import Intent, LegFinished, Result
from executors.protocol.operation import RunForeign, Scratch
from executors.protocol.plan import Envelope, Leg, Plan, Seen, Step
from executors.runner.foreign import COMMAND_FILES
from executors.runner.inputs import gather
from executors.world.world import World
from tests.executors.door import open_door
from tests.executors.legs import deploy, plan_of, site, spec_of, world_at

FUTURE = "2999-01-01T00:00:00+00:00"
STEP = "check-links"
FINE = "import pathlib\nprint('looked at', len(list(pathlib.Path('site').rglob('*.html'))), 'pages')\n"
TOKEN = "ghp_" + "A1b2C3d4E5f6G7h8I9j0" * 2
"""What looks like a key of GitHub's."""


@dataclass
class Product:
    """The product repository: the check's file."""

    text: str

    def read(self, path: str, sha256: str) -> bytes:
        """Return the file that the plan names."""
        data = self.text.encode()
        assert hashlib.sha256(data).hexdigest() == sha256
        return data


def plan_with(text: str, root: Path, **more: Any) -> Plan:
    """A plan whose first leg runs the text on the sample site."""
    inputs = {
        "name": "links",
        "command": ["python3", "check.py"],
        "files": [{"path": "check.py", "sha256": hashlib.sha256(text.encode()).hexdigest()}],
        "site": "website",
        "outputs": ["*.json"],
        "timeout_seconds": 30,
    }
    check = Step(id=STEP, executor="check_foreign", title="Check", summary="", inputs=inputs | more)
    legs = (Leg(id="main", steps=(STEP,), foreign=True), Leg(id="website", steps=("website", "deploy")))
    return plan_of(check, site(), deploy(root), legs=legs)


@dataclass
class Run:
    """One run of the leg, job by job, each in a folder of its own as on machines of their own."""

    folder: Path
    text: str = FINE
    more: dict[str, Any] = field(default_factory=dict)
    inputs: bytes = b""
    result: bytes = b""

    def __post_init__(self) -> None:
        self.plan = plan_with(self.text, self.folder / "www", **self.more)
        self.spec = spec_of(self.plan, expires_at=FUTURE)

    def admit(self) -> str:
        """Gather what the command runs on; returns the digest that the job puts out."""
        place = self.folder / "admit"
        gather(self.spec, World(place, "case/leg", source=Product(self.text)))
        self.inputs = zipped(place)
        return hashlib.sha256(self.inputs).hexdigest()

    def build(self, digest: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run the command in a process of its own, as the composite action does."""
        temp = self.folder / "build"
        put(temp, "inputs", self.inputs)
        given = {
            "PATH": os.environ["PATH"],
            "RUNNER_TEMP": str(temp),
            "MILLWRIGHT_INPUTS_DIGEST": digest,
            **environ,
        }
        command = [sys.executable, "-I", "-m", "executors", "build"]
        done = subprocess.run(command, env=given, capture_output=True, text=True, timeout=60, check=False)
        if (temp / "millwright" / "result").is_dir():
            self.result = zipped(temp / "millwright" / "result")
        return done

    def report(self, **changes: str) -> tuple[int, str, list[Any]]:
        """Collect: exit code, what is said, and the journal's entries."""
        temp = self.folder / "report"
        put(temp, "inputs", self.inputs)
        put(temp, "result", self.result)
        told = {
            "MILLWRIGHT_INPUTS_DIGEST": hashlib.sha256(self.inputs).hexdigest(),
            "MILLWRIGHT_RESULT_DIGEST": hashlib.sha256(self.result).hexdigest(),
            "MILLWRIGHT_BUILD_RESULT": "success",
        }
        stream = io.StringIO()
        with open_door(self.spec) as door:
            code = main(["collect"], door.environ(temp, **(told | changes)), stream)
            return code, stream.getvalue(), [line.body for line in door.lines]

    @property
    def adopted(self) -> dict[str, bytes]:
        """What the job that reports kept of the step."""
        place = self.folder / "report" / "millwright" / "build" / STEP
        return {str(p.relative_to(place)): p.read_bytes() for p in sorted(place.rglob("*")) if p.is_file()}


def zipped(folder: Path) -> bytes:
    """The ZIP that upload-artifact makes of a folder."""
    files = {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
    return packed(files)


def packed(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def put(temp: Path, name: str, data: bytes) -> None:
    """Leave the ZIP where download-artifact does."""
    place = temp / "millwright" / "fetched" / name
    place.mkdir(parents=True, exist_ok=True)
    (place / "artifact.zip").write_bytes(data)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run whose command has ended well."""
    made = Run(tmp_path)
    done = made.build(made.admit())
    assert done.returncode == 0, done.stdout + done.stderr
    return made


def ended(bodies: list[Any]) -> LegFinished:
    assert isinstance(bodies[-1], LegFinished)
    return bodies[-1]


def refused(run: Run, words: str, **changes: str) -> None:
    """The leg fails with these words, and nothing of the result is kept."""
    code, said, bodies = run.report(**changes)
    assert code == 1
    assert ended(bodies).outcome == "failed"
    assert words in (ended(bodies).error or ""), said
    assert run.adopted == {}


def test_a_check_that_went_well_is_journalled_with_its_command_and_completes(run: Run) -> None:
    code, said, bodies = run.report()
    assert code == 0, said
    assert ended(bodies).outcome == "completed"
    intent = next(body for body in bodies if isinstance(body, Intent))
    assert (intent.operation["op"], intent.operation["command"]) == ("run_foreign", ["python3", "check.py"])
    assert [body.ok for body in bodies if isinstance(body, Result)] == [True]
    assert b"pages" in run.adopted["output.txt"]


def test_an_artifact_that_was_swapped_after_its_digest_was_reported_is_not_believed(run: Run) -> None:
    reported = hashlib.sha256(run.result).hexdigest()
    run.result = packed(unpacked(run.result) | {f"{STEP}/output.txt": b"all is well"})
    refused(run, "but its maker reported", MILLWRIGHT_RESULT_DIGEST=reported)


def test_inputs_that_were_swapped_are_not_believed_either(run: Run) -> None:
    reported = hashlib.sha256(run.inputs).hexdigest()
    run.inputs = packed(unpacked(run.inputs) | {"build/website/index.html": b"another site"})
    refused(run, "but its maker reported", MILLWRIGHT_INPUTS_DIGEST=reported)


@pytest.mark.parametrize("result", ["failure", "cancelled", "skipped", "", "success\n::error::"])
def test_a_build_that_did_not_succeed_has_no_result_whatever_lies_there(run: Run, result: str) -> None:
    refused(run, "left no result", MILLWRIGHT_BUILD_RESULT=result)


@pytest.mark.parametrize("digest", ["", "0" * 64, "sha256:", "sha512:" + "0" * 64, "0" * 64 + "\n::error::"])
def test_a_digest_that_is_none_is_equal_to_nothing(run: Run, digest: str) -> None:
    code, _, bodies = run.report(MILLWRIGHT_RESULT_DIGEST=digest)
    assert code == 1
    assert ended(bodies).outcome == "failed"
    assert run.adopted == {}


def changed(run: Run, **facts: Any) -> bytes:
    """The result's own word, changed by its job."""
    return json.dumps(json.loads(unpacked(run.result)[f"{STEP}/result.json"]) | facts).encode()


FORGED: dict[str, tuple[Callable[[Run], dict[str, bytes]], str]] = {
    "of another command": (lambda r: {f"{STEP}/result.json": changed(r, operation="0" * 64)}, "another command"),
    "with a field more": (lambda r: {f"{STEP}/result.json": changed(r, verdict="fine")}, "not of the form"),
    "with a strange code": (lambda r: {f"{STEP}/result.json": changed(r, exit_code="0")}, "not of the form"),
    "that is no JSON": (lambda _r: {f"{STEP}/result.json": b"{'exit_code': 0}"}, "not of the form"),
    "with keys twice": (
        lambda _r: {f"{STEP}/result.json": b'{"exit_code": 1, "exit_code": 0}'},
        "not of the form",
    ),
    "that is huge": (lambda _r: {f"{STEP}/result.json": b" " * 300_000}, "not of the form"),
    "that is empty": (lambda _r: {f"{STEP}/result.json": b""}, "left no result of this step"),
    "that printed too much": (lambda _r: {f"{STEP}/output.txt": b"x" * (MOST_OUTPUT + 1)}, "more output"),
    "that names what is not there": (
        lambda r: {
            f"{STEP}/result.json": changed(r, files=[{"path": "a.json", "sha256": "0" * 64, "size": 1}]),
        },
        "does not hold the file",
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_result_is_refused_though_its_bytes_are_the_reported_ones(run: Run, name: str) -> None:
    forge, words = FORGED[name]
    run.result = packed(unpacked(run.result) | forge(run))
    refused(run, words)


def test_archives_that_lead_elsewhere_or_burst_are_refused(run: Run) -> None:
    whole = unpacked(run.result)
    link = io.BytesIO(packed(whole))
    with zipfile.ZipFile(link, "a") as archive:
        entry = zipfile.ZipInfo(f"{STEP}/files/link")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    for data in (
        packed(whole | {"../../evil": b"x"}),
        packed(whole | {"/etc/evil": b"x"}),
        packed(whole | {f"{STEP}/bomb": b"0" * 60_000_000}),
        link.getvalue(),
        b"PK\x03\x04 no archive at all",
        b"",
    ):
        run.result = data
        refused(run, "the artifact of result")


def test_what_was_not_asked_for_is_not_kept(run: Run) -> None:
    extra = {
        f"{STEP}/files/more.json": b"{}",
        "journal.jsonl": b"{}",
        f"{STEP}/report.json": b"{}",
        "website/x": b"x",
    }
    run.result = packed(unpacked(run.result) | extra)
    assert run.report()[0] == 0
    assert set(run.adopted) == {"result.json", "output.txt"}


@pytest.mark.parametrize("where", ["print", "file"])
def test_what_looks_like_a_key_is_withheld_so_that_the_pack_can_be_sealed(tmp_path: Path, where: str) -> None:
    aws = "AKIA" + "ABCDEFGHIJKLMNOP"
    text = f"open('loot.json', 'w').write('{TOKEN}')" if where == "file" else f"print('{TOKEN}', '{aws}')"
    run = Run(tmp_path, text)
    assert run.build(run.admit()).returncode == 0
    assert run.report()[0] == 0
    assert not [data for data in run.adopted.values() if TOKEN.encode() in data or aws.encode() in data]
    assert any(b"looks like a secret" in data for data in run.adopted.values())


def test_the_last_lines_of_a_check_that_fails_are_the_reason_and_are_no_commands(tmp_path: Path) -> None:
    run = Run(
        tmp_path, "print('first')\nprint('::error::owned')\nprint('\\x1b[31mred\\u202e')\nraise SystemExit(9)\n"
    )
    assert run.build(run.admit()).returncode == 0
    code, said, bodies = run.report()
    assert code == 1
    error = ended(bodies).error or ""
    assert "ended with exit code 9" in error
    assert "::error::owned" in error
    assert "\x1b" not in error
    assert "\u202e" not in error
    assert "\n::error::owned" not in said


def test_other_inputs_than_admit_left_are_not_run(tmp_path: Path) -> None:
    run = Run(tmp_path, f"open({str(tmp_path / 'ran')!r}, 'w')")
    reported = run.admit()
    run.inputs = packed(unpacked(run.inputs) | {"build/check-links-in/check.py": b"print('swapped')"})
    for digest in (reported, ""):
        done = run.build(digest)
        assert done.returncode == 1
        assert "::error" in done.stdout
    assert run.build(hashlib.sha256(run.inputs).hexdigest()).returncode == 1, (
        "the command names its files by digest"
    )
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / "build" / "millwright" / "result").exists()


def test_a_step_with_foreign_code_says_nothing_to_the_runner(tmp_path: Path) -> None:
    names = {name: tmp_path / name.lower() for name in COMMAND_FILES}
    lies = "".join(f"open({str(path)!r}, 'a').write('x=evil\\n')\n" for path in names.values())
    direct = "import os\nopen(f'/proc/{os.getppid()}/fd/1', 'w').write('::set-env name=A::b\\n')\n"
    run = Run(
        tmp_path, f"{lies}try:\n    {direct.splitlines()[0]}\n    {direct.splitlines()[1]}\nexcept OSError: pass\n"
    )
    for path in names.values():
        path.write_text("before\n")
    done = run.build(run.admit(), **{name: str(path) for name, path in names.items()})
    assert done.returncode == 0, done.stdout
    assert {path.read_text() for path in names.values()} == {"before\n"}
    lines = done.stdout.splitlines()
    assert lines[0].startswith("::stop-commands::")
    opened = lines.index(f"::{lines[0].removeprefix('::stop-commands::')}::")
    assert not [line for line in lines[opened + 1 :] if line.startswith("::")]


def test_a_command_that_takes_too_long_is_ended_and_that_is_the_reason(tmp_path: Path) -> None:
    run = Run(
        tmp_path, "import time\nprint('waiting', flush=True)\nwhile True: time.sleep(9)", {"timeout_seconds": 1}
    )
    assert run.build(run.admit()).returncode == 0
    code, _, bodies = run.report()
    assert code == 1
    assert "took longer than 1 s" in (ended(bodies).error or "")


def test_another_site_than_people_approved_is_not_handed_to_the_code(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.admit()
    pages = unpacked(run.inputs)
    prefix = "build/website/"
    tree = tree_digest(
        {p.removeprefix(prefix): hashlib.sha256(d).hexdigest() for p, d in pages.items() if p.startswith(prefix)}
    )
    for value, is_fine in ((tree, True), ("0" * 64, False)):
        seen = (Seen(target="build:website", fact="tree", value=value),)
        plan = run.plan.previewed(Envelope(leg="website", planned=(), seen=seen))
        world = World(tmp_path / f"again-{is_fine}", "case/leg", source=Product(run.text))
        if is_fine:
            assert gather(spec_of(plan, expires_at=FUTURE), world).tasks
        else:
            with pytest.raises(MillwrightError, match="not what people approved"):
                gather(spec_of(plan, expires_at=FUTURE), world)


def test_only_the_job_build_runs_it(tmp_path: Path) -> None:
    command = RunForeign(
        at=Scratch(step=STEP),
        command=("touch", str(tmp_path / "ran")),
        given=Scratch(step="in"),
        given_tree="0" * 64,
    )
    with pytest.raises(WorldError, match="by the job `build`"):
        world_at(tmp_path).apply(command)
    assert not (tmp_path / "ran").exists()
