"""Looks whether a site can be put where it is to go, before anything is changed, and says what to do where not.

| module | holds |
|---|---|
| inputs | what has to be there |
| place | checks of the web root, or of the Pages branch |
| address | checks of the address, its certificate, its domain |
| material | checks of the template and the pictures |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from executors.errors import WorldError
from executors.executor import Executor, Facts, Reader
from executors.kinds.preflight import address, material, place
from executors.kinds.preflight.inputs import Inputs
from executors.parts.check import Check, facts
from executors.protocol.operation import Operation
from executors.protocol.plan import Limits
from executors.protocol.site import PagesBranch


def look(inputs: Inputs, step: str, reader: Reader) -> Facts:
    """Make every check; a failure ends the step. Raises WorldError for what asking again may help."""
    return facts(_checks(inputs, reader), step, "preflight")


def propose(inputs: Inputs, step: str, seen: Facts) -> Sequence[Operation]:
    """Propose nothing: it only looks."""
    del inputs, step, seen
    return ()


def _checks(inputs: Inputs, reader: Reader) -> Iterator[Check]:
    if inputs.own_template:
        yield material.own_template(inputs.template, inputs.own_template, reader)
    else:
        yield material.template(inputs.template, inputs.template_digest)
    if inputs.pictures:
        yield material.pictures(inputs.pictures, reader)
    at = inputs.place
    if isinstance(at, PagesBranch):
        yield place.of_branch(at, reader)
    else:
        yield from place.of_root(at, reader)
    if inputs.url is not None:
        builds = isinstance(at, PagesBranch)
        yield from address.of_url(inputs.url, reader, ours=_is_ours(inputs, reader), builds=builds)
    if inputs.domain is not None:
        yield address.registered(inputs.domain, reader)


def _is_ours(inputs: Inputs, reader: Reader) -> bool:
    """Whether the place serves a site of ours; not where it cannot be looked at, which a check of its own says."""
    at = inputs.place
    try:
        if isinstance(at, PagesBranch):
            return reader.branch(at).commit is not None
        return reader.root(at).served() is not None
    except WorldError:
        return False


EXECUTOR = Executor(
    name="preflight",
    summary="Look whether everything is there that the plan needs, before anything is changed",
    inputs=Inputs,
    look=look,
    propose=propose,
    operations=(),
    sample={
        "target": "/srv/www/example",
        "url": None,
        "template": "corporate_site_v1",
        "pictures": [],
    },
    limits=Limits(timeout_seconds=180, retries=2),
)
