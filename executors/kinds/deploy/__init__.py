"""Puts a built site on the air: in a web root here or over SSH, or on a Pages branch; then asks its address."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from executors.errors import WorldError
from executors.executor import Executor, Facts, Reader
from executors.kinds.deploy import pages, roots
from executors.kinds.deploy.health import INDEX, finding, health
from executors.kinds.deploy.inputs import Inputs
from executors.kinds.deploy.pages import PagesSight
from executors.kinds.deploy.roots import RootSight, release_id
from executors.parts.tree import tree_digest
from executors.protocol.finding import Finding
from executors.protocol.operation import Operation, Scratch
from executors.protocol.plan import Seen
from executors.protocol.site import PagesBranch

__all__ = ["EXECUTOR", "Inputs", "look", "propose", "release_id", "verify"]

NOTHING = "nothing"
NO_ANSWER = "no answer"


@dataclass(frozen=True)
class _Sight:
    """What deploy looked at: the built tree, and the place."""

    tree: str | None
    index: str | None
    place: RootSight | PagesSight


def look(inputs: Inputs, step: str, reader: Reader) -> Facts:
    """Look at the build folder, at what the place holds and serves, and what the URL answers."""
    del step
    sight = _sight(inputs, reader)
    built = Scratch(step=inputs.source).target
    seen = [Seen(target=built, fact="tree", value=sight.tree or NOTHING), *sight.place.seen]
    if inputs.url is not None:
        seen.append(Seen(target=inputs.url, fact="answers", value=_answers(inputs.url, reader)))
    return Facts(sight, tuple(seen))


def propose(inputs: Inputs, step: str, facts: Facts) -> Sequence[Operation]:
    """Propose what brings the site there, nothing where it is.

    Raises WorldError where there is no site to deploy.
    """
    sight: _Sight = facts.data
    if sight.tree is None or sight.index is None:
        raise WorldError(f"{step}: the step {inputs.source} built no site with an {INDEX}")
    if isinstance(sight.place, PagesSight):
        return pages.propose(inputs, sight.place, sight.tree)
    return roots.propose(inputs, sight.place, sight.tree)


def verify(inputs: Inputs, step: str, reader: Reader) -> list[Finding]:
    """Ask the URL for the site, several times if need be, and compare what comes with what was built."""
    if inputs.url is None:
        return [finding("notice", "not-asked", "no URL was given, so nobody asked for the site", step)]
    index = reader.files(Scratch(step=inputs.source)).get(INDEX)
    return list(health(inputs.url, index, inputs.place.kind, step, reader))


def _sight(inputs: Inputs, reader: Reader) -> _Sight:
    files, at = reader.files(Scratch(step=inputs.source)), inputs.place
    place = pages.look(at, inputs, files, reader) if isinstance(at, PagesBranch) else roots.look(at, reader)
    return _Sight(tree_digest(files) if files else None, files.get(INDEX), place)


def _answers(url: str, reader: Reader) -> str:
    """Return status and digest of the body, or that nobody answers: before the first release that is normal."""
    try:
        answer = reader.get(url)
    except WorldError as error:
        if not error.again:
            raise
        return NO_ANSWER
    return f"{answer.status} sha256:{hashlib.sha256(answer.body).hexdigest()}"


EXECUTOR = Executor(
    name="deploy",
    summary="Store the built site where it is served, serve it, and ask its URL for it",
    inputs=Inputs,
    look=look,
    propose=propose,
    verify=verify,
    operations=("store_release", "switch_release", "retire_release", "push_pages"),
    sample={"source": "website", "target": "/srv/www/example", "url": None, "keep": 5},
)
