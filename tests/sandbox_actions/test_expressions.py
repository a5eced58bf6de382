"""Expressions give what GitHub gives."""

import pytest

from bot.sandbox.actions.expressions import ExpressionError, Scope, evaluate, holds, interpolate

SCOPE = Scope(
    {
        "inputs": {"case": "C-1", "empty": ""},
        "needs": {"admit": {"result": "success", "outputs": {"verb": "Execute"}}},
        "github": {"event": {"labels": ["a", "b"]}},
    }
)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("inputs.case", "C-1"),
        ("inputs['case']", "C-1"),
        ("INPUTS.nothing", None),
        ("inputs.nothing.deeper", None),
        ("needs.admit.outputs.verb == 'execute'", True),
        ("needs.admit.result != 'success'", False),
        ("inputs.empty || 'fallback'", "fallback"),
        ("inputs.case && 'yes' || 'no'", "yes"),
        ("!inputs.empty && !(1 > 2)", True),
        ("'it''s'", "it's"),
        ("format('{0}/{1} {{x}}', 'a', 2)", "a/2 {x}"),
        ("contains(github.event.labels, 'B')", True),
        ("startsWith(inputs.case, 'c-')", True),
        ("github.event.labels[1]", "b"),
        ("join(github.event.labels, '+')", "a+b"),
        ("fromJSON('{\"a\": [1]}').a[0]", 1),
        ("null == 0", True),
        ("always()", True),
        ("failure()", False),
    ],
)
def test_an_expression_has_the_value_github_gives_it(source: str, value: object) -> None:
    assert evaluate(source, SCOPE) == value


@pytest.mark.parametrize("source", ["inputs.", "'open", "a ~ b", "(1", "nothing()", "1 2"])
def test_a_broken_expression_is_refused_by_name(source: str) -> None:
    with pytest.raises(ExpressionError, match=r"expression|function"):
        evaluate(source, SCOPE)


def test_text_is_kept_around_expressions() -> None:
    text = "a ${{ inputs.case }}-${{ '}}' }} ${{ true }}${{ inputs.nothing }} $x"
    assert interpolate(text, SCOPE) == "a C-1-}} true $x"


@pytest.mark.parametrize(
    ("condition", "after_failure"),
    [(None, False), ("always()", True), ("failure()", True), ("true", False), ("${{ !cancelled() }}", True)],
)
def test_after_a_failure_only_conditions_that_ask_for_it_hold(condition: str | None, after_failure: bool) -> None:
    assert holds(condition, Scope(succeeded=False, failed=True)) is after_failure
