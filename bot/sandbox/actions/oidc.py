"""Issue OIDC tokens to running jobs as GitHub Actions does, and to no other.

Source: https://docs.github.com/en/actions/reference/security/oidc
"""

import json
import uuid
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from bot.sandbox.actions.model import JobRun, Run
from bot.sandbox.answers import Refusal
from bot.sandbox.state import Repository, World

PATH = "/_oidc"
LIFETIME = 6 * 3600  # seconds; as in tokens of GitHub's that were looked at
CLAIMS = [
    "sub", "aud", "exp", "iat", "iss", "jti",
    "nbf", "repository", "repository_id", "repository_owner", "repository_owner_id", "repository_visibility",
    "actor", "actor_id", "event_name", "ref", "ref_type", "ref_protected",
    "sha", "head_ref", "base_ref", "workflow", "workflow_ref", "workflow_sha",
    "job_workflow_ref", "job_workflow_sha", "run_id", "run_number", "run_attempt", "runner_environment",
    "environment", "check_run_id",
]  # fmt: skip


@dataclass
class Issuer:
    """The token issuer of one sandbox, with a key of its own; `world.url` must be set before it is asked."""

    world: World
    key_id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        """The signing key, made when first needed."""
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def url(self) -> str:
        """The `iss` of its tokens; below it stands `/.well-known/openid-configuration`."""
        return self.world.url + PATH

    def discovery(self) -> dict[str, Any]:
        """The discovery document (OpenID Connect Discovery 1.0, section 3)."""
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/.well-known/jwks",
            "subject_types_supported": ["public", "pairwise"],
            "response_types_supported": ["id_token"],
            "claims_supported": CLAIMS,
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid"],
        }

    def jwks(self) -> dict[str, Any]:
        """The public key as a JSON Web Key Set (RFC 7517)."""
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [public | {"kid": self.key_id, "alg": "RS256", "use": "sig", "key_ops": ["verify"]}]}

    def token_for(self, run: Run, job: JobRun, audience: str | None) -> str:
        """A token for a job that runs now; 403 without `id-token: write`, 401 when it does not run."""
        if job.permissions.get("id-token") != "write":
            raise Refusal(403, "Resource not accessible: the job has no permission id-token: write")
        if job.status != "in_progress":
            raise Refusal(401, "Unauthorized: the job is not running")
        return self.signed(self.claims(run, job, audience))

    def signed(self, claims: dict[str, Any]) -> str:
        """These claims under the issuer's key, whatever they say: also a verb for tests."""
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": self.key_id})

    def claims(self, run: Run, job: JobRun, audience: str | None) -> dict[str, Any]:
        """What GitHub would say of this job: all strings but `iat`, `nbf` and `exp` (Unix seconds)."""
        repository = self.world.repositories[run.repository_id]
        owner = self.world.accounts[repository.owner_id]
        now = int(self.world.clock())
        claims: dict[str, Any] = {
            "iss": self.url,
            "aud": audience or f"https://github.com/{owner.login}",
            "iat": now,
            "nbf": now - 600,
            "exp": now + LIFETIME,
            "jti": str(uuid.uuid4()),
            "repository_owner": owner.login,
            "repository_owner_id": str(owner.id),
        }
        claims |= _of_repository(self.world, repository, run, job)
        claims |= _of_run(self.world, repository, run)
        claims["check_run_id"] = str(job.check_run_id)
        claims["runner_environment"] = "self-hosted" if "self-hosted" in job.labels else "github-hosted"
        if job.environment:
            claims["environment"] = job.environment
        return claims


def workflow_ref(world: World, repository: Repository, run: Run) -> str:
    """`owner/repo/.github/workflows/x.yml@refs/heads/main`."""
    return f"{world.full_name(repository)}/{run.workflow.path}@{run.ref}"


def _of_repository(world: World, repository: Repository, run: Run, job: JobRun) -> dict[str, str]:
    full_name = world.full_name(repository)
    scope = f"environment:{job.environment.replace(':', '%3A')}" if job.environment else f"ref:{run.ref}"
    return {
        "sub": f"repo:{full_name}:{scope}",
        "repository": full_name,
        "repository_id": str(repository.id),
        "repository_visibility": "private" if repository.private else "public",
    }


def _of_run(world: World, repository: Repository, run: Run) -> dict[str, str]:
    file = workflow_ref(world, repository, run)
    return {
        "actor": world.accounts[run.actor_id].login,
        "actor_id": str(run.actor_id),
        "event_name": run.event,
        "ref": run.ref,
        "ref_type": "tag" if run.ref.startswith("refs/tags/") else "branch",
        "ref_protected": "false",
        "sha": run.sha,
        "head_ref": "",
        "base_ref": "",
        "workflow": run.workflow.name,
        "workflow_ref": file,
        "workflow_sha": run.sha,
        "job_workflow_ref": file,
        "job_workflow_sha": run.sha,
        "run_id": str(run.id),
        "run_number": str(run.number),
        "run_attempt": str(run.attempt),
    }
