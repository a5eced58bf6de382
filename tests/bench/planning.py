"""Planning: a plan of forty steps, and a thousand identical plans."""

from __future__ import annotations

from bot.domain.planner import plan_for
from executors.protocol.canonical import canonical
from executors.protocol.plan import Plan
from tests.bench.figure import Figure, seconds
from tests.bot.domain.acme import plan_inputs


def run() -> list[Figure]:
    """Milliseconds of planning with digest, with the forty steps that no briefing of this release reaches."""
    inputs = plan_inputs()
    plan = plan_for(inputs)
    assert isinstance(plan, Plan)

    def forty() -> str:
        made = plan_for(inputs)
        assert isinstance(made, Plan)
        steps = tuple(step.model_copy(update={"id": f"{step.id}-{n}"}) for n in range(20) for step in made.steps)
        return made.model_copy(update={"steps": steps}).digest

    took = seconds(forty, 11) * 1000
    floor = seconds(lambda: canonical(plan.to_json()), 11) * 1000
    same = {plan_for(inputs).digest for _ in range(1000)}  # type: ignore[union-attr]
    return [
        Figure(
            "plan of 40 steps",
            f"{took:.1f} ms",
            f"canonical JSON of its 2 steps {floor:.1f} ms",
            "≤ 20 ms",
            took <= 20,
        ),
        Figure("1,000 identical plans", f"{len(same)} digest", "", "1", len(same) == 1),
    ]
