"""What the bot knows of an executor without importing it: its card."""

from __future__ import annotations

from executors.protocol.plan import Limits
from executors.protocol.undo import UndoClass
from executors.protocol.wire import Json, Slug, Text, Wire


class ExecutorCard(Wire):
    """An executor's public face: input schema, undo classes, limits; derived from the record, never declared."""

    name: Slug
    summary: Text
    inputs_schema: Json
    operations: tuple[Slug, ...]
    undo: UndoClass
    limits: Limits
    previewable: bool = True
