"""Lists for people: sorted, counted, and never longer than a fact may be."""

from __future__ import annotations

from executors.parts.odoo.words import counted, listed


def test_names_are_sorted_and_counted():
    assert counted({"b", "a"}, "module", "modules") == "2 modules: a, b"
    assert counted(["a"], "module", "modules") == "1 module: a"


def test_what_is_too_long_says_how_much_more_and_tells_two_lists_apart():
    names = [f"module_{number:04}" for number in range(500)]
    one, other = listed(names), listed([*names[:-1], "module_zzzz"])
    assert len(one) < 3_700
    kept, _, rest = one.partition(" and ")
    assert rest.startswith(f"{500 - len(kept.split(', '))} more (sha256 of all: ")
    assert one != other
