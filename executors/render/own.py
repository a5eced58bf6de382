"""Templates of an organisation's own: files of its product repository, which may build on our shared groups.

They are pinned file by file, together with the groups of this version: one digest says what was approved. What a
file of such a template says is read in a limited process only (`limited`), never here.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping

from executors.parts.paths import safe_paths
from executors.parts.tree import tree_digest
from executors.render.assembly import Shipped, assemble
from executors.render.registry import REGISTRY

LARGEST_FILE, MOST_FILES = 200_000, 60
_OURS = "_headers"
"""The one output that an own template cannot take over: the headers with the content security policy (T31)."""


class OwnRefused(ValueError):
    """The files make no template that may be used; the message says what to do."""


def own_digest(files: Mapping[str, str]) -> str:
    """Return the SHA-256 (64 hex) over an own template's files (path → sha256) and the groups it may build on."""
    shared = {
        f"shared/{group}/{path}": hashlib.sha256(data).hexdigest()
        for group, inside in REGISTRY.groups.items()
        for path, data in inside.items()
    }
    return tree_digest({**shared, **{f"own/{path}": sha256 for path, sha256 in files.items()}})


def unquoted(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and reason of every value that would not be safe there: escaping is for quotes (T31)."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"=\s*\{\{", line):
            yield number, "a value outside the quotes of an attribute"
    for found in re.finditer(r"<script\b[^>]*>(.*?)</script", text, re.DOTALL | re.IGNORECASE):
        if "{{" in found[1]:
            yield text.count("\n", 0, found.start(1)) + 1, "a value inside a script"


def own_template(template_id: str, own: Mapping[str, bytes]) -> Shipped:
    """Return the template that the files make; for a limited process.

    Raises OwnRefused, and the errors of `assemble`.
    """
    if len(own) > MOST_FILES:
        raise OwnRefused(f"{len(own)} files; a template may have {MOST_FILES}: take some out")
    if large := sorted(path for path, data in own.items() if len(data) > LARGEST_FILE):
        raise OwnRefused(f"{large[0]}: has more than {LARGEST_FILE} bytes: shorten it")
    safe_paths(own)
    whole = assemble(own, REGISTRY.groups)
    if whole.manifest.template_id != template_id:
        raise OwnRefused(
            f"template.yaml: its template_id is {whole.manifest.template_id!r} and not {template_id!r}: "
            "write the same in both"
        )
    for path, data in sorted(own.items()):
        for line, why in unquoted(data.decode()) if path.endswith(".html") else ():
            raise OwnRefused(f"{path}:{line}: {why}: put it in quotes, outside of scripts")
    for extra in whole.manifest.extras:
        if extra.output == _OURS and not all("/" in file and file not in own for file in extra.files):
            raise OwnRefused(f"template.yaml: an extra cannot be {_OURS}, which is ours: take it out")
    return whole
