"""The lifecycle: every phase a case can be in, and every way between them, in one table."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """Where a case stands (product.md section 3)."""

    DRAFT = "draft"
    VALIDATED = "validated"
    PREVIEWING = "previewing"
    APPROVED = "approved"
    EXECUTING = "executing"
    WAITING = "waiting"
    MONITORING = "monitoring"
    HELD = "held"
    COMPLETED = "completed"
    FAILED = "failed"
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
