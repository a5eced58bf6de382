"""One text in several sections: it stands in the whole itself, and in its digest."""

from collections.abc import Mapping

import pytest

from executors.render.assembly import NotWhole, assemble
from executors.render.shipped import groups, shipped, template_ids

OWN = {
    "template.yaml": b"""template_id: brand_v1
version: 1.0.0
type: website
name: Brand
description: a brand
author: Acme
languages: [en]
groups: [base]
sections: {band: {file: band.html}}
pages: {home: {output: index.html, title: home, always: true, sections: [band]}}
""",
    "band.html": b"<section>\n{# partial parts/word.html #}\n</section>\n",
    "parts/word.html": b"<p>{{ site.name }}</p>\n",
}


def whole(**changes: bytes) -> Mapping[str, str]:
    named = {name.replace("__", "/").replace("_html", ".html"): data for name, data in changes.items()}
    return assemble(OWN | named, groups()).sources


def test_a_partial_stands_in_the_section_that_names_it() -> None:
    assert whole()["band.html"] == "<section>\n<p>{{ site.name }}</p>\n</section>\n"
    assert "parts/word.html" not in whole()


def test_the_digest_follows_a_partials_text() -> None:
    other = assemble(OWN | {"parts/word.html": b"<p>{{ site.company }}</p>\n"}, groups())
    assert other.digest != assemble(OWN, groups()).digest


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"band_html": b"{# partial parts/nothing.html #}\n"}, "parts/nothing.html is named and not there"),
        ({"parts__word_html": b"{# partial parts/word.html #}\n"}, "parts/word.html: a partial holds no partials"),
        ({"band_html": b"<p>{# partial parts/word.html #}</p>\n"}, "write a partial on a line of its own"),
        ({"band_html": b"{# partial ../secret.html #}\n"}, "write a partial on a line of its own"),
        ({"band_html": b"{#- partial parts/word.html #}\n"}, "write a partial on a line of its own"),
    ],
)  # fmt: skip
def test_a_partial_that_cannot_be_had_is_refused_by_name(changes: dict[str, bytes], why: str) -> None:
    with pytest.raises(NotWhole, match=why):
        whole(**changes)


def test_every_shared_partial_is_used_and_more_than_once() -> None:
    """A text that stands in one place belongs there."""
    there = {f"{group}/{path}": data.decode() for group, found in groups().items() for path, data in found.items()}
    partials = {path: text for path, text in there.items() if "/partials/" in path}
    assert partials
    every = [text for one in template_ids() for path, text in sorted(shipped(one).sources.items())]
    for path, text in partials.items():
        assert len({source for source in every if text in source}) > 1, path
