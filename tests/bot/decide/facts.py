"""What the scene's GitHub answers to each need, makes of each effect, and says of a job in its token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain import facts as f
from bot.domain import knowledge as k
from bot.domain.allowance import opened_by
from bot.domain.checks import CheckFiles
from bot.domain.effects import Dispatch, Effect, Grant, OpenPull, Say
from bot.domain.own_templates import OwnTemplates
from bot.domain.people import Role
from bot.events.model import Job
from tests.bot.decide.people import BOT, OPS, policy_of, shipped

if TYPE_CHECKING:
    from tests.bot.decide.scene import Scene


SEVERAL = ("roles", "teams", "blobs")
"""Fields of Knowledge to which several needs add."""


def answered(need: object, scene: Scene) -> dict[str, Any]:
    """The fields of Knowledge that answer one need."""
    match need:
        case k.PolicyFile():
            place = f.Operations(OPS.id, OPS.name, "main", "e" * 40)
            return {"policy": policy_of(scene.policy_text), "operations": place}
        case k.Blueprints():
            return shipped()
        case k.Permission(user):
            return {"roles": {user: scene.roles.get(user, Role.NONE)}}
        case k.TeamsOf(user):
            return {"teams": {user: scene.teams.get(user, ())}}
        case CheckFiles():
            return {"check_files": scene.check_files}
        case OwnTemplates():
            return {"own_templates": scene.own_templates}
        case k.Blobs(digests):
            return {"blobs": {digest: scene.blobs[digest] for digest in digests if digest in scene.blobs}}
        case _:
            return _of_github(need, scene)


def _of_github(need: object, scene: Scene) -> dict[str, Any]:  # noqa: C901 - one case per need
    match need:
        case k.WorkflowFile():
            return {"workflow": scene.pin()}
        case k.IssueNow():
            return {"issue": scene.issue()}
        case k.Head():
            return {"head": "f" * 40}
        case k.RunNow(run_id):
            return {"run": scene.run if scene.run and scene.run.id == run_id else under_way(run_id)}
        case k.ArtifactNow():
            return {"artifact": scene.artifact}
        case k.JobNow(check_run_id=check):
            return {"job": {11: "Admit", 12: "Execute", 13: "Report", 14: "Build"}.get(check or 0)}
        case k.Words(sources):
            return {"words": {source: scene.words[source] for source in sources if source in scene.words}}
        case k.Owners():
            return {"owners": scene.owners}
        case k.History():
            return {"lines": tuple(scene.lines)}
        case k.OpenedLately():
            ledgers = [one.lines for one in scene.post.scenes.values()]
            first = [lines[0] for lines in ledgers if lines and lines[0].entry.type == "capability.opened"]
            return {"opened": tuple(opened_by(line) for line in first)}
        case k.PullNow():
            return {"pull": scene.pull_now}
        case k.Ledgers(keys):
            return {"ledgers": {key: tuple(scene.elsewhere.get(key, ())) for key in keys}}
        case k.Around():
            return {"around": scene.around}
        case k.CasesOf():
            return {"cases": (scene.key,) if scene.lines else ()}
        case _:
            raise AssertionError(f"nobody answers {need}")


def made_by(effect: Effect, scene: Scene) -> dict[str, Any] | None:
    """What performing the effect would have made, None where nothing is remembered."""
    match effect:
        case Say(to="sticky"):
            return {"sticky": 70}
        case OpenPull():
            plan = effect.text.plan.digest
            pull = {"pull": 8, "pull_head": "d" * 40, "pull_url": "https://x/8", "pull_plan": plan}
            return {**pull, "branch": effect.branch}
        case Dispatch():
            return {"nonce": effect.nonce, "run_id": scene.runs}
        case Grant(job="execute" | "report"):
            return {f"session:{effect.spec.nonce}": scene.session(effect.spec.nonce)}
        case _:
            return None


def job_of(name: str, run_id: int, jti: str, changes: dict[str, Any]) -> Job:
    """What the OIDC token of one of our jobs says."""
    facts: dict[str, Any] = {
        "repository_id": OPS.id,
        "repository": OPS.name,
        "event_name": "workflow_dispatch",
        "actor_id": BOT.id,
        "workflow_ref": f"{OPS.name}/.github/workflows/millwright.yml@refs/heads/main",
        "workflow_sha": "e" * 40,
        "run_id": run_id,
        "run_attempt": 1,
        "environment": None,
        "check_run_id": {"admit": 11, "execute": 12, "report": 13, "build": 14}[name],
        "jti": jti,
        "issued_at": 0,
    }
    return Job(**(facts | changes))


def under_way(run_id: int) -> f.RunFacts:
    """A run of ours that has begun."""
    return f.RunFacts(run_id, 1, "in_progress", None, BOT.id, "workflow_dispatch", "p", "e" * 40, "https://x")


def minute_and_a_second(conclusion: str) -> f.JobFacts:
    """A job that is billed two minutes."""
    times = ("2026-05-04T09:00:00Z", "2026-05-04T09:01:01Z")
    return f.JobFacts(12, "Execute", conclusion, *times, labels=("self-hosted",))
