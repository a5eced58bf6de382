"""The gallery shows the templates as they are now, in small files."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from executors.render.shipped import template_digest, template_ids
from tests.web.gallery import FOLDER, MOST_BYTES, TAKEN, VIEWS


@pytest.mark.parametrize("template", template_ids())
def test_its_pictures_show_the_template_as_it_is_now(template):
    taken = json.loads(TAKEN.read_text("utf-8"))
    assert taken.get(template) == template_digest(template), "run `python -m tests.web.gallery`"


def test_every_template_has_every_view_and_no_other_lies_there():
    wanted = {f"{template}-{view}.webp" for template in template_ids() for view in VIEWS}
    assert {file.name for file in FOLDER.glob("*.webp")} == wanted


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.webp")), ids=lambda file: file.stem)
def test_a_picture_is_small_and_not_blank(file):
    assert file.stat().st_size <= MOST_BYTES
    with Image.open(file) as image:
        darkest, brightest = image.convert("L").getextrema()
    assert brightest - darkest > 100
