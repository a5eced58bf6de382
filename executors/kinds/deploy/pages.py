"""A branch that GitHub Pages serves: it holds exactly the site, in one commit on what was there before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from executors.executor import Branch, Reader
from executors.kinds.deploy.inputs import Inputs
from executors.parts.git_tree import git_tree
from executors.parts.pages import domain_of, published
from executors.protocol.operation import Operation, Scratch
from executors.protocol.plan import Seen
from executors.protocol.site import PagesBranch, PushPages

NOTHING = "nothing"


@dataclass(frozen=True)
class PagesSight:
    """What the branch is at, and what git would call the site as Pages gets it."""

    at: PagesBranch
    branch: Branch
    wanted: str

    @property
    def seen(self) -> tuple[Seen, ...]:
        """What people are told of it."""
        return (Seen(target=self.at.target, fact="commit", value=self.branch.commit or NOTHING),)


def look(at: PagesBranch, inputs: Inputs, built: Mapping[str, str], reader: Reader) -> PagesSight:
    """Look at the branch, and at the bytes that would go there."""
    source = Scratch(step=inputs.source)
    files = {path: reader.file(source, path) for path in built}
    return PagesSight(at, reader.branch(at), git_tree(published(files, domain_of(inputs.url))))


def propose(inputs: Inputs, sight: PagesSight, tree: str) -> list[Operation]:
    """Propose one commit unless the branch holds just this."""
    if sight.branch.tree == sight.wanted:
        return []
    return [
        PushPages(
            at=sight.at,
            source=Scratch(step=inputs.source),
            tree=tree,
            git_tree=sight.wanted,
            domain=domain_of(inputs.url),
            expected=sight.branch.commit,
        )
    ]
