"""What a run is like must not depend on which runner does it."""

from pathlib import Path

import jwt
import pytest

from .scene import ASK, UPLOAD, Scene

TWO_JOBS = f"""
jobs:
  admit:
    runs-on: ubuntu-latest
    permissions: {{id-token: write}}
    outputs:
      environment: ${{{{ steps.look.outputs.environment }}}}
      verb: ${{{{ steps.look.outputs.verb }}}}
    steps:
      - id: look
        env:
          CASE: ${{{{ inputs.case }}}}
          SECRET: ${{{{ secrets.DEPLOY_KEY }}}}
        run: |
          echo "environment=prod" >> "$GITHUB_OUTPUT"
          printf 'verb<<EOF\\nit'"'"'s ${{{{ '{{x}}' }}}}\\nEOF\\n' >> "$GITHUB_OUTPUT"
          echo "case $CASE secret [$SECRET] run $GITHUB_RUN_ID ref $GITHUB_WORKFLOW_REF"
          {ASK}
  execute:
    needs: admit
    runs-on: ubuntu-latest
    environment: ${{{{ needs.admit.outputs.environment }}}}
    permissions: {{id-token: write}}
    steps:
      - env:
          KEY: ${{{{ secrets.DEPLOY_KEY }}}}
          VERB: ${{{{ needs.admit.outputs.verb }}}}
        run: |
          test "$KEY" = s3cr3t-value
          echo "verb ($VERB) key $KEY"
          mkdir -p "$RUNNER_TEMP/bundle" && echo hi > "$RUNNER_TEMP/bundle/report.json"
          echo no > "$RUNNER_TEMP/bundle/.hidden"
          echo "# done" >> "$GITHUB_STEP_SUMMARY"
          {ASK}
      - if: always()
        uses: {UPLOAD}
        with:
          name: millwright-L1
          path: ${{{{ runner.temp }}}}/bundle
"""


def log_of(scene: Scene, run_id: int, key: str) -> str:
    return "\n".join(scene.sandbox.actions.runs[run_id].job(key).log)


def is_alive(number: str) -> bool:
    stat = Path("/proc", number, "stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] not in "ZX"


async def test_two_jobs_pass_outputs_and_secrets_as_on_github(both: Scene) -> None:
    run = await both.run(TWO_JOBS)
    admit, execute = log_of(both, run.id, "admit"), log_of(both, run.id, "execute")
    assert (run.status, run.conclusion, run.title) == ("completed", "success", "millwright C1 L1 N1"), (
        admit + execute
    )
    assert f"case C1 secret [] run {run.id} ref acme/ops/.github/workflows/millwright.yml@refs/heads/main" in admit
    assert "verb (it's {x}) key ***" in execute
    assert "s3cr3t-value" not in execute
    assert run.job("execute").summary == "# done\n"


async def test_each_job_gets_tokens_that_name_itself(both: Scene) -> None:
    run = await both.run(TWO_JOBS)
    issuer = both.sandbox.actions.issuer
    key = jwt.PyJWK(issuer.jwks()["keys"][0])
    claims = {}
    for name in ("admit", "execute"):
        line = next(one for one in run.job(name).log if one.startswith("token="))
        claims[name] = jwt.decode(line[6:], key, algorithms=["RS256"], audience="millwright", issuer=issuer.url)
    assert claims["admit"]["sub"] == "repo:acme/ops:ref:refs/heads/main"
    assert "environment" not in claims["admit"]
    assert claims["execute"]["sub"] == "repo:acme/ops:environment:prod"
    assert claims["execute"]["environment"] == "prod"
    assert claims["execute"]["check_run_id"] == str(run.job("execute").id)
    assert claims["execute"]["run_attempt"] == "1"
    assert claims["execute"]["actor_id"] == str(both.app.bot_id)
    assert claims["admit"]["jti"] != claims["execute"]["jti"]


async def test_a_failing_step_fails_the_run_and_skips_what_needs_it(both: Scene) -> None:
    run = await both.run(
        """
jobs:
  one:
    runs-on: ubuntu-latest
    steps: [{run: "echo said; exit 3"}, {run: "echo never"}, {if: "failure()", run: "echo after"}]
  two:
    needs: one
    runs-on: ubuntu-latest
    steps: [{run: "echo two"}]
  three:
    needs: [one, two]
    if: always()
    runs-on: ubuntu-latest
    steps: [{run: "echo three ${{ needs.one.result }} ${{ needs.two.result }}"}]
"""
    )
    assert run.conclusion == "failure"
    assert [job.conclusion for job in run.jobs] == ["failure", "skipped", "success"]
    assert [step.conclusion for step in run.job("one").steps] == ["failure", "skipped", "success"]
    assert "never" not in [line for line in run.job("one").log if not line.startswith("##[")]
    assert "three failure skipped" in run.job("three").log


@pytest.mark.parametrize("way", ["setsid", "setsid env -i"])
async def test_what_a_job_leaves_running_is_killed(both: Scene, way: str) -> None:
    run = await both.run(
        f"""
jobs:
  one:
    runs-on: ubuntu-latest
    steps: [{{run: "{way} bash -c 'echo pid=$$; exec sleep 600' & sleep 0.3"}}]
"""
    )
    number = next(line[4:] for line in run.job("one").log if line.startswith("pid="))
    assert run.conclusion == "success"
    assert not is_alive(number)


async def test_a_job_that_takes_too_long_is_timed_out(both: Scene) -> None:
    run = await both.run(
        """
jobs:
  one:
    runs-on: ubuntu-latest
    timeout-minutes: 0.01
    steps: [{run: "sleep 600"}]
"""
    )
    assert (run.conclusion, run.job("one").conclusion) == ("timed_out", "timed_out")


async def test_a_job_without_permission_has_no_door_to_tokens(both: Scene) -> None:
    run = await both.run(
        """
jobs:
  build:
    runs-on: ubuntu-latest
    permissions: {}
    steps: [{run: "env | grep -c ID_TOKEN || true; echo [$GITHUB_TOKEN]"}]
"""
    )
    assert run.conclusion == "success"
    assert "0" in run.job("build").log
    assert "[]" in run.job("build").log


async def test_a_composite_action_of_ours_runs_at_exactly_its_commit(scene: Scene) -> None:
    scene.sandbox.actions.runner = "act"
    await scene.commit(scene.tools, "main", {"actions/admit/action.yml": "broken: ["})
    jobs = """
jobs:
  admit:
    runs-on: ubuntu-latest
    outputs: {environment: "${{ steps.a.outputs.environment }}"}
    steps: [{id: a, uses: "acme/millwright/actions/admit@TOOLS_SHA", with: {case: "${{ inputs.case }}"}}]
"""
    run = await scene.run(jobs)
    assert run.conclusion == "success", run.job("admit").log
    assert "case is C1" in run.job("admit").log
    assert run.job("admit").outputs == {"environment": "prod"}


async def test_an_action_at_an_unknown_commit_fails_the_job(both: Scene) -> None:
    run = await both.run(
        """
jobs:
  admit:
    runs-on: ubuntu-latest
    steps: [{uses: "acme/millwright/actions/admit@9999999999999999999999999999999999999999"}]
"""
    )
    assert run.conclusion == "failure"
    assert "unable to find version" in run.job("admit").log[-1]


async def test_the_tool_cache_is_shared_by_all_runs_and_nothing_else_is(both: Scene) -> None:
    step = """
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - run: |
          ls "$RUNNER_TOOL_CACHE" "$RUNNER_TEMP" "$HOME" "$GITHUB_WORKSPACE"
          touch "$RUNNER_TOOL_CACHE/tool" "$RUNNER_TEMP/left" "$HOME/left" "$GITHUB_WORKSPACE/left"
"""
    first, second = await both.run(step), await both.run(step)
    assert (first.conclusion, second.conclusion) == ("success", "success"), first.job("one").log
    assert "tool" not in first.job("one").log
    assert "tool" in second.job("one").log
    assert "left" not in second.job("one").log
