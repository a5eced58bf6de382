"""What the artifact holds: journal, report, cost, logs, what the steps saw, and the files that they built."""

from __future__ import annotations

from collections.abc import Callable

from executors.cost import cost_report
from executors.errors import MillwrightError
from executors.protocol.canonical import canonical, parse
from executors.protocol.finding import Finding
from executors.protocol.journal import JournalLine, Noted, Outcome, StepFinished
from executors.protocol.spec import Bundle, Checked, JobSpec, JobTime
from executors.protocol.wire import Hex256, Json, Slug, Text, Wire, read
from executors.runner.leg import Ended
from executors.runner.tools import redacted
from executors.world.folder import Folder

JOURNAL, REPORT, COST, LOG = "journal.jsonl", "report.json", "cost.json", "logs.txt"


class Report(Wire):
    """`report.json`: how the leg ended, for people and for the job's last step."""

    case: str
    leg: Slug
    verb: str
    display_id: str
    token: str
    digest: Hex256
    outcome: Outcome
    error: Text | None
    residue: tuple[Text, ...]
    sent: int
    steps: tuple[StepFinished, ...]
    findings: tuple[Finding, ...]
    seconds: str


def keep_line(folder: Folder, line: JournalLine) -> None:
    """Append one journal line to the bundle."""
    folder.append(JOURNAL, canonical(line.to_json()) + b"\n")


def log_into(folder: Folder, redact: Callable[[str], str]) -> Callable[[str, Json], None]:
    """Return what appends an entry to `<stream>.jsonl` of the bundle at once, every text in it redacted."""

    def log(stream: str, entry: Json) -> None:
        folder.log(stream, redacted(entry, redact))

    return log


def report_of(spec: JobSpec, ended: Ended, seconds: str) -> Report:
    """Return the report of a run; of each step the last word counts."""
    bodies = [line.body for line in ended.lines]
    steps = {body.step: body for body in bodies if isinstance(body, StepFinished)}
    return Report(
        case=spec.case,
        leg=spec.leg,
        verb=spec.verb,
        display_id=spec.plan.display_id,
        token=spec.plan.token,
        digest=spec.digest,
        outcome=ended.outcome,
        error=ended.error,
        residue=ended.residue,
        sent=ended.sent,
        steps=tuple(steps.values()),
        findings=tuple(body.finding for body in bodies if isinstance(body, Noted)),
        seconds=seconds,
    )


def keep(folder: Folder, report: Report, built: tuple[str, ...]) -> None:
    """Write report and cost, and copy what the steps built. The job does not know prices, so cost is unknown."""
    for step in built:
        folder.collect(step)
    folder.put(REPORT, canonical(report.to_json()))
    cost = cost_report([JobTime(job="execute", seconds=report.seconds)])
    folder.put(COST, canonical(cost.to_json()))


def kept_report(folder: Folder) -> Report | None:
    """Return the report that the step before wrote, None if it did not get that far."""
    path = folder.bundle / REPORT
    return read(Report, parse(path.read_bytes())) if path.is_file() else None


def manifest(
    folder: Folder, leg: str, report: Report | None, artifact_digest: str, checked: tuple[Checked, ...] = ()
) -> Bundle:
    """Return what is handed in at `/runs/done`; a run that wrote no report has failed."""
    sent = report.sent if report else _counted(folder)
    return Bundle(
        leg=leg,
        outcome=report.outcome if report else "failed",
        lines=sent,
        files=folder.manifest(),
        artifact=f"millwright-{leg}",
        artifact_digest=_prefixed(artifact_digest),
        checked=checked,
        summary=(report.error or "")[:4000] if report else "the run ended before it could write its report",
    )


def _counted(folder: Folder) -> int:
    path = folder.bundle / JOURNAL
    return path.read_bytes().count(b"\n") if path.is_file() else 0


def _prefixed(digest: str) -> str | None:
    """Return `sha256:<hex>`; upload-artifact gives the bare hex digits."""
    if not digest:
        return None
    bare = digest.removeprefix("sha256:")
    if len(bare) != 64 or not set(bare) <= set("0123456789abcdef"):
        raise MillwrightError("MILLWRIGHT_ARTIFACT_DIGEST is no SHA-256")
    return f"sha256:{bare}"
