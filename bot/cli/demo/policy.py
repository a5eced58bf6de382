"""The act about the policy: a pull request with a mistake, corrected, and what it would change."""

from __future__ import annotations

from typing import Any

from bot.cli.demo.acts import Play

POLICY = ".github/millwright.yml"


async def changing_the_policy(play: Play) -> None:
    """8: a change of the policy is looked at before it counts."""
    stage, cast = play.stage, play.cast
    stage.scene(8, "A change of the policy")
    text = await cast.operations.read(POLICY) or ""
    stage.say("[bold]olga[/] proposes [cyan]approval: {MEDIUM: {count: two}}[/] in the operations repository")
    head = await cast.olga.push(
        cast.operations, {POLICY: f"{text}approval: {{MEDIUM: {{count: two}}}}\n"}, "rules"
    )
    await cast.olga.open_pull(cast.operations, "rules", title="Two approvals")
    found, notes = await _check(play, head)
    for note in notes:
        stage.say(f"  [red]{note['path']}:{note['start_line']}[/] {note['message']}")
    line = text.count("\n") + 1
    stage.expect("the check run fails", found.get("conclusion") == "failure")
    stage.expect(f"its annotation is at line {line}", [note["start_line"] for note in notes] == [line])
    stage.say("[bold]olga[/] corrects it, and lets everybody approve who may write")
    text = text.replace("[maintain, admin]", "[write]")
    fixed: dict[str, str | None] = {POLICY: f"{text}approval: {{MEDIUM: {{count: 2}}}}\n"}
    found, notes = await _check(play, await cast.olga.push(cast.operations, fixed, "rules"))
    stage.quote("millwright / policy", "\n\n".join((found["output"]["title"], found["output"]["text"] or "")), 12)
    stage.expect("no mistake is left", found.get("conclusion") == "neutral" and not notes)
    stage.expect("what asks for less than before is marked", "new: write role or more" in found["output"]["text"])


async def _check(play: Play, head: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The check run on that head when all is calm, and its annotations."""
    await play.scene.settle()
    http, path = play.cast.olga.http, play.cast.operations.path
    runs = (await http.get(f"{path}/commits/{head}/check-runs"))["check_runs"]
    if not runs:
        return {"output": {"title": "", "text": ""}}, []
    return runs[0], await http.get(f"{path}/check-runs/{runs[0]['id']}/annotations")
