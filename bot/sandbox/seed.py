"""Bare repositories made at once, with a first commit or as a copy; these calls block: they are for set-up."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

SETTINGS = {"http.receivepack": "true", "uploadpack.allowAnySHA1InWant": "true", "gc.auto": "0"}
# A pushing App needs `workflows: write` to change workflow files; git_http sets the variable when it has it not.
PRE_RECEIVE = """#!/bin/sh
test -n "$SANDBOX_WITHOUT_WORKFLOWS" || exit 0
is_zero() { case "$1" in *[!0]*) return 1 ;; esac; }
while read -r before after ref; do
    is_zero "$after" && continue
    is_zero "$before" && before=$(git merge-base HEAD "$after" || git hash-object -t tree /dev/null)
    path=$(git diff --name-only "$before" "$after" -- .github/workflows | head -n 1)
    test -z "$path" && continue
    printf 'refusing to allow a GitHub App to create or update workflow `%s` ' "$path"
    echo 'without `workflows` permission'
    exit 1
done
"""


def plant(path: Path, branch: str, files: Mapping[str, bytes], who: str, variables: Mapping[str, str]) -> None:
    """Make a bare repository with a first commit of `files` (none if empty) by `who`, git's committer line."""
    subprocess.run(
        ["git", "init", "-q", "--bare", f"--initial-branch={branch}", str(path)], env=variables, check=True
    )
    hook = path / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(PRE_RECEIVE)
    hook.chmod(0o755)
    with (path / "config").open("a") as config:
        for name, value in SETTINGS.items():
            section, key = name.split(".")
            config.write(f"[{section}]\n\t{key} = {value}\n")
    if files:
        importing = ["git", "-C", str(path), "fast-import", "--quiet"]
        subprocess.run(importing, input=_import_stream(branch, files, who), env=variables, check=True)


def copy(source: Path, target: Path, variables: Mapping[str, str]) -> None:
    """Take over all branches and tags of another repository."""
    everything = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
    subprocess.run(["git", "-C", str(target), "fetch", "-q", str(source), *everything], env=variables, check=True)


def _import_stream(branch: str, files: Mapping[str, bytes], who: str) -> bytes:
    message = b"Initial commit"
    start = b"commit refs/heads/%s\ncommitter %s\ndata %d\n%s\n"
    out = [start % (branch.encode(), who.encode(), len(message), message)]
    for path, content in files.items():
        out.append(b'M 100644 inline "%s"\ndata %d\n%s\n' % (path.encode(), len(content), content))
    return b"".join(out)
