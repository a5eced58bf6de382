"""What machines say, as pages: check runs, workflow runs; and files inside an evidence pack."""

from __future__ import annotations

import io
import mimetypes
import zipfile

from bot.sandbox.actions.model import JobRun, Run
from bot.sandbox.reports import CheckRun
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Repository
from bot.sandbox.web.frame import e, page, rows, state, when
from bot.sandbox.web.markup import rendered

MOST_LINES = 400


def check_run(sandbox: Sandbox, found: Repository, one: CheckRun) -> str:
    """A check run with its texts and annotations."""
    name = sandbox.world.full_name(found)
    notes = [
        f"{state('failure' if note['annotation_level'] == 'failure' else 'neutral', note['annotation_level'])} "
        f"<code>{e(note['path'])}:{e(note['start_line'])}</code> {e(note['message'])}"
        for note in one.annotations
    ]
    details = f'<p><a href="{e(one.details_url)}">Details</a></p>' if one.details_url else ""
    body = (
        f"<h1>{e(one.name)}</h1><p>{state(one.conclusion or one.status)} {e(one.output.get('title') or '')}</p>"
        f"{details}<div class='words'>{rendered(one.output.get('summary'), f'/{name}')}"
        f"{rendered(one.output.get('text'), f'/{name}')}</div>"
        "<h2>Annotations</h2>" + rows(notes, "There is none.")
    )
    return page(one.name, [(f"/{name}", name)], body)


def run(sandbox: Sandbox, found: Repository, one: Run) -> str:
    """A workflow run with its jobs and their logs."""
    name = sandbox.world.full_name(found)
    body = f"<h1>{e(one.title)}</h1><p>{state(one.conclusion or one.status)} {when(one.created_at)}</p>"
    return page(one.title, [(f"/{name}", name)], body + "".join(_job(job) for job in one.jobs))


def _job(job: JobRun) -> str:
    steps = [f"{state(step.conclusion or step.status)} {e(step.name)}" for step in job.steps]
    log = "\n".join(job.log[-MOST_LINES:])
    return (
        f"<h2>{e(job.name)} {state(job.conclusion or job.status)}</h2>{rows(steps, 'Not begun.')}"
        f'<details><summary>Log</summary><pre tabindex="0">{e(log)}</pre></details>'
    )


def packed(content: bytes, path: str) -> tuple[bytes, str] | None:
    """A file inside a ZIP and its type; None where it is not there."""
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        if path not in pack.namelist():
            return None
        return pack.read(path), _kind(path)


def _kind(path: str) -> str:
    """What a browser shows rather than stores, as far as it is text."""
    guessed = mimetypes.guess_type(path)[0] or "text/plain"
    shows = guessed.startswith(("text/html", "text/css", "image/", "font/")) or guessed == "application/pdf"
    return guessed if shows else "text/plain"
