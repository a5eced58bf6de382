"""Templates may branch, loop, print and filter; everything else is refused before it runs (T30)."""

import pytest

from executors.render.allow import TemplateRefused
from executors.render.sandbox import RenderError, render

BOMBS_AND_ESCAPES = [
    "{{ 'x' * 300000000 }}", "{{ '%1000000000d' % 1 }}", "{{ 2 ** 99999999 }}", "{{ 'a' ~ x ~ x }}", "{{ x + x }}",
    "{% for i in range(100000) %}{% endfor %}", "{{ lipsum(n=100000) }}", "{{ cycler('a') }}",
    "{{ joiner() }}", "{{ namespace() }}", "{{ dict(a=1) }}", "{% set x = 1 %}", "{% set x %}a{% endset %}",
    "{% with y = x %}{{ y }}{% endwith %}", "{% macro m() %}x{% endmacro %}", "{% call x() %}{% endcall %}",
    "{% include 'x' %}", "{% import 'x' as y %}", "{% from 'x' import y %}", "{% extends 'x' %}",
    "{% block b %}{% endblock %}", "{% filter upper %}x{% endfilter %}",
    "{% autoescape false %}x{% endautoescape %}",
    "{{ x.__class__ }}", "{{ x['__class__'] }}", "{{ x._private }}", "{{ _x }}", "{{ ''.__class__.__mro__[1] }}",
    "{{ x.format(1) }}", "{{ '{0.__class__}'.format(x) }}", "{{ x|attr('__class__') }}", "{{ x|attr('f' + 'g') }}",
    "{{ x|map('upper')|list }}", "{{ x|safe }}", "{{ x|format }}", "{{ x|pprint }}",
    "{{ x|replace('a', 'b' * 9) }}",
    "{{ x|center(100000000) }}", "{{ x|indent(100000000) }}", "{{ x|tojson }}", "{{ x|xmlattr }}", "{{ x[1:2] }}",
    "{{ x|join(*y) }}", "{{ x|join(d=y) }}", "{{ x[y|first] }}", "{{ {'a': 1} }}", "{{ x is sameas(y) }}",
    "{{ x is callable }}", "{{ self }}{{ self.x() }}", "{% for a in x recursive %}{{ loop(a) }}{% endfor %}",
    "{% for a in x|join %}{% endfor %}", "{% for a in [1, 2, 3] %}{% endfor %}", "{{ -x }}", "{{ x - 1 }}",
    "{% for a in x %}{% for b in x %}{% for c in x %}{% for d in x %}" + "{% endfor %}" * 4,
    "{% for loop in x %}{% endfor %}", "{{ '" + "a" * 501 + "' }}", "{% if %}", "{{", "{% for %}", "{{ x | }}",
    "{{ " + "(" * 5000 + "x" + ")" * 5000 + " }}", "a" * 200_001, "{{ x if (y := 1) }}",
]  # fmt: skip


@pytest.mark.parametrize("source", BOMBS_AND_ESCAPES, ids=range(len(BOMBS_AND_ESCAPES)))
def test_t30_a_bomb_or_escape_is_refused_before_it_runs(source: str) -> None:
    with pytest.raises(TemplateRefused, match=r"t\.html"):
        render("t.html", source, {"x": "x", "y": ["y"]})


@pytest.mark.parametrize(
    "source",
    [
        "{{ nobody }}",
        "{{ x.nothing }}",
        "{{ x.nothing.more }}",
        "{{ x[9] }}",
        "{{ range }}",
        "{{ lipsum }}",
        "{{ x.keys }}",
        "{{ x.items }}",
    ],
)
def test_a_name_that_is_not_there_is_an_error_and_not_empty(source: str) -> None:
    with pytest.raises(RenderError, match="UndefinedError"):
        render("t.html", source, {"x": {"a": 1}})


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ x }}", "&lt;b&gt;&#34;&amp;&#39;"),
        ("{{ x|upper }}", "&lt;B&gt;&#34;&amp;&#39;"),
        ("{{ xs|join(', ') }}", "&lt;i&gt;, 2"),
        ("{% for a in xs %}{{ loop.index }}{{ a }}{% endfor %}", "1&lt;i&gt;22"),
        ("{{ 'a' if x else 'b' }}{{ xs|length }}", "a2"),
        ("{{ d['values'] }}{{ d.values }}{{ d.k }}{{ xs[1] }}", "vv12"),
        ("{{ '{{ x }}' }}", "{{ x }}"),
        ("{% if d.k == 1 and x is defined and not d.none %}yes{% endif %}", "yes"),
        ("{{ x|paragraphs }}", "<p>&lt;b&gt;&#34;&amp;&#39;</p>"),
    ],
)
def test_what_is_allowed_works_and_is_escaped(source: str, text: str) -> None:
    data = {"x": "<b>\"&'", "xs": ["<i>", 2], "d": {"values": "v", "k": 1, "none": None}}
    assert render("t.html", source, data) == text


def test_a_value_that_looks_like_a_template_is_only_text() -> None:
    assert (
        render("t.html", "{{ x }}", {"x": "{{ 7 * 7 }}{% include 'y' %}"})
        == "{{ 7 * 7 }}{% include &#39;y&#39; %}"
    )


@pytest.mark.parametrize("name", ["t.css", "t.txt", "t.js", "_headers"])
@pytest.mark.parametrize(
    "value", ["red;}body{display:none}", "url(x)", "</style>", "a b", "a\nb", "x'", '"', "\\3c", "ü"]
)
def test_only_typed_values_reach_outputs_that_cannot_escape(name: str, value: str) -> None:
    with pytest.raises(RenderError, match=r"palette\.0\.brand"):
        render(name, "{{ palette }}", {"palette": [{"brand": value}]})
    assert (
        render(name, "{{ c }} {{ u }}", {"c": "#1e40af", "u": "https://a.example"}) == "#1e40af https://a.example"
    )


def test_prose_makes_headings_lists_and_paragraphs_of_escaped_text() -> None:
    text = "Eins\nzwei\n\n## <Drei>\n- a & b\n- c\n\n##\n-\n### x"
    assert render("t.html", "{{ x|prose }}", {"x": text}) == (
        "<p>Eins zwei</p>\n<h2>&lt;Drei&gt;</h2>\n<ul><li>a &amp; b</li><li>c</li></ul>\n<p>## - ### x</p>"
    )
