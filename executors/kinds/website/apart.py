"""A site from a template of the organisation's own, made in a limited process and read in no other (T30).

`site` is what the child does, `made` and `lacking` are what the step asks of it; `examine` is for whoever writes a
template, `examined` asks for it.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from executors.kinds.website.build import lacks, same, texts, with_pictures
from executors.kinds.website.check import check_site
from executors.kinds.website.inputs import Website
from executors.kinds.website.pictures import Drawn, Shelf, shown, uses
from executors.protocol.content import Image
from executors.protocol.finding import Finding
from executors.render.diagnosis import diagnosed, flaw_of
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


def examined(own: Own, inputs: Website | None) -> dict[str, Any]:
    """Return what `examine` says of a template's files, with a site for the inputs where there are some.

    Pictures are not drawn for it.
    """
    known = asked(own, inputs, {}) if inputs else {"own": {p: _text(p, d) for p, d in own.items()}, "inputs": None}
    return run_limited(f"{__name__}:examine", known)


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


def examine(question: Mapping[str, Any]) -> dict[str, Any]:
    """Return `flaws` of a template, and where there are none `texts` and `findings` of a site; for the child."""
    files = {path: text.encode() for path, text in question["own"].items()}
    template, flaws = diagnosed(files)
    if template is None or flaws or question["inputs"] is None:
        return {"flaws": [asdict(flaw) for flaw in flaws], "texts": {}, "findings": []}
    inputs = Website.model_validate({**question["inputs"], "template": template.manifest.template_id})
    assets = {image: _stand_in(image) for image in uses(inputs)}
    try:
        pages = texts(template, inputs, assets)
    except ValueError as error:
        return {"flaws": [asdict(flaw_of(str(error), files))], "texts": {}, "findings": []}
    found = check_site({**pages, **({_PICTURE: b""} if assets else {})})
    notices = [Finding(level="notice", code=code, message=message) for code, message in lacks(template, inputs)]
    return {
        "flaws": [],
        "texts": {path: data.decode() for path, data in pages.items()},
        "findings": [finding.model_dump(mode="json") for finding in [*found, *notices]],
    }


_PICTURE = "assets/picture.webp"


def _stand_in(image: Image) -> dict[str, Any]:
    """What templates know of a picture that nobody draws, for what is only looked at."""
    size = {"src": _PICTURE, "width": 960}
    return {**size, "alt": image.alt, "height": 640, "sizes": [size], "card": None}


def _text(path: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise OwnRefused(f"{path}: is no text in UTF-8: save it as such, or take it out") from None
