"""How an operation can be taken back; for those who read a plan and no operations."""

from __future__ import annotations

from typing import Literal

UndoClass = Literal["reversible", "snapshot", "compensate", "irreversible"]
"""By the exact inverse; from a copy taken before; by something that makes up for it; by nothing."""
