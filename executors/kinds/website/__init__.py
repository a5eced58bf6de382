"""The executor `website`: a briefing's content becomes a complete static site in the step's build folder.

`inputs` is what it is given, `content`, `identity`, `head` and `pages` turn that into data for templates, `build`
makes the bytes, `check` reads the finished site, `sample` is a firm to look at.
"""

import hashlib
from collections.abc import Sequence

from executors.executor import Executor, Facts, Reader
from executors.kinds.website.build import build, missing, pictures, template_of
from executors.kinds.website.check import check_site
from executors.kinds.website.inputs import Website
from executors.kinds.website.sample import SAMPLE
from executors.protocol.finding import Finding
from executors.protocol.operation import Operation, RemoveFile, Scratch, WriteFile
from executors.protocol.plan import Limits, Seen


def look(inputs: Website, step: str, reader: Reader) -> Facts:
    """See what the build folder holds, and fetch the pictures by path and digest."""
    at = Scratch(step=step)
    raw = {image: reader.content(image.path, image.sha256) for image in pictures(inputs)}
    seen = Seen(target="template", fact=inputs.template, value=template_of(inputs).digest)
    return Facts(data={"files": dict(reader.files(at)), "pictures": raw}, seen=(seen,))


def propose(inputs: Website, step: str, facts: Facts) -> Sequence[Operation]:
    """Write what differs, then remove what does not belong; nothing where the folder is the site already."""
    at = Scratch(step=step)
    there: dict[str, str] = facts.data["files"]
    site = build(inputs, facts.data["pictures"])
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
    notices = [Finding(level="notice", code=code, message=message) for code, message in missing(inputs)]
    found = [*check_site(files), *notices]
    return [finding.model_copy(update={"step": step}) for finding in found]


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
