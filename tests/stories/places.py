"""Another place for a story's website: policy, environments and workflow follow, as an owner would change them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from bot.cli.demo.scene import Scene
from bot.cli.workflow import template
from bot.domain.policy import Policy, parse
from bot.domain.workflow import PATH as WORKFLOW
from bot.domain.workflow_check import generated

POLICY = ".github/millwright.yml"


async def move_site(scene: Scene, place: Mapping[str, Any], secrets: Mapping[str, Mapping[str, str]]) -> None:
    """Olga puts the website elsewhere: `place` is the environment now, `secrets` are by environment."""
    operations = scene.cast.operations
    for name, values in secrets.items():
        operations.environment(name, values, branch_policy="protected")
    value = yaml.safe_load(await operations.read(POLICY) or "")
    value["environments"] = [dict(place)]
    policy = parse(text := json.dumps(value))
    assert isinstance(policy, Policy), policy
    world = scene.story.sandbox.world
    shipped = world.repository("millwright-dev/millwright")
    assert shipped is not None
    head = await scene.story.sandbox.git(shipped).sha("refs/heads/main")
    flow = generated(
        policy, scene.bot.url, scene.keys.fingerprint, f"millwright-dev/millwright@{head}", template()
    )
    files: dict[str, str | None] = {POLICY: text, WORKFLOW: flow}
    await scene.cast.olga.push(operations, files)
    await scene.settle()
