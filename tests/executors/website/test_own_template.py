"""Templates that are not ours: pinned by bytes, made in a limited process, and nothing of them escapes (T30)."""

from typing import Any

import pytest
from pydantic import ValidationError

from executors.errors import WorldError
from executors.kinds.website import look, verify
from executors.kinds.website.build import TemplateChanged, build
from executors.render.limited import LimitReached
from tests.executors.website.brand import FOLDER, brand, branded, shelf
from tests.executors.website.folder import SAMPLE, Folder, given, settle


def made(own: dict[str, bytes], **changes: Any) -> dict[str, bytes]:
    """What stands in the build folder afterwards."""
    folder = shelf(own)
    settle(branded(own, **changes), folder)
    return folder.held


def test_a_template_of_ones_own_gives_the_same_bytes_as_one_of_ours_with_the_same_files() -> None:
    assert made(brand()) == build(given(), {})


def test_the_second_look_proposes_nothing_and_the_site_has_no_finding() -> None:
    own = brand()
    folder, inputs = shelf(own), branded(own)
    assert settle(inputs, folder)
    assert settle(inputs, folder) == []
    assert [one for one in verify(inputs, "site", folder) if one.level != "notice"] == []


def test_hostile_words_are_escaped_there_too() -> None:
    page = made(brand(hero="<h1>{{ site.name }}</h1>"), business_name="<script>alert(1)</script>")["index.html"]
    assert b"<script>alert" not in page
    assert b"&lt;script&gt;alert(1)" in page


def test_other_bytes_than_the_approved_ones_are_refused() -> None:
    own = brand()
    with pytest.raises(TemplateChanged, match="plan again"):
        look(branded(own, template_digest="0" * 64), "site", shelf(own))
    other = shelf({**own, "sections/hero.html": b"<h1>other</h1>"})
    with pytest.raises((AssertionError, WorldError)):
        look(branded(own), "site", other)


def test_an_own_template_without_a_digest_is_refused() -> None:
    with pytest.raises(ValidationError, match="template_digest is required"):
        branded(brand(), template_digest=None)


DEEP = "{% for a in posts %}{% for b in posts %}{% for c in posts %}", "{% endfor %}{% endfor %}{% endfor %}"
BOMBS = {
    "looping": ("{% if a.slug == b.slug and b.slug == c.slug %}{% endif %}{{ '' if c.slug else '' }}" * 5).join(
        DEEP
    ),
    "huge": "{{ a.summary }}{{ b.summary }}{{ c.summary }}".join(DEEP),
}


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_template_without_end_is_stopped_and_takes_nothing_with_it(name: str) -> None:
    own = brand(hero=BOMBS[name])
    folder, blog = shelf(own), [{**SAMPLE["content"]["blog"][0], "slug": f"n{n}"} for n in range(200)]
    with pytest.raises(ValueError, match=r"used more than|MemoryError|more than 15 s"):
        look(branded(own, content={"blog": blog}), "site", folder)
    assert folder.held == {}


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}", "{{ site|attr('__class__') }}", "{{ site['__class__'] }}", "{{ w.items() }}",
        "{{ self._TemplateReference__context }}", "{{ '%1000000000d' % 1 }}", "{{ 'x' * 300000000 }}",
        "{{ lipsum(n=100000) }}", "{{ cycler('a').next.__globals__ }}", "{% include '/etc/passwd' %}",
        "{% import 'x' as y %}", "{% extends 'x' %}", "{% set x = 1 %}", "{% macro m() %}{% endmacro %}",
        "{{ '{0.__class__}'|format(site) }}", "{{ services|map(attribute='__class__') }}", "{{ range(100000) }}",
        "{% for x in services recursive %}{{ loop(x) }}{% endfor %}", "{{ namespace() }}", "{{ site.name|safe }}",
        "{% filter upper %}x{% endfilter %}", "{% call x() %}{% endcall %}", "{{ joiner }}", "{{ dict(a=1) }}",
    ],
)  # fmt: skip
def test_what_could_reach_an_object_or_grow_is_refused(source: str) -> None:
    own = brand(hero=source)
    with pytest.raises(ValueError, match=r"TemplateRefused: sections/hero\.html|RenderError: sections/hero\.html"):
        look(branded(own), "site", shelf(own))


def test_a_pattern_without_end_is_stopped_like_a_loop() -> None:
    own = brand()
    rule = b"variables:\n  business_name: {type: string, description: x, pattern: '(a+)+b'}\n"
    own["template.yaml"] += rule
    with pytest.raises(LimitReached):
        look(branded(own, business_name="a" * 60), "site", shelf(own))


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        ("template.yaml", "a: &x 1\nb: *x\n", "aliases are not allowed"),
        ("template.yaml", "a: [" * 5000, "not YAML"),
        ("template.yaml", "template_id: other_v1\n", "Field required"),
        ("sections/hero.html", "x" * 200_001, "shorten it"),
        ("sections/hero.html", "{{ secret }}", "is undefined"),
    ],
)
def test_what_is_wrong_is_said_by_file(path: str, text: str, fault: str) -> None:
    own = brand() | {path: text.encode()}
    with pytest.raises(ValueError, match=fault):
        look(branded(own), "site", shelf(own))


def test_the_headers_stay_ours() -> None:
    own = brand() | {"loose.txt": b"/*\n  Content-Security-Policy: default-src *\n"}
    own["template.yaml"] += b"extras:\n  - {file: loose.txt, output: _headers}\n"
    with pytest.raises(ValueError, match="an extra cannot be _headers"):
        look(branded(own), "site", shelf(own))


def test_bytes_that_are_no_text_are_refused() -> None:
    own = brand() | {"styles.css": b"\xff\xfe"}
    with pytest.raises(ValueError, match=r"styles\.css: is no text in UTF-8"):
        look(branded(own), "site", shelf(own))


def test_a_file_that_is_gone_is_named() -> None:
    own = brand()
    with pytest.raises(KeyError, match=FOLDER.rsplit("/", 1)[-1]):
        look(branded(own), "site", Folder())
