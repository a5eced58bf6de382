"""The pages of an evidence pack: two validators and axe find nothing, by day and by night, wide and narrow."""

from __future__ import annotations

import io
import zipfile

import pytest

from executors.evidence.seal import seal
from executors.protocol.canonical import canonical
from tests.executors.evidence.conftest import KEY, NOW, packed, packed_erp
from tests.odoo.server.place import Unavailable
from tests.programs import absent
from tests.web import markup, walk
from tests.web.serving import serving
from tests.web.tab import tab

PAGES = ("index.html", "risk_assessment.html")
PICTURE = bytes.fromhex(
    "524946461a000000574542505650384c0d0000002f00000010071011118888fe0700"  # one pixel, lossless WebP
)


def illustrated() -> dict[str, bytes]:
    """The files of a step with one page shown twice."""
    shown = [{"page": "index.html", "width": w, "path": f"screenshots/index-{w}.webp"} for w in (1280, 390)]
    album = canonical({"browser": "Chrome/150", "pictures": shown, "without": ["a.html"], "why": "x"})
    return {"screenshots.json": album} | {str(one["path"]): PICTURE for one in shown}


PACKS = {"website": lambda: packed(files={"website": illustrated()}), "erp": packed_erp}


@pytest.fixture(params=PACKS)
def files(request: pytest.FixtureRequest) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(seal(PACKS[request.param](), KEY, NOW))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def test_the_pages_are_accessible_and_fit_a_phone(files, devtools):
    faults: dict[str, list[str]] = {}
    async with serving(files | {"favicon.ico": b""}) as served, tab(devtools) as opened:
        for path in PAGES:
            await walk.opened(opened, served, path)
            found = [*await walk.accessible(opened), *await walk.fits(opened), *await walk.fetched(opened, served)]
            faults |= {path: found} if found else {}
    assert faults == {}


def test_the_validators_find_nothing(files, tmp_path):
    paths = [tmp_path / page for page in PAGES]
    for path in paths:
        path.write_bytes(files[path.name])
    try:
        assert markup.w3c(paths) == []
        assert markup.html_validate(paths) == []
    except Unavailable as why:
        absent(f"vnu or html-validate: {why}")
