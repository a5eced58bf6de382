"""Puts a built site on the air in a local web root: stored whole, switched atomically, the release before kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from executors.errors import WorldError
from executors.executor import Answer, Executor, Facts, Reader
from executors.parts.tree import tree_digest
from executors.protocol.finding import Finding
from executors.protocol.operation import Operation, Scratch, StoreRelease, SwitchRelease, WebRoot
from executors.protocol.plan import Seen
from executors.protocol.wire import Slug

INDEX = "index.html"
NOTHING = "nothing"
NO_ANSWER = "no answer"
_HERE = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/|$)")
_SECURITY_HEADERS = ("content-security-policy", "x-content-type-options", "referrer-policy")


class Inputs(BaseModel):
    """Where the site comes from and where it goes."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    source: Annotated[Slug, Field(description="the step whose build folder is the site")]
    target: Annotated[str, Field(min_length=2, max_length=400, pattern=r"^/", description="the web root's path")]
    url: Annotated[str | None, Field(max_length=400, pattern=r"^https?://", description="asked for the site")] = (
        None
    )
    keep: Annotated[int, Field(ge=1, le=100, description="more releases than this are pointed out")] = 5


@dataclass(frozen=True)
class _Sight:
    """What deploy looked at."""

    tree: str | None
    index: str | None
    stored: dict[str, str]
    served: str | None


def release_id(tree: str) -> str:
    """Return the id of the release that holds this tree: equal trees are one release."""
    return f"r-{tree[:20]}"


def look(inputs: Inputs, step: str, reader: Reader) -> Facts:
    """Look at the build folder, the releases, what is served, and what the URL answers."""
    del step
    sight = _sight(inputs, reader)
    built, root = Scratch(step=inputs.source).target, WebRoot(path=inputs.target).target
    seen = [
        Seen(target=built, fact="tree", value=sight.tree or NOTHING),
        Seen(target=root, fact="serves", value=sight.served or NOTHING),
    ]
    if inputs.url is not None:
        seen.append(Seen(target=inputs.url, fact="answers", value=_answers(inputs.url, reader)))
    return Facts(sight, tuple(seen))


def propose(inputs: Inputs, step: str, facts: Facts) -> Sequence[Operation]:
    """Propose to store the release unless it is there, and to switch unless it is served.

    Raises WorldError where there is no site to deploy.
    """
    sight: _Sight = facts.data
    if sight.tree is None or sight.index is None:
        raise WorldError(f"{step}: the step {inputs.source} built no site with an {INDEX}")
    release, at = release_id(sight.tree), WebRoot(path=inputs.target)
    operations: list[Operation] = []
    if sight.stored.get(release) != sight.tree:
        source = Scratch(step=inputs.source)
        operations.append(StoreRelease(at=at, source=source, release=release, tree=sight.tree))
    if sight.served != release:
        operations.append(SwitchRelease(at=at, release=release, expected=sight.served))
    return operations


def verify(inputs: Inputs, step: str, reader: Reader) -> list[Finding]:
    """Ask the URL for the site and compare what comes with what was built; say what a browser would miss.

    Raises WorldError where the URL does not answer.
    """
    sight = _sight(inputs, reader)
    findings = list(_kept(inputs, step, sight))
    if inputs.url is None:
        return [*findings, _finding("notice", "not-asked", "no URL was given, so nobody asked for the site", step)]
    answer = reader.get(inputs.url)
    wrong = _wrong(inputs.url, answer, sight)
    if wrong:
        return [*findings, _finding("failure", "health", wrong, step)]
    return [*findings, *_security(inputs.url, answer, step)]


def _sight(inputs: Inputs, reader: Reader) -> _Sight:
    files = reader.files(Scratch(step=inputs.source))
    root = WebRoot(path=inputs.target)
    return _Sight(
        tree=tree_digest(files) if files else None,
        index=files.get(INDEX),
        stored=dict(reader.releases(root)),
        served=reader.served(root),
    )


def _answers(url: str, reader: Reader) -> str:
    """Return status and digest of the body, or that nobody answers: before the first release that is normal."""
    try:
        answer = reader.get(url)
    except WorldError as error:
        if not error.again:
            raise
        return NO_ANSWER
    return f"{answer.status} sha256:{hashlib.sha256(answer.body).hexdigest()}"


def _wrong(url: str, answer: Answer, sight: _Sight) -> str | None:
    """Return what is wrong with the answer, None where it is the built page."""
    if answer.status != 200:
        return f"{url} answers {answer.status} instead of 200"
    if hashlib.sha256(answer.body).hexdigest() != sight.index:
        return f"{url} answers with another page than the {INDEX} that was built"
    return None


def _security(url: str, answer: Answer, step: str) -> Iterator[Finding]:
    """Yield what the server leaves out that protects visitors; the page carries its own policy as well."""
    if missing := [name for name in _SECURITY_HEADERS if name not in answer.headers]:
        yield _finding("notice", "headers", f"the server sends no {', '.join(missing)} with {url}", step)
    if url.startswith("http:") and not _HERE.match(url):
        yield _finding(
            "warning", "no-tls", f"{url} is asked for without TLS; anybody on the way can change it", step
        )
    if url.startswith("https:") and "strict-transport-security" not in answer.headers:
        yield _finding("notice", "no-hsts", f"the server sends no strict-transport-security with {url}", step)


def _kept(inputs: Inputs, step: str, sight: _Sight) -> Iterator[Finding]:
    """Yield a word where old releases pile up; they are not removed, since that could not be taken back."""
    if len(sight.stored) > inputs.keep:
        text = (
            f"{inputs.target} keeps {len(sight.stored)} releases, more than {inputs.keep}; remove old ones by hand"
        )
        yield _finding("notice", "old-releases", text, step)


def _finding(level: str, code: str, message: str, step: str) -> Finding:
    return Finding.model_validate({"level": level, "code": code, "message": message, "step": step})


EXECUTOR = Executor(
    name="deploy",
    summary="Store the built site as a release of a local web root, serve it, and ask its URL for it",
    inputs=Inputs,
    look=look,
    propose=propose,
    verify=verify,
    operations=("store_release", "switch_release"),
    sample={"source": "website", "target": "/srv/www/example", "url": None, "keep": 5},
)
