"""The last step: asks for everything that the plan promised as visitors do, end to end, and keeps what came back.

| module | holds |
|---|---|
| inputs | what was promised |
| pages | home page, pages, 404, robots and sitemap |
| surroundings | headers, TLS, the redirect to it, the names |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from executors.executor import Executor, Facts, Reader
from executors.kinds.validate import pages, surroundings
from executors.kinds.validate.inputs import Inputs
from executors.parts.check import Check, facts
from executors.protocol.operation import Operation, Scratch
from executors.protocol.plan import Limits, Seen


def look(inputs: Inputs, step: str, reader: Reader) -> Facts:
    """Ask nobody: nothing is promised to be there before the run. Says what will be asked for."""
    del step, reader
    asked = f"every page, robots.txt and sitemap.xml, a page that is not there{_more(inputs)}"
    return Facts(None, (Seen(target=inputs.url, fact="asked-at-the-end", value=asked, holds=False),))


def propose(inputs: Inputs, step: str, seen: Facts) -> Sequence[Operation]:
    """Propose nothing: it only looks."""
    del inputs, step, seen
    return ()


def probe(inputs: Inputs, step: str, reader: Reader) -> Facts:
    """Ask for all of it; a promise that is not kept is a failure."""
    return facts(_checks(inputs, reader), step, "validation")


def _checks(inputs: Inputs, reader: Reader) -> Iterator[Check]:
    base = inputs.base
    if inputs.source is not None:
        yield from pages.of_built(base, reader.files(Scratch(step=inputs.source)), reader)
    else:
        yield from pages.of_served(base, reader)
    yield pages.not_there(base, reader)
    yield surroundings.headers(base, reader)
    yield surroundings.tls(base, reader)
    if (led := surroundings.redirect(base, reader)) is not None:
        yield led
    if inputs.at is not None:
        yield surroundings.names(inputs.at, inputs.records, reader)


def _more(inputs: Inputs) -> str:
    tls = ", the certificate" if inputs.url.startswith("https:") else ""
    names = f", the records of {len(inputs.records)} names" if inputs.records else ""
    return f"{tls}{names}"


EXECUTOR = Executor(
    name="validate",
    summary="Ask for everything that the plan promised, as visitors do, and keep what came back",
    inputs=Inputs,
    look=look,
    propose=propose,
    probe=probe,
    operations=(),
    sample={"url": "https://acme-consulting.example", "source": "website"},
    limits=Limits(timeout_seconds=300, retries=2),
)
