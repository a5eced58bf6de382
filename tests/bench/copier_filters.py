"""Our filters for copier, which takes them as an extension of Jinja."""

from __future__ import annotations

from jinja2 import Environment
from jinja2.ext import Extension

from executors.render import prose


class Filters(Extension):
    """`prose`, `paragraphs` and `img`, and escaping in every file as the site has it."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.filters.update(prose.FILTERS)
