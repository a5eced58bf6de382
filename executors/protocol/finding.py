"""What a check found: a notice, a warning or a failure, with its place where there is one."""

from __future__ import annotations

from typing import Literal

from executors.protocol.wire import Slug, Text, Wire


class Finding(Wire):
    """Something worth a reader's eye: shown as an annotation, in the plan, or in the pack."""

    level: Literal["notice", "warning", "failure"]
    code: Slug
    message: Text
    step: Slug | None = None
    path: str | None = None
    line: int = 1
