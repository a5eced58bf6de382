"""What the report on paper says, as rows of text."""

from __future__ import annotations

from collections.abc import Iterator

from executors.evidence.story import Story
from executors.evidence.words import plain
from executors.protocol.plan import Plan


def summary_rows(story: Story, plan: Plan) -> list[tuple[str, str]]:
    """Return what was decided about, in short: (label, value)."""
    return [
        ("Plan", f"{story.token}, mode {story.mode}"),
        ("Plan digest", story.digest),
        ("Case", story.case),
        ("From", f"{story.started} to {story.ended}"),
        ("Outcome", outcome_words(story)),
        ("Undone by itself", "yes, what is reversible" if plan.auto_rollback else "no, a person decides"),
    ]


def outcome_words(story: Story) -> str:
    """Return how it ended, in one sentence."""
    done = sum(step.status == "completed" for step in story.steps)
    changes = f"{story.applied} change{'s' * (story.applied != 1)} to the outside, {story.undone} taken back"
    return f"{story.outcome}: {done} of {len(story.steps)} steps completed, {changes}"


def step_rows(story: Story) -> list[tuple[str, ...]]:
    """Return each step: name, summary, undo class, how it ended, seconds."""
    return [
        (
            f"{step.number}. {step.title}",
            step.summary,
            step.undo,
            step.status,
            f"{step.seconds} s" if step.seconds else "not measured",
        )
        for step in story.steps
    ]


def estimate_rows(story: Story, plan: Plan) -> list[tuple[str, str]]:
    """Return the ranges with what they rest on, beside what was measured."""
    told = plan.estimate
    rows = [
        ("Time", f"{told.minutes_low} to {told.minutes_high} minutes"),
        ("Cost", story.cost_estimate),
        ("What it cost", story.cost_total),
    ]
    return [*rows, ("Known by", plain(told.basis) or "unknown")]


def remains(story: Story) -> Iterator[str]:
    """Yield what could not be taken back and what was asked for in vain; one sentence where there is neither."""
    for text in story.residue:
        yield f"Left behind: {text}"
    for text in story.unavailable:
        yield f"Asked for and not available: {text}"
    if not story.residue:
        yield "No residue is recorded: nothing that had to be taken back is still there."
