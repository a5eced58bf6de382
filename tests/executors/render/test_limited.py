"""Templates that we did not ship run out of time or memory in a process of their own, not in ours (T30)."""

import pytest

from executors.render.limited import LimitReached, render_limited
from executors.render.sandbox import render


def test_a_plain_template_is_filled_as_it_is_in_process() -> None:
    sources = {"a.html": "<p>{{ x }}</p>", "b.svg": "<text>{{ x }}</text>"}
    texts = render_limited(sources, {"x": "<Ü>"})
    assert texts == {name: render(name, source, {"x": "<Ü>"}) for name, source in sources.items()}


def test_a_loop_without_end_is_stopped_by_the_processor_limit() -> None:
    loops, ends = "".join(f"{{% for {name} in x %}}" for name in "abc"), "{% endfor %}" * 3
    source = f"{loops}{{% if c == 1 %}}{{% endif %}}{ends}"
    with pytest.raises(LimitReached, match="2 s of CPU"):
        render_limited({"a.html": source}, {"x": list(range(3000))})


def test_a_text_without_end_is_stopped_by_the_memory_limit() -> None:
    source = "{% for a in x %}{% for b in x %}{{ big }}{% endfor %}{% endfor %}"
    with pytest.raises(ValueError, match=r"MemoryError|MB"):
        render_limited({"a.html": source}, {"x": [0] * 2000, "big": "z" * 2000})


@pytest.mark.parametrize(
    "source", ["{{ 'x' * 300000000 }}", "{{ lipsum(n=100000) }}", "{{ '%1000000000d' % 1 }}", "{% include 'x' %}"]
)
def test_the_allow_list_holds_there_too(source: str) -> None:
    with pytest.raises(ValueError, match=r"TemplateRefused: a\.html"):
        render_limited({"a.html": source}, {})
