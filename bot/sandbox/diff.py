"""What differs between two commits: files with counts and patches, commits, and whether a merge is clean."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.sandbox.git import EMPTY_TREE, Commit, Git, GitFailed

STATUS = {"A": "added", "M": "modified", "D": "removed", "R": "renamed", "C": "copied", "T": "changed"}


@dataclass(frozen=True, slots=True)
class FileChange:
    """One changed file in the terms of GitHub's `diff-entry`; `patch` is None for binary files and renames."""

    path: str
    previous_path: str | None
    status: str
    sha: str
    additions: int
    deletions: int
    patch: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Head against base: from their merge base on, as pull requests show it."""

    merge_base: str | None
    ahead_by: int
    behind_by: int
    commits: tuple[Commit, ...]
    files: tuple[FileChange, ...]
    is_mergeable: bool


async def compare(git: Git, base: str, head: str) -> Comparison:
    """All of it; both commits must be in the repository."""
    merge_base = await common_ancestor(git, base, head)
    behind, ahead = (await git.text("rev-list", "--left-right", "--count", f"{base}...{head}")).split()
    commits = await git.log("--reverse", f"{base}..{head}")
    files = await changed_files(git, merge_base or EMPTY_TREE, head)
    return Comparison(
        merge_base,
        int(ahead),
        int(behind),
        tuple(commits),
        tuple(files),
        await merged_tree(git, base, head) is not None,
    )


async def common_ancestor(git: Git, base: str, head: str) -> str | None:
    """The merge base, or None for unrelated histories."""
    try:
        return await git.text("merge-base", base, head)
    except GitFailed:
        return None


async def merged_tree(git: Git, base: str, head: str) -> str | None:
    """The tree of merging head into base, or None where they conflict."""
    try:
        return (await git.text("merge-tree", "--write-tree", base, head)).splitlines()[0]
    except GitFailed:
        return None


async def changed_files(git: Git, old: str, new: str) -> list[FileChange]:
    """The files that differ between two trees or commits, renames followed."""
    raw = (await git.run("diff", "-M", "--raw", "-z", "--no-abbrev", old, new)).decode(errors="surrogateescape")
    counts = _counts((await git.run("diff", "-M", "--numstat", "-z", old, new)).decode(errors="surrogateescape"))
    patches = _patches((await git.run("diff", "-M", "--no-color", old, new)).decode(errors="replace"))
    fields, changes = iter(filter(None, raw.split("\0"))), []
    for number, head in enumerate(fields):
        _, _, old_sha, new_sha, letter = head.split(" ")
        before = next(fields)
        path = next(fields) if letter[0] in "RC" else before
        added, deleted = counts.get(path, (0, 0))
        patch = patches[number] if number < len(patches) else None
        changes.append(
            FileChange(
                path, before if path != before else None, STATUS[letter[0]],
                old_sha if letter[0] == "D" else new_sha, added, deleted, patch,
            )
        )  # fmt: skip
    return changes


async def changed_paths(git: Git, old: str, new: str) -> list[tuple[str, str]]:
    """Letter (A, M, D, T) and path of each file that differs, renames as removal and addition."""
    fields = (
        (await git.run("diff", "--no-renames", "--name-status", "-z", old, new))
        .decode(errors="replace")
        .split("\0")
    )
    return list(zip(fields[0:-1:2], fields[1::2], strict=False))


def _counts(text: str) -> dict[str, tuple[int, int]]:
    """`git diff --numstat -z`: a rename has an empty path and then both names."""
    counts, fields = {}, iter(text.split("\0"))
    for line in fields:
        if not line:
            continue
        added, deleted, path = line.split("\t")
        if not path:
            next(fields)
            path = next(fields)
        counts[path] = (0, 0) if added == "-" else (int(added), int(deleted))
    return counts


def _patches(text: str) -> list[str | None]:
    """The hunks of each file, in the order of `git diff`."""
    patches: list[str | None] = []
    for part in re.split(r"(?m)^diff --git .*\n", text)[1:]:
        start = re.search(r"(?m)^@@ ", part)
        patches.append(part[start.start() :].rstrip("\n") if start else None)
    return patches
