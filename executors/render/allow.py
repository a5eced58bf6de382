"""A template may branch, loop over given data, print and filter, and nothing else: the allow-list of its syntax.

Jinja's own sandbox does not bound time or memory and has had escapes (T30), so what a template *is* gets checked
before it is compiled. Without calls, arithmetic, concatenation and assignment no value can grow and no object
can be reached but the plain data that the caller passed in.
"""

from collections.abc import Mapping

from jinja2 import nodes

FILTERS = frozenset(
    {"e", "escape", "first", "img", "join", "last", "length", "lower", "paragraphs", "prose", "upper"}
)
TESTS = frozenset({"defined", "undefined", "none", "eq", "equalto", "odd", "even"})
_NODES: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem,
    nodes.If, nodes.For, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.CondExpr, nodes.List, nodes.Tuple,
)  # fmt: skip
_LONGEST_CONST = 500
_DEEPEST_LOOP = 3


class TemplateRefused(ValueError):
    """The template uses something that templates may not; the message names line and construct."""


def check(tree: nodes.Template, name: str) -> None:
    """Raise TemplateRefused unless every node of the parsed template is on the list."""
    _check(tree, name, 0)


def _check(node: nodes.Node, name: str, loops: int) -> None:
    """Check one node and what is below it, `loops` loops deep."""
    if type(node) not in _NODES:
        raise TemplateRefused(f"{name}:{node.lineno}: {type(node).__name__} is not allowed in a template")
    if fault := _fault(node, loops):
        raise TemplateRefused(f"{name}:{node.lineno}: {fault}")
    inside = loops + isinstance(node, nodes.For)
    for child in node.iter_child_nodes():
        _check(child, name, inside)


def _fault(node: nodes.Node, loops: int) -> str | None:
    """Return what is wrong with a node of an allowed class, None if nothing is."""
    match node:
        case nodes.Name(name=word) | nodes.Getattr(attr=word) if word.startswith("_"):
            return f"the name {word!r} begins with an underscore"
        case nodes.Name(name=word, ctx="store") if word == "loop":
            return "a variable cannot be called 'loop'"
        case nodes.Getitem(arg=nodes.Const(value=str(word))) if word.startswith("_"):
            return f"the name {word!r} begins with an underscore"
        case nodes.Getitem(arg=nodes.Const() | nodes.Name() | nodes.Getattr()):
            return None
        case nodes.Getitem():
            return "an index must be a constant or a name"
        case nodes.Const(value=value) if isinstance(value, str) and len(value) > _LONGEST_CONST:
            return f"a constant may have {_LONGEST_CONST} characters"
        case nodes.Filter() | nodes.Test():
            return _fault_of_filter(node)
        case nodes.For():
            return _fault_of_loop(node, loops)
    return None


def _fault_of_filter(node: nodes.Filter | nodes.Test) -> str | None:
    """Filters and tests come from the lists and take at most one constant."""
    allowed: Mapping[type[nodes.Node], frozenset[str]] = {nodes.Filter: FILTERS, nodes.Test: TESTS}
    if node.name not in allowed[type(node)]:
        return f"{type(node).__name__.lower()} {node.name!r} is not on the list"
    if node.kwargs or node.dyn_args or node.dyn_kwargs or len(node.args) > 1:
        return f"{node.name!r} takes at most one plain argument"
    if any(not isinstance(arg, nodes.Const | nodes.Name | nodes.Getattr) for arg in node.args):
        return f"the argument of {node.name!r} must be a constant or a name"
    return None


def _fault_of_loop(node: nodes.For, loops: int) -> str | None:
    """Loops run over given data only, are not recursive and at most three deep."""
    if node.recursive:
        return "recursive loops are not allowed"
    if loops >= _DEEPEST_LOOP:
        return f"loops may be {_DEEPEST_LOOP} deep"
    if not isinstance(node.iter, nodes.Name | nodes.Getattr | nodes.Getitem):
        return "a loop runs over a name of the given data"
    return None
