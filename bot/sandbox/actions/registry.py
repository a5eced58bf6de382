"""Know the workflow files of repositories by number, name and path, and the refs they can be started on."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.actions import workflows
from bot.sandbox.actions.workflows import Workflow, WorkflowError
from bot.sandbox.answers import Refusal, not_found
from bot.sandbox.git import Git
from bot.sandbox.state import Repository, World

FOLDER = ".github/workflows/"


@dataclass
class Registry:
    """The workflows of all repositories; a number stays with its path."""

    world: World
    git: Callable[[Repository], Git]
    _numbers: dict[tuple[int, str], int] = field(default_factory=dict)

    async def path_of(self, repository: Repository, file: str) -> str:
        """The path of a workflow named by file or number; 404 when the default branch has none of it."""
        for (owner, path), number in self._numbers.items():
            if owner == repository.id and file == str(number):
                return path
        path = file if file.startswith(FOLDER) else FOLDER + file
        git = self.git(repository)
        if await git.read_file(repository.default_branch, path) is None:
            raise not_found()
        return path

    async def known(self, repository: Repository) -> list[tuple[int, Workflow]]:
        """The workflows on the default branch that can be dispatched, with their numbers."""
        git = self.git(repository)
        if (sha := await git.sha(repository.default_branch)) is None:
            return []
        found: list[tuple[int, Workflow]] = []
        for entry in await git.tree(sha, is_recursive=True):
            if entry.path.startswith(FOLDER) and entry.path.endswith((".yml", ".yaml")):
                text = (await git.read_blob(entry.sha)).decode(errors="replace")
                try:
                    found.append((self.number_of(repository, entry.path), workflows.read(entry.path, text)))
                except WorkflowError:
                    continue  # started by other events than ours
        return found

    def number_of(self, repository: Repository, path: str) -> int:
        """The workflow's number, the same for as long as the path stays."""
        key = (repository.id, path)
        if key not in self._numbers:
            self._numbers[key] = self.world.next_id()
        return self._numbers[key]

    async def resolved(self, repository: Repository, ref: str) -> tuple[str, str]:
        """The full name of a branch or tag and its commit; 422 where there is none."""
        git = self.git(repository)
        for full in [ref] if ref.startswith("refs/") else [f"refs/heads/{ref}", f"refs/tags/{ref}"]:
            if full.startswith(("refs/heads/", "refs/tags/")) and (sha := await git.sha(full)):
                return full, sha
        raise Refusal(422, f"No ref found for: {ref}")
