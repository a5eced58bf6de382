"""T36: the workflow that was approved is a path and its content. The content elsewhere approves nothing."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.effects import Answer, Grant
from executors.protocol.plan import WorkflowPin
from tests.bot.decide.people import of
from tests.bot.decide.scene import Scene


@dataclass
class Moved(Scene):
    """The policy names another path by now, and the approved bytes lie there."""

    path: str = ".github/workflows/millwright.yml"

    def pin(self) -> WorkflowPin:
        return super().pin().model_copy(update={"path": self.path})


def test_the_approved_bytes_under_another_path_do_not_vouch_for_the_approved_path() -> None:
    scene = Moved()
    scene.opens()
    scene.path = ".github/workflows/copy.yml"
    effects = scene.claims("admit")
    assert not of(Grant, effects)
    assert of(Answer, effects)[0].body["code"] == "workflow_changed"
    scene.path = ".github/workflows/millwright.yml"
    assert of(Grant, scene.claims("admit")), "the road is open otherwise"
