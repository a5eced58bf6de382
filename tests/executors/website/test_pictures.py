"""Pictures come from the product repository by digest and are shown in sizes, under names of their content."""

import hashlib
import re
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from executors.kinds.website import EXECUTOR
from executors.kinds.website.check import check_site
from executors.render.pictures import NotAPicture
from tests.executors.website.folder import Folder, given, settle
from tests.executors.website.strict import read


def photo(width: int, height: int, kind: str = "JPEG", **options: Any) -> bytes:
    """A real picture of noise, so that no two sizes are alike."""
    file = BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(file, kind, **options)
    return file.getvalue()


LOGO, PORTRAIT, COVER = photo(400, 100, "PNG"), photo(700, 900), photo(2000, 1200)
POST = {
    "slug": "first", "title": "The first", "date": "2026-02-01", "summary": "What it is about.", "body": "Words.",
}  # fmt: skip


def _image(path: str, data: bytes, alt: str) -> dict[str, str]:
    return {"path": path, "sha256": hashlib.sha256(data).hexdigest(), "alt": alt}


def _with_pictures() -> tuple[Any, Folder]:
    folder = Folder({"brand/Logo.png": LOGO, "team/miriam.png": PORTRAIT, "blog/Äpfel.jpg": COVER})
    folder.pictures["blog/cover.jpg"] = folder.pictures.pop("blog/Äpfel.jpg")
    team = [{"name": "Miriam Falk", "role": "CEO", "photo": _image("team/miriam.png", PORTRAIT, "Miriam at work")}]
    blog = [{**POST, "image": _image("blog/cover.jpg", COVER, 'A "cover"')}]
    content = {"team": team, "blog": blog}
    return given(logo=_image("brand/Logo.png", LOGO, "Acme"), content=content), folder


def _sizes(folder: Folder) -> dict[str, tuple[str, int]]:
    """Path → what the file really is and its width."""
    found = {}
    for path, data in folder.held.items():
        if path.startswith("assets/"):
            with Image.open(BytesIO(data)) as image:
                found[re.sub(r"-[0-9a-f]{12}\.", ".", path)] = (str(image.format), image.width)
    return found


def test_each_picture_is_there_in_the_sizes_of_its_use_and_never_wider_than_it_came() -> None:
    inputs, folder = _with_pictures()
    settle(inputs, folder)
    assert _sizes(folder) == {
        "assets/logo-240.webp": ("WEBP", 240), "assets/logo-400.webp": ("WEBP", 400),
        "assets/logo-1200.jpg": ("JPEG", 1200),
        "assets/miriam-160.webp": ("WEBP", 160), "assets/miriam-320.webp": ("WEBP", 320),
        "assets/miriam-640.webp": ("WEBP", 640),
        "assets/cover-480.webp": ("WEBP", 480), "assets/cover-960.webp": ("WEBP", 960),
        "assets/cover-1600.webp": ("WEBP", 1600), "assets/cover-1200.jpg": ("JPEG", 1200),
    }  # fmt: skip


def test_pages_show_them_with_their_text_and_nothing_changes_a_second_time() -> None:
    inputs, folder = _with_pictures()
    settle(inputs, folder)
    assert check_site(folder.held) == []
    shown = set(read(folder.held["team.html"]).attributes)
    assert {("img", "alt", "Acme"), ("img", "alt", "Miriam at work"), ("img", "width", "640")} <= shown
    assert settle(inputs, folder) == []


def test_other_sites_are_shown_the_article_s_card_as_jpeg() -> None:
    inputs, folder = _with_pictures()
    settle(inputs, folder)
    page = folder.held["blog/first.html"].decode()
    found = re.search(r'og:image" content="https://[^/]+/(assets/cover-1200-[0-9a-f]{12}\.jpg)"', page)
    assert found is not None
    assert found[1] in folder.held
    assert '"og:image:width" content="1200"' in page


def test_a_picture_in_two_places_is_made_for_the_larger_use() -> None:
    inputs, folder = _with_pictures()
    service = inputs.content.services[0].model_copy(update={"image": inputs.content.team[0].photo})
    both = inputs.content.model_copy(update={"services": [service, *inputs.content.services[1:]]})
    settle(inputs.model_copy(update={"content": both}), folder)
    assert ("WEBP", 700) in _sizes(folder).values()


def test_what_drew_them_is_seen_so_that_another_pillow_is_drift() -> None:
    inputs, folder = _with_pictures()
    seen = {fact.fact: fact.value for fact in EXECUTOR.look(inputs, "site", folder).seen}
    assert re.match(r"pillow \d+\.\d+\.\d+ webp \d", seen["pictures"])
    assert "pictures" not in {fact.fact for fact in EXECUTOR.look(given(), "site", folder).seen}


def test_a_picture_that_moves_stands_still_and_people_are_told() -> None:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    file = BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=100)
    folder = Folder({"brand/wave.gif": file.getvalue()})
    inputs = given(logo=_image("brand/wave.gif", file.getvalue(), "Acme"))
    settle(inputs, folder)
    told = [f for f in EXECUTOR.verify(inputs, "site", folder) if f.code == "picture_still"]
    assert [f.message.split(" is ")[0] for f in told] == ["brand/wave.gif"]
    assert told[0].level == "notice"


def test_a_briefing_whose_picture_is_none_stops_before_anything_is_written() -> None:
    bad = b"<svg onload=alert(1)>"
    folder = Folder({"logo.png": bad})
    with pytest.raises(NotAPicture, match="export it"):
        settle(given(logo=_image("logo.png", bad, "x")), folder)
    assert folder.held == {}


def test_a_finished_site_whose_srcset_names_a_missing_file_is_refused() -> None:
    page = b"<!doctype html><title>T</title><h1>T</h1><img src=a.webp alt='' srcset='a.webp 1w, b.webp 2w'>"
    found = check_site({"index.html": page, "a.webp": b""})
    assert [(f.code, "b.webp" in f.message) for f in found] == [("broken_resource", True)]
