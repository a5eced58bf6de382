"""What the plan pull request shows beside the plan: the briefing, and the files that the preview made."""

from __future__ import annotations

from bot.domain.case import Case
from bot.ports import Hands
from executors.evidence.bundle import read_bundle
from executors.protocol.plan import Plan

MOST_FILES = 300
"""GitHub shows three hundred files of a pull request; the evidence pack has all."""


async def kept(case: Case, plan: Plan, hands: Hands) -> dict[str, bytes]:
    """Path → text of the files, from stored blobs; binary ones are left out, and what was erased."""
    folder = f".millwright/{plan.display_id}"
    files: dict[str, bytes] = {}
    briefing = await hands.store.blob(case.briefing) if case.briefing else None
    if briefing is not None:
        files[f"{folder}/briefing.json"] = briefing
    for digest in _artifacts(case, plan):
        bundle = await hands.store.blob(digest)
        for path, data in sorted(read_bundle(bundle).items()) if bundle else ():
            _, step, rest = (*path.split("/", 2), "", "")[:3]
            if path.startswith("steps/") and rest.startswith("files/") and _is_text(data):
                files[f"{folder}/preview/{step}/{rest.removeprefix('files/')}"] = data
    return dict(list(files.items())[:MOST_FILES])


def _artifacts(case: Case, plan: Plan) -> tuple[str, ...]:
    """What the last preview of each leg made, by the legs' order."""
    seen = [run for run in case.every_run if run.verb == "preview" and run.version == plan.version and run.kept]
    last = {run.leg: run.kept for run in seen if plan.envelope(run.leg) is not None}
    return tuple(last[leg.id] for leg in plan.legs if leg.id in last)


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False
