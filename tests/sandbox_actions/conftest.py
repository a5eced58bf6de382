"""Fixtures: a scene per test, once for each runner where both must behave alike."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .scene import Scene, build

COMPOSITE = """\
name: admit
description: stands in for our own verb
inputs: {case: {required: true}}
outputs:
  environment: {value: "${{ steps.x.outputs.environment }}"}
runs:
  using: composite
  steps:
    - id: x
      shell: bash
      run: |
        echo "environment=prod" >> "$GITHUB_OUTPUT"
        echo "case is $CASE"
      env: {CASE: "${{ inputs.case }}"}
"""


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    made = await build(tmp_path / "sandbox", {"actions/admit/action.yml": COMPOSITE})
    yield made
    await made.session.close()
    await made.sandbox.stop()


@pytest.fixture(params=["inline", pytest.param("act", marks=pytest.mark.act)])
def both(request: pytest.FixtureRequest, scene: Scene) -> Scene:
    """The scene, on each of the two runners."""
    scene.sandbox.actions.runner = request.param
    return scene
