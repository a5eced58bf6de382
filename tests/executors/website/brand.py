"""A template of an organisation's own, `acme_brand_v1`, in the product repository, and a reader that has it."""

import hashlib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from executors.kinds.website.inputs import Website
from executors.render.own import own_digest
from executors.render.registry import walk
from tests.executors.website.folder import Folder, given

ID, FOLDER = "acme_brand_v1", ".millwright/templates/acme_brand_v1"


def brand(**changed: str) -> dict[str, bytes]:
    """The files of the template by path: one of ours under another name, with texts put in place of others.

    `changed` names files by their last part without its ending: `hero="…"`.
    """
    own = dict(walk(files("templates") / "website" / "corporate_site_v1"))
    own["template.yaml"] = own["template.yaml"].replace(b"corporate_site_v1", ID.encode())
    names = {path.rsplit("/", 1)[-1].rsplit(".", 1)[0]: path for path in own}
    return own | {names[name]: text.encode() for name, text in changed.items()}


def branded(own: Mapping[str, bytes], **changes: Any) -> Website:
    """The sample on that template, its files pinned."""
    pinned = {path: hashlib.sha256(data).hexdigest() for path, data in own.items()}
    where = {"folder": FOLDER, "files": [{"path": path, "sha256": sha256} for path, sha256 in pinned.items()]}
    approved = {"template": ID, "template_digest": own_digest(pinned), "own_template": where}
    return given(**{**approved, **changes})


def shelf(own: Mapping[str, bytes]) -> Folder:
    """A build folder beside a product repository that holds the template."""
    return Folder({f"{FOLDER}/{path}": data for path, data in own.items()})
