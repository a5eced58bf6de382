"""A Pages branch through GitHub's git database: one commit holds the whole site, and one move shows it.

Blobs, tree and commit are stored first, and nobody sees them; moving the branch is the one change. PyGithub is
imported when something is done, and none of its objects leaves this module.

Source: https://docs.github.com/en/rest/git/refs
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from executors.errors import WorldError
from executors.executor import Branch
from executors.parts.git_tree import git_tree
from executors.parts.pages import published
from executors.protocol.operation import Scratch
from executors.protocol.site import PagesBranch, PagesOperation, PushPages, ResetPages
from executors.world.github import opened, passes

if TYPE_CHECKING:
    from github.Repository import Repository

_MAKER = "Millwright-Maker: "


@dataclass(frozen=True)
class Pages:
    """Hands for one branch; `token` gives the leg's App token, which may write that repository and no other."""

    at: PagesBranch
    api: str
    token: Callable[[], str]

    def look(self) -> Branch:
        """Return what the branch is at; WorldError where the repository cannot be read."""
        with self._repository("looking") as repository:
            self._refuse_source(repository)
            return _branch(repository, self.at)

    def apply(
        self, operation: PagesOperation, files: Callable[[Scratch], Mapping[str, bytes]], maker: str
    ) -> ResetPages | None:
        """Carry the operation out; returns what takes it back, None where there was nothing to do."""
        match operation:
            case PushPages():
                return self._push(operation, files(operation.source), maker)
            case ResetPages():
                return self._reset(operation)
            case _:
                assert_never(operation)

    def settle(self, operation: PagesOperation, maker: str) -> tuple[bool, ResetPages | None]:
        """Look whether the operation took effect; returns that and what takes it back."""
        with self._repository("settling") as repository:
            now = _branch(repository, self.at)
            match operation:
                case PushPages():
                    done = _is_ours(repository, operation, now, maker)
                    return done, self._back(operation.expected, now.commit) if done else None
                case ResetPages(commit=commit, expected=expected):
                    done = now.commit == commit and commit != expected
                    return done, self._back(expected, commit) if done else None
                case _:
                    assert_never(operation)

    def _push(self, operation: PushPages, files: Mapping[str, bytes], maker: str) -> ResetPages | None:
        wanted = published(files, operation.domain)
        if git_tree(wanted) != operation.git_tree:
            raise WorldError(f"{self.at.target}: the build folder is not the one that was looked at")
        with self._repository("pushing") as repository:
            self._refuse_source(repository)
            now = _branch(repository, self.at)
            if now.commit != operation.expected:
                if _is_ours(repository, operation, now, maker):  # an answer was lost on the way
                    return self._back(operation.expected, now.commit)
                raise self._elsewhere(now.commit, operation.expected)
            if now.tree == operation.git_tree:
                return None
            commit = _commit(repository, wanted, operation, _message(operation, maker))
            _move(repository, self.at, commit, operation.expected)
            return self._back(operation.expected, commit)

    def _reset(self, operation: ResetPages) -> ResetPages | None:
        with self._repository("putting the branch back") as repository:
            now = _branch(repository, self.at).commit
            if now == operation.commit:
                return None
            if now != operation.expected:
                raise self._elsewhere(now, operation.expected)
            _move(repository, self.at, operation.commit, now, force=True)
            return self._back(now, operation.commit)

    def _refuse_source(self, repository: Repository) -> None:
        """Keep off the branch with everybody's own files: the site becomes all that a branch holds."""
        if repository.default_branch == self.at.branch:
            raise WorldError(
                f"{self.at.target}: is the repository's default branch, of which only the site would be left; "
                "name a branch for the site alone in the policy, such as gh-pages, and let Pages serve that"
            )

    def _back(self, commit: str | None, expected: str | None) -> ResetPages:
        return ResetPages(at=self.at, commit=commit, expected=expected)

    def _elsewhere(self, now: str | None, expected: str | None) -> WorldError:
        return WorldError(
            f"{self.at.target}: the branch is at {(now or 'nothing')[:12]} by now, not at "
            f"{(expected or 'nothing')[:12]}; somebody else pushes to it. Look at that, then plan again"
        )

    @contextmanager
    def _repository(self, doing: str) -> Iterator[Repository]:
        """Yield the repository; what GitHub says turns into a WorldError that says what was being done."""
        import github
        import requests

        what = f"{self.at.target}: {doing}"
        try:
            with opened(self.api, self.token()) as hub:
                yield hub.get_repo(self.at.repository)
        except github.GithubException as error:
            told = "; the App needs the permission contents: write there" if error.status in (403, 404) else ""
            raise WorldError(f"{what}: GitHub says {error.status}{told}", again=passes(error.status)) from error
        except requests.RequestException as error:
            raise WorldError(f"{what}: {type(error).__name__}", again=True) from error


def _branch(repository: Repository, at: PagesBranch) -> Branch:
    import github

    try:
        commit = repository.get_git_ref(f"heads/{at.branch}").object.sha
    except github.UnknownObjectException:
        return Branch()
    return Branch(commit, repository.get_git_commit(commit).tree.sha)


def _is_ours(repository: Repository, operation: PushPages, now: Branch, maker: str) -> bool:
    """Whether the branch is at the very commit that this operation makes: tree, parent and words."""
    if now.commit is None or now.tree != operation.git_tree:
        return False
    commit = repository.get_git_commit(now.commit)
    parents = [parent.sha for parent in commit.parents]
    return parents == ([operation.expected] if operation.expected else []) and commit.message == _message(
        operation, maker
    )


def _message(operation: PushPages, maker: str) -> str:
    return f"Deploy the site {operation.tree[:12]}\n\n{_MAKER}{maker}"


def _commit(repository: Repository, wanted: Mapping[str, bytes], operation: PushPages, message: str) -> str:
    """Store blobs, tree and commit, of which nothing points at them yet; returns the commit."""
    from github.InputGitTreeElement import InputGitTreeElement

    elements = []
    for path, data in wanted.items():
        try:  # text goes along with the tree: a request for each file would meet GitHub's secondary limits (T45)
            elements.append(InputGitTreeElement(path, "100644", "blob", content=data.decode("utf-8")))
        except UnicodeDecodeError:
            blob = repository.create_git_blob(b64encode(data).decode(), "base64")
            elements.append(InputGitTreeElement(path, "100644", "blob", sha=blob.sha))
    tree = repository.create_git_tree(elements)
    if tree.sha != operation.git_tree:
        raise WorldError(f"{operation.at.target}: GitHub stored another tree than the one that was sent")
    parents = [repository.get_git_commit(operation.expected)] if operation.expected else []
    return repository.create_git_commit(message, tree, parents).sha


def _move(
    repository: Repository, at: PagesBranch, commit: str | None, now: str | None, *, force: bool = False
) -> None:
    """Make, move or remove the branch."""
    if now is None:
        repository.create_git_ref(f"refs/heads/{at.branch}", str(commit))
        return
    ref = repository.get_git_ref(f"heads/{at.branch}")
    ref.complete()  # GitHub's answer has its own address, `…/git/refs/…`; the one asked for takes no change
    if commit is None:
        ref.delete()
    else:
        ref.edit(commit, force)
