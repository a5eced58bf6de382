"""A site from a template of the organisation's own, made in a limited process and read in no other (T30).

`site` is what the child does, `made` and `lacking` are what the step asks of it.
"""

from collections.abc import Mapping
from typing import Any

from executors.kinds.website.build import lacks, same, texts, with_pictures
from executors.kinds.website.inputs import Website
from executors.kinds.website.pictures import Drawn, Shelf, shown
from executors.protocol.content import Image
from executors.render.limited import run_limited
from executors.render.own import OwnRefused, own_digest, own_template

Own = Mapping[str, bytes]
"""The template's files by their path in its folder."""


def fetched(inputs: Website, shelf: Shelf) -> Own | None:
    """Return the approved files of the own template; None where the template is one of ours.

    Raises TemplateChanged where they are not what was approved, or our shared groups are others by now.
    """
    if inputs.own_template is None:
        return None
    given = {file.path: file.sha256 for file in inputs.own_template.files}
    same(inputs, own_digest(given))
    folder = inputs.own_template.folder
    return {path: shelf.content(f"{folder}/{path}", sha256) for path, sha256 in given.items()}


def made(own: Own, inputs: Website, drawn: Drawn) -> dict[str, bytes]:
    """Return the whole site, path → bytes; raises LimitReached and ValueError with what is wrong."""
    answer = run_limited(_TASK, asked(own, inputs, drawn))
    return with_pictures({path: text.encode() for path, text in answer["texts"].items()}, drawn)


def lacking(own: Own, inputs: Website, drawn: Drawn) -> list[tuple[str, str]]:
    """Return code and sentence for what the briefing asks for and the site cannot show."""
    return [(code, message) for code, message in run_limited(_TASK, asked(own, inputs, drawn))["missing"]]


_TASK = f"{__name__}:site"


def asked(own: Own, inputs: Website, drawn: Drawn) -> dict[str, Any]:
    """Return the question to the child: the files, the inputs, and what is known of each picture."""
    return {
        "own": {path: _text(path, data) for path, data in own.items()},
        "inputs": inputs.model_dump(mode="json", exclude_none=True),
        "assets": [[image.model_dump(mode="json"), shown(image, picture)] for image, picture in drawn.items()],
    }


def site(question: Mapping[str, Any]) -> dict[str, Any]:
    """Return `texts` (path → text of each file but pictures) and `missing`; for the child."""
    inputs = Website.model_validate(question["inputs"])
    files = {path: text.encode() for path, text in question["own"].items()}
    template = own_template(inputs.template, files)
    assets = {Image.model_validate(image): known for image, known in question["assets"]}
    pages = texts(template, inputs, assets)
    return {"texts": {path: data.decode() for path, data in pages.items()}, "missing": lacks(template, inputs)}


def _text(path: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise OwnRefused(f"{path}: is no text in UTF-8: save it as such, or take it out") from None
