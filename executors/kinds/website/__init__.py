"""The executor `website`: a briefing's content becomes a complete static site in the step's build folder.

`inputs` is what it is given, `content`, `identity`, `head` and `pages` turn that into data for templates,
`pictures` says what each picture is for, `build` makes the bytes, `apart` those of templates that are not ours,
`check` reads the finished site, `sample` is a firm to look at.
"""

import hashlib
from collections.abc import Sequence

from executors.executor import Executor, Facts, Reader
from executors.kinds.website import apart
from executors.kinds.website.build import build, missing, template_of
from executors.kinds.website.check import check_site
from executors.kinds.website.inputs import Website
from executors.kinds.website.pictures import drawn, stills
from executors.kinds.website.sample import SAMPLE
from executors.protocol.finding import Finding
from executors.protocol.operation import Operation, RemoveFile, Scratch, WriteFile
from executors.protocol.plan import Limits, Seen
from executors.render.pictures import maker


def look(inputs: Website, step: str, reader: Reader) -> Facts:
    """See what the build folder holds, and fetch the pictures by path and digest and draw them.

    A site from a template that is not ours is made here, in a process of its own.
    """
    at = Scratch(step=step)
    own, pictures = apart.fetched(inputs, reader), drawn(inputs, reader)
    digest = str(inputs.template_digest) if own is not None else template_of(inputs).digest
    seen = [Seen(target="template", fact=inputs.template, value=digest)]
    if pictures:
        seen.append(Seen(target="template", fact="pictures", value=maker()))
    made = None if own is None else apart.made(own, inputs, pictures)
    return Facts(data={"files": dict(reader.files(at)), "pictures": pictures, "made": made}, seen=tuple(seen))


def propose(inputs: Website, step: str, facts: Facts) -> Sequence[Operation]:
    """Write what differs, then remove what does not belong; nothing where the folder is the site already."""
    at = Scratch(step=step)
    there: dict[str, str] = facts.data["files"]
    made: dict[str, bytes] | None = facts.data["made"]
    site = build(inputs, facts.data["pictures"]) if made is None else made
    writes = [
        WriteFile.of(at, path, data)
        for path, data in site.items()
        if there.get(path) != hashlib.sha256(data).hexdigest()
    ]
    return [*writes, *(RemoveFile(at=at, path=path) for path in sorted(set(there) - set(site)))]


def verify(inputs: Website, step: str, reader: Reader) -> list[Finding]:
    """Read the finished site; what the briefing asks for and the site cannot show is a notice."""
    at = Scratch(step=step)
    files = {path: reader.file(at, path) for path in sorted(reader.files(at))}
    own, pictures = apart.fetched(inputs, reader), drawn(inputs, reader)
    left_out = missing(inputs) if own is None else apart.lacking(own, inputs, pictures)
    notices = [Finding(level="notice", code=code, message=message) for code, message in left_out]
    notices += [_still(path) for path in stills(pictures)]
    found = [*check_site(files), *notices]
    return [finding.model_copy(update={"step": step}) for finding in found]


def _still(path: str) -> Finding:
    """A picture moved and does so no more."""
    return Finding(
        level="notice",
        code="picture_still",
        message=f"{path} is animated; the site shows its first frame. Upload the frame you want as a picture.",
    )


EXECUTOR = Executor(
    name="website",
    summary="Makes a complete static website from the briefing's content and a template.",
    inputs=Website,
    look=look,
    propose=propose,
    verify=verify,
    operations=("write_file", "remove_file"),
    sample=SAMPLE,
    limits=Limits(timeout_seconds=300, retries=2),
)
