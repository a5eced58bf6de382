"""Fetch one artifact of this run from the sandbox GitHub by the rules of actions/download-artifact v8.

Source: https://github.com/actions/download-artifact#inputs
"""

import hashlib
import io
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Mapping
from pathlib import Path


def fetch(environ: Mapping[str, str], name: str) -> tuple[bytes, str]:
    """Return the ZIP and the digest that the sandbox keeps of it; raises urllib.error.HTTPError."""
    query = urllib.parse.urlencode({"name": name})
    request = urllib.request.Request(  # noqa: S310  the sandbox's own address
        f"{environ['ACTIONS_RESULTS_URL']}?{query}",
        headers={"Authorization": f"Bearer {environ['ACTIONS_RUNTIME_TOKEN']}"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as answer:
        return answer.read(), answer.headers["X-Artifact-Digest"]


def say(text: str) -> None:
    """Print one line to the job's log."""
    sys.stdout.write(text + "\n")


def main(environ: Mapping[str, str]) -> int:
    """Return the step's exit code after putting the artifact where the inputs ask for it."""
    name, place = environ["INPUT_NAME"], Path(environ.get("INPUT_PATH") or ".").expanduser()
    try:
        content, digest = fetch(environ, name)
    except urllib.error.HTTPError as error:
        say(f"::error::Unable to download artifact(s): Artifact not found for name: {name} ({error.code})")
        return 1
    place.mkdir(parents=True, exist_ok=True)
    if environ.get("INPUT_SKIP_DECOMPRESS", "").lower() == "true":
        (place / f"{name}.zip").write_bytes(content)
    else:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(place)
    if hashlib.sha256(content).hexdigest() != digest and environ.get("INPUT_DIGEST_MISMATCH") != "ignore":
        say(f"::error::Unable to download artifact(s): Digest validation failed for artifact(s): {name}.")
        return 1
    say(f"Total of 1 artifact(s) downloaded ({len(content)} bytes)")
    return 0


if __name__ == "__main__":
    sys.exit(main(os.environ))
