"""Content of the product repository comes by commit and path and is checked against its digest."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys

import pytest

from executors.errors import WorldError
from executors.protocol.spec import ContentSource
from executors.world.github import Content
from tests.executors.legs import answering

COMMIT = "d" * 40
DATA = b"\x89PNG\r\n\x1a\nnot really"
DIGEST = hashlib.sha256(DATA).hexdigest()
BLOB = "e" * 40


def github(seen=None, data=DATA, inline=True, status=200):
    """The contents and blobs API for one file, in GitHub's shapes."""

    def reply(_method, path, headers, _body):
        if seen is not None:
            seen.append((path, headers.get("authorization")))
        if status != 200:
            return status, {"Content-Type": "application/json"}, b'{"message": "no"}'
        encoded = base64.b64encode(data).decode()
        if "/git/blobs/" in path:
            body = {"sha": BLOB, "size": len(data), "content": encoded, "encoding": "base64", "url": path}
        else:
            body = {"type": "file", "name": "logo.png", "path": "img/logo.png", "sha": BLOB, "size": len(data)}
            body |= {"content": encoded, "encoding": "base64"} if inline else {"content": "", "encoding": "none"}
        return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()

    return answering(reply)


def content(url: str) -> Content:
    return Content(ContentSource(repository="acme/product", commit=COMMIT), url.rstrip("/"), lambda: "app-token")


def test_a_file_is_read_at_its_commit_with_the_app_token():
    seen = []
    with github(seen) as url:
        assert content(url).read("img/logo.png", DIGEST) == DATA
    assert seen == [(f"/repos/acme/product/contents/img/logo.png?ref={COMMIT}", "token app-token")]


def test_a_file_over_one_megabyte_is_read_through_its_blob():
    with github(inline=False) as url:
        assert content(url).read("img/logo.png", DIGEST) == DATA


def test_a_file_with_another_digest_is_refused():
    with github(data=b"swapped") as url, pytest.raises(WorldError, match="not the approved"):
        content(url).read("img/logo.png", DIGEST)


@pytest.mark.parametrize(("status", "again"), [(404, False), (401, False), (403, True), (429, True), (502, True)])
def test_what_github_says_decides_whether_to_try_again(status, again):
    with github(status=status) as url, pytest.raises(WorldError) as caught:
        content(url).read("img/logo.png", DIGEST)
    assert caught.value.again is again


@pytest.mark.parametrize("path", ["../x.png", "/etc/passwd", "a/../../b.png"])
def test_a_path_that_leads_outside_is_not_asked_for(path):
    seen = []
    with github(seen) as url, pytest.raises(WorldError):
        content(url).read(path, DIGEST)
    assert seen == []


def test_pygithub_is_not_imported_before_something_is_read():
    script = "import sys; import executors.world.world, executors.runner.job; sys.exit('github' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
