"""Text from a checked template and plain data: sandboxed Jinja, strict about missing names, escaped by output."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from executors.render import prose
from executors.render.allow import FILTERS, TESTS, TemplateRefused, check

# What may reach an output that has no escaping of its own: colours, host names, dates, numbers, plain words.
_TYPED = re.compile(
    r"#[0-9a-f]{6}|[A-Za-z0-9][A-Za-z0-9._-]{0,252}|(https://[a-z0-9.-]+)?/?([A-Za-z0-9._/-]{0,300})"
)
_LARGEST_TEMPLATE = 200_000


class RenderError(ValueError):
    """A template could not be filled; the message names the template and the reason."""


class _Walls(ImmutableSandboxedEnvironment):
    """Jinja's sandbox in which `a.b` of plain data is its entry and never a method of it."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return the entry of a dict; of everything else what Jinja's sandbox lets through."""
        if type(obj) is dict:
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


def _environment(*, escaping: bool) -> ImmutableSandboxedEnvironment:
    """Return an environment without globals, without a loader and with the listed filters only."""
    env = _Walls(
        autoescape=escaping,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        cache_size=0,
    )
    env.globals.clear()
    filters: dict[str, Callable[..., Any]] = {**env.filters, **prose.FILTERS}
    env.filters = {name: filters[name] for name in FILTERS}
    env.tests = {name: env.tests[name] for name in TESTS}
    return env


_MARKUP = _environment(escaping=True)
_PLAIN = _environment(escaping=False)


def escapes(name: str) -> bool:
    """Whether the file's type has markup that values must be escaped for (html, xml, svg)."""
    return name.endswith((".html", ".xml", ".svg"))


@lru_cache(maxsize=512)
def compiled(name: str, source: str) -> Template:
    """Return the template, checked and compiled once per process.

    Raises TemplateRefused if its syntax is not allowed or wrong.
    """
    if len(source) > _LARGEST_TEMPLATE:
        raise TemplateRefused(f"{name}: a template may have {_LARGEST_TEMPLATE} characters")
    env = _MARKUP if escapes(name) else _PLAIN
    try:
        tree = env.parse(source, name)
        check(tree, name)
        return env.from_string(tree)
    except TemplateSyntaxError as error:
        raise TemplateRefused(f"{name}:{error.lineno}: {error.message}") from None
    except (TemplateError, RecursionError, MemoryError) as error:
        raise TemplateRefused(f"{name}: {error}") from None


def render(name: str, source: str, data: Mapping[str, Any]) -> str:
    """Return the template filled with `data`, which is never compiled.

    In html, xml and svg every value is escaped; other outputs take typed values only (T31). Raises
    TemplateRefused for the template, RenderError for a missing name or a value that may not go there.
    """
    if not escapes(name):
        _check_typed(name, data)
    try:
        return compiled(name, source).render(data)
    except TemplateRefused:
        raise
    except (TemplateError, ArithmeticError, TypeError, LookupError, AttributeError, MemoryError) as error:
        raise RenderError(f"{name}: {type(error).__name__}: {error}") from None


def safe_html(text: str) -> Markup:
    """Mark text as HTML of our own making, already escaped."""
    return Markup(text)  # noqa: S704 - the one place where render vouches for what it made


def _check_typed(name: str, value: object, path: str = "") -> None:
    """Raise RenderError at the first value that a style sheet or text file must not get."""
    match value:
        case Mapping():
            for key, inner in value.items():
                _check_typed(name, inner, f"{path}.{key}")
        case list() | tuple():
            for index, inner in enumerate(value):
                _check_typed(name, inner, f"{path}.{index}")
        case str() if not _TYPED.fullmatch(value):
            raise RenderError(f"{name}: {path.lstrip('.')} is no colour, name, number or address: {value[:40]!r}")
        case _:
            return
