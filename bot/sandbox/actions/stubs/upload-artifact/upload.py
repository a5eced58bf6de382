"""Zip what `path` names by the rules of actions/upload-artifact v4 and hand it to the sandbox GitHub.

Source: https://github.com/actions/upload-artifact#inputs
"""

import glob
import io
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

FORBIDDEN = '":<>|*?\r\n\\/'


def beneath(found: Path, hidden: bool) -> Iterator[Path]:
    """Yield the files at or under a path; dotfiles and dot-folders only where `hidden` says so."""
    if not hidden and found.name.startswith("."):
        return
    if found.is_dir():
        for child in sorted(found.iterdir()):
            yield from beneath(child, hidden)
    elif found.is_file():
        yield found


def expand(pattern: str, *, hidden: bool) -> set[Path]:
    """Return the files that one line of `path` names, absolute."""
    whole = os.path.abspath(os.path.expanduser(pattern))  # noqa: PTH100, PTH111  keeps glob characters
    matches = glob.glob(whole, recursive=True, include_hidden=hidden)  # noqa: PTH207  needs include_hidden
    return {file for match in matches for file in beneath(Path(match), hidden)}


def root_of(pattern: str) -> Path:
    """Return where a pattern starts to search: its part before the first glob character."""
    plain = Path(os.path.abspath(os.path.expanduser(pattern)))  # noqa: PTH100, PTH111
    while glob.has_magic(str(plain)):
        plain = plain.parent
    return plain if plain.is_dir() else plain.parent


def collect(paths: str, hidden: bool) -> dict[str, Path]:
    """Return name inside the ZIP → file, for the lines of `path`."""
    lines = [line.strip() for line in paths.splitlines() if line.strip()]
    wanted = [line for line in lines if not line.startswith("!")]
    files = {file for line in wanted for file in expand(line, hidden=hidden)}
    for line in lines:
        if line.startswith("!"):
            files -= expand(line[1:].strip(), hidden=True)
    if not files:
        return {}
    root = Path(os.path.commonpath([root_of(line) for line in wanted]))
    return {file.relative_to(root).as_posix(): file for file in sorted(files)}


def zipped(files: Mapping[str, Path], level: int) -> bytes:
    """Return a ZIP of the files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, file in files.items():
            archive.write(file, name)
    return buffer.getvalue()


def send(environ: Mapping[str, str], name: str, body: bytes) -> dict[str, str]:
    """Upload the ZIP; returns the answer's id, url and digest; raises urllib.error.HTTPError."""
    query = urllib.parse.urlencode(
        {
            "name": name,
            "retention_days": environ.get("INPUT_RETENTION_DAYS") or "0",
            "overwrite": environ.get("INPUT_OVERWRITE") or "false",
        }
    )
    request = urllib.request.Request(  # noqa: S310  the sandbox's own address
        f"{environ['ACTIONS_RESULTS_URL']}?{query}",
        data=body,
        headers={"Authorization": f"Bearer {environ['ACTIONS_RUNTIME_TOKEN']}", "Content-Type": "application/zip"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as answer:
        loaded: dict[str, str] = json.load(answer)
        return loaded


def say(text: str) -> None:
    """Print one line to the job's log."""
    sys.stdout.write(text + "\n")


def main(environ: Mapping[str, str]) -> int:
    """Return the step's exit code after uploading what the inputs ask for."""
    name, path = environ.get("INPUT_NAME") or "artifact", environ.get("INPUT_PATH", "")
    if any(character in FORBIDDEN for character in name):
        say(f"::error::The artifact name is not valid: {name}")
        return 1
    files = collect(path, environ.get("INPUT_INCLUDE_HIDDEN_FILES", "").lower() == "true")
    if not files:
        behaviour = environ.get("INPUT_IF_NO_FILES_FOUND") or "warn"
        mark = {"warn": "::warning::", "error": "::error::"}.get(behaviour, "")
        say(f"{mark}No files were found with the provided path: {path}. No artifacts will be uploaded.")
        return 1 if behaviour == "error" else 0
    body = zipped(files, int(environ.get("INPUT_COMPRESSION_LEVEL") or 6))
    try:
        answer = send(environ, name, body)
    except urllib.error.HTTPError as error:
        say(f"::error::Failed to CreateArtifact: {error.read().decode(errors='replace')}")
        return 1
    say(f"Artifact {name} has been successfully uploaded! {len(files)} files, {len(body)} bytes")
    with Path(environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as outputs:
        outputs.write(f"artifact-id={answer['id']}\nartifact-url={answer['url']}\n")
        outputs.write(f"artifact-digest={answer['digest']}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(os.environ))
