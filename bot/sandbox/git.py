"""Real bare git repositories, driven by the git binary without blocking: objects, refs, trees and check-outs."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.seed import copy, plant

ZERO = "0" * 40
FORM = "%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


class GitFailed(Exception):
    """git exited with an error; the message is what it wrote."""


@dataclass(frozen=True, slots=True)
class Person:
    """An author or committer; `date` in ISO 8601."""

    name: str
    email: str
    date: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a tree; `size` only of blobs."""

    mode: str
    type: str
    sha: str
    size: int | None
    path: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit as it stands in the object store."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables under which git runs: nothing of the caller's configuration reaches it."""
    own = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    return {"PATH": os.environ.get("PATH", os.defpath), **own, **(extra or {})}


@dataclass(frozen=True, slots=True)
class Git:
    """One bare repository at `path`."""

    path: Path

    def create(self, branch: str, files: Mapping[str, bytes], by: Person) -> str | None:
        """Make it with a first commit of `files`; returns its sha. `by.date` is Unix seconds. Blocks."""
        plant(self.path, branch, files, f"{by.name} <{by.email}> {by.date} +0000", environment())
        return (self.path / "refs" / "heads" / branch).read_text().strip() if files else None

    def copy_from(self, other: Git) -> None:
        """Take over all branches and tags of another repository. Blocks: for set-up."""
        copy(other.path, self.path, environment())

    async def run(self, *arguments: str, stdin: bytes = b"", extra: Mapping[str, str] | None = None) -> bytes:
        """Standard output of `git <arguments>`; GitFailed with its standard error."""
        process = await asyncio.create_subprocess_exec(
            "git", "-C", str(self.path), *arguments, env=environment(extra),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate(stdin)
        if process.returncode:
            raise GitFailed(err.decode(errors="replace").strip())
        return out

    async def text(self, *arguments: str, stdin: bytes = b"", extra: Mapping[str, str] | None = None) -> str:
        """The same, decoded and stripped."""
        return (await self.run(*arguments, stdin=stdin, extra=extra)).decode(errors="replace").strip()

    async def sha(self, ref: str) -> str | None:
        """The commit a branch, tag, full ref or sha stands for, or None."""
        for name in (ref, f"refs/heads/{ref}", f"refs/tags/{ref}"):
            if name == ref and not (ref.startswith("refs/") or _is_sha(ref)):
                continue
            try:
                return await self.text("rev-parse", "--verify", "-q", "--end-of-options", f"{name}^{{commit}}")
            except GitFailed:
                continue
        return None

    async def kind(self, sha: str) -> str | None:
        """blob, tree, commit or tag; None when there is no such object."""
        try:
            return await self.text("cat-file", "-t", sha) if _is_sha(sha) else None
        except GitFailed:
            return None

    async def read_blob(self, sha: str) -> bytes:
        """The bytes of a blob."""
        return await self.run("cat-file", "blob", sha)

    async def entry(self, commit: str, path: str) -> Entry | None:
        """What stands at `path` in a commit; the empty path is its root tree."""
        if not path:
            return Entry("040000", "tree", await self.text("rev-parse", f"{commit}^{{tree}}"), None, "")
        found = await self._listing(commit, "--", path)
        return found[0] if found else None

    async def read_file(self, ref: str, path: str) -> bytes | None:
        """The bytes of a file at a ref, or None when ref, path or file is not there."""
        commit = await self.sha(ref)
        found = await self.entry(commit, path) if commit else None
        return await self.read_blob(found.sha) if found and found.type == "blob" else None

    async def tree(self, treeish: str, is_recursive: bool = False) -> list[Entry]:
        """The entries of a tree; with `is_recursive` those of all below it, trees included."""
        return await self._listing(*(["-r", "-t"] if is_recursive else []), treeish)

    async def _listing(self, *arguments: str) -> list[Entry]:
        out = await self.run("ls-tree", "-z", "-l", *arguments)
        entries = []
        for line in filter(None, out.decode(errors="surrogateescape").split("\0")):
            head, path = line.split("\t", 1)
            mode, kind, sha, size = head.split()
            entries.append(Entry(mode, kind, sha, None if size == "-" else int(size), path))
        return entries

    async def create_blob(self, content: bytes) -> str:
        """Store bytes; returns the blob's sha."""
        return await self.text("hash-object", "-w", "--stdin", stdin=content)

    async def create_tree(self, base: str | None, changes: Sequence[tuple[str, str, str | None]]) -> str:
        """A tree that is `base` with (path, mode, sha) applied, sha None removing the path; returns its sha."""
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            await self.run("read-tree", *([base] if base else ["--empty"]), extra=index)
            lines = [f"{'0' if sha is None else mode} {sha or ZERO}\t{path}\0" for path, mode, sha in changes]
            await self.run("update-index", "-z", "--index-info", stdin="".join(lines).encode(), extra=index)
            return await self.text("write-tree", extra=index)

    async def create_commit(
        self, tree: str, parents: Sequence[str], message: str, author: Person, committer: Person
    ) -> str:
        """Store a commit; returns its sha."""
        people = {
            "GIT_AUTHOR_NAME": author.name, "GIT_AUTHOR_EMAIL": author.email, "GIT_AUTHOR_DATE": author.date,
            "GIT_COMMITTER_NAME": committer.name, "GIT_COMMITTER_EMAIL": committer.email,
            "GIT_COMMITTER_DATE": committer.date,
        }  # fmt: skip
        flags = [word for parent in parents for word in ("-p", parent)]
        return await self.text("commit-tree", tree, *flags, "-F", "-", stdin=message.encode(), extra=people)

    async def commit(self, sha: str) -> Commit:
        """A commit read back."""
        return (await self.log("--max-count=1", sha))[0]

    async def log(self, *revisions: str) -> list[Commit]:
        """The commits of a revision range, newest first."""
        out = await self.run("log", "-z", f"--format=tformat:{FORM}", *revisions)
        fields = out.decode(errors="replace").split("\0")
        return [_commit(fields[start : start + 10]) for start in range(0, len(fields) - 1, 10)]

    async def refs(self, prefix: str = "refs/") -> dict[str, str]:
        """Full ref names and the objects they point to."""
        out = await self.text("for-each-ref", "--format=%(refname) %(objectname)", prefix)
        return dict(tuple(line.split(" ", 1)) for line in out.splitlines())  # type: ignore[misc]

    async def create_ref(self, ref: str, sha: str) -> None:
        """Make a ref; GitFailed when it is there already or is no good name."""
        await self.run("update-ref", ref, sha, ZERO)

    async def update_ref(self, ref: str, sha: str, before: str | None = None) -> None:
        """Move (or make) a ref; with `before`, only if it stands there now."""
        await self.run("update-ref", ref, sha, *([before] if before else []))

    async def delete_ref(self, ref: str) -> None:
        """Remove a ref."""
        await self.run("update-ref", "-d", ref)

    async def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether `newer` contains `older`: a fast-forward."""
        try:
            await self.run("merge-base", "--is-ancestor", older, newer)
        except GitFailed:
            return False
        return True

    async def checkout(self, ref: str, folder: Path) -> str:
        """A working tree of a ref with a `.git` of its own in `folder` (made anew); returns the commit's sha."""
        commit = await self.sha(ref)
        if commit is None:
            raise GitFailed(f"no such ref: {ref}")
        await self.run("clone", "-q", "--no-checkout", str(self.path), str(folder))
        await Git(folder).run("checkout", "-q", "--detach", commit)
        return commit


def _commit(fields: Sequence[str]) -> Commit:
    author, committer = Person(*fields[3:6]), Person(*fields[6:9])
    return Commit(fields[0], fields[1], tuple(fields[2].split()), author, committer, fields[9].rstrip("\n"))


def _is_sha(text: str) -> bool:
    return len(text) == 40 and all(c in "0123456789abcdef" for c in text)
