"""A web root, here or on another machine: stored whole, switched atomically, old releases put aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from executors.executor import Reader
from executors.kinds.deploy.inputs import Inputs
from executors.protocol.operation import Operation, Scratch, StoreRelease, SwitchRelease
from executors.protocol.plan import Seen
from executors.protocol.site import RetireRelease, SshRoot, WebRoot

NOTHING = "nothing"


@dataclass(frozen=True)
class RootSight:
    """What there is in a web root; `stored` is the oldest first, `retired` maps what was put aside to why."""

    at: WebRoot | SshRoot
    stored: Mapping[str, str]
    served: str | None
    retired: Mapping[str, str]

    @property
    def seen(self) -> tuple[Seen, ...]:
        """What people are told of it."""
        return (Seen(target=self.at.target, fact="serves", value=self.served or NOTHING),)


def release_id(tree: str) -> str:
    """Return the id of the release that holds this tree: equal trees are one release."""
    return f"r-{tree[:20]}"


def look(at: WebRoot | SshRoot, reader: Reader) -> RootSight:
    """Look at what is stored, served and put aside."""
    root = reader.root(at)
    return RootSight(at, dict(root.releases()), root.served(), dict(root.retired()))


def propose(inputs: Inputs, sight: RootSight, tree: str) -> list[Operation]:
    """Propose to store the release unless it is there, to serve it, and to put aside the oldest beyond `keep`.

    What is put aside is never the release that is served before: taking back needs it where it is.
    """
    release, operations = release_id(tree), list[Operation]()
    if sight.stored.get(release) != tree:
        source = Scratch(step=inputs.source)
        operations.append(StoreRelease(at=sight.at, source=source, release=release, tree=tree))
    if sight.served != release:
        operations.append(SwitchRelease(at=sight.at, release=release, expected=sight.served))
    others = [one for one in sight.stored if one not in (release, sight.served)]
    stays = inputs.keep - len({release, sight.served} - {None})
    old = others[: max(0, len(others) - stays)]
    gone = tuple(sorted(one for one, newer in sight.retired.items() if newer != release)) if old else ()
    for number, one in enumerate(old):
        drops = gone if number == 0 else ()
        operations.append(RetireRelease(at=sight.at, release=one, newer=release, drops=drops))
    return operations
