"""Attacks on the whole house use the scene of the stories, attacks on the adapter its small server."""

from __future__ import annotations

from tests.adapters.conftest import clock, pem, session_at
from tests.stories.conftest import runner, scene

__all__ = ["clock", "pem", "runner", "scene", "session_at"]
