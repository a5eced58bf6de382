"""Who is calling: nobody, a person, an App by its JWT, an installation or a job, checked as GitHub does."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

import jwt

from bot.sandbox.answers import Refusal
from bot.sandbox.state import ACTIONS_APP_ID, ACTIONS_BOT_ID, Account, App, Installation, Repository, Token, World

HOUR = 3600
LEVELS = ("none", "read", "write", "admin")
PREFIXES = {"user": "ghp_", "installation": "ghs_", "job": "ghs_"}
UNDECODED = "A JSON web token could not be decoded"
TOO_FAR = "'Expiration time' claim ('exp') is too far in the future"
EXPIRED = (
    "'Expiration time' claim ('exp') must be a numeric value representing "
    "the future time at which the assertion expires"
)
NOT_YET = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller; `account` is who its deeds are ascribed to, `app` the App through which it acts."""

    kind: str
    account: Account | None = None
    app: App | None = None
    installation: Installation | None = None
    permissions: Mapping[str, str] = field(default_factory=dict)
    repository_ids: frozenset[int] | None = None

    @property
    def is_integration(self) -> bool:
        """Whether permissions, not roles, decide what it may do."""
        return self.kind in ("installation", "job")

    def __str__(self) -> str:
        """For logs: `user:alice`, `installation:millwright[bot]`, `app:millwright`, `anonymous`."""
        who = self.app.slug if self.kind == "app" and self.app else self.account.login if self.account else ""
        return f"{self.kind}:{who}" if who else self.kind


ANONYMOUS = Identity("anonymous")


def require_place_for_app(identity: Identity, path: str) -> None:
    """Let an App's JWT pass where GitHub takes one: `/app…` and `…/installation`; 401 everywhere else.

    See https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/about-authentication-with-a-github-app
    """
    if identity.kind == "app" and not (path.startswith("/app") or path.endswith("/installation")):
        raise Refusal(401, "Bad credentials")


def identify(world: World, authorization: str | None) -> Identity:
    """The caller behind an Authorization header; 401 `Bad credentials` when it holds nothing that is known."""
    if not authorization:
        return ANONYMOUS
    scheme, _, credential = authorization.partition(" ")
    if scheme.lower() == "basic":
        credential = _password(credential)
    elif scheme.lower() not in ("bearer", "token"):
        raise Refusal(401, "Bad credentials")
    if credential.count(".") == 2:
        return app_identity(world, credential)
    token = world.tokens.get(credential)
    if token is None or (token.expires_at is not None and token.expires_at <= world.clock()):
        raise Refusal(401, "Bad credentials")
    return token_identity(world, token)


def token_identity(world: World, token: Token) -> Identity:
    """The caller behind a token; what an installation has lost since, the token has lost too."""
    account = world.accounts[token.account_id]
    if token.kind == "user":
        return Identity("user", account, world.apps.get(token.app_id or 0))
    app = world.apps.get(token.app_id or 0)
    if token.kind == "job":
        return Identity("job", account, app, None, dict(token.permissions), token.repository_ids)
    installation = world.installations.get(token.installation_id or 0)
    if installation is None:
        raise Refusal(401, "Bad credentials")
    if installation.suspended_at is not None:
        raise Refusal(403, "This installation has been suspended")
    granted = installation.permissions
    held = {p: min(level, granted[p], key=LEVELS.index) for p, level in token.permissions if p in granted}
    return Identity("installation", account, app, installation, held, token.repository_ids)


def app_identity(world: World, credential: str) -> Identity:
    """The App that signed a JWT (RS256, `exp` at most 10 minutes ahead).

    See https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
    """
    try:
        claims = jwt.decode(credential, options={"verify_signature": False})
        app = _app_named(world, claims.get("iss"))
        unchecked = {f"verify_{claim}": False for claim in ("exp", "iat", "nbf", "aud", "iss", "sub", "jti")}
        if app is not None:
            jwt.decode(credential, app.public_key, algorithms=["RS256"], options=unchecked)  # type: ignore[arg-type]
    except jwt.InvalidTokenError:
        raise Refusal(401, UNDECODED) from None
    if app is None:
        raise Refusal(404, "Integration not found")
    now, issued, expires = world.clock(), claims.get("iat"), claims.get("exp")
    if not isinstance(expires, int) or expires <= now:
        raise Refusal(401, EXPIRED)
    if expires > now + 600:
        raise Refusal(401, TOO_FAR)
    if not isinstance(issued, int) or issued > now:
        raise Refusal(401, NOT_YET)
    return Identity("app", None, app)


def _password(credential: str) -> str:
    """The token in `user:token`, as git sends it, or in `token:` alone."""
    try:
        user, _, password = base64.b64decode(credential, validate=True).decode().partition(":")
    except ValueError:
        raise Refusal(401, "Bad credentials") from None
    return user if password in ("", "x-oauth-basic") else password


def _app_named(world: World, issuer: object) -> App | None:
    wanted = str(issuer)
    return next((app for app in world.apps.values() if wanted in (str(app.id), app.client_id)), None)


def user_token(world: World, account: Account, app: App | None = None) -> Token:
    """A personal access token, or one that an App holds in the person's name; reaches what the person reaches."""
    return _keep(world, Token(_value("user"), "user", account.id, app_id=app.id if app else None))


def installation_token(
    world: World,
    installation: Installation,
    permissions: Mapping[str, str] | None = None,
    repository_ids: frozenset[int] | None = None,
) -> Token:
    """A token of an installation for one hour, narrowed to some permissions and repositories."""
    app = world.apps[installation.app_id]
    held = tuple(sorted((installation.permissions if permissions is None else permissions).items()))
    reach = repository_ids
    if reach is None and installation.repository_ids is not None:
        reach = frozenset(installation.repository_ids)
    token = Token(
        _value("installation"),
        "installation",
        app.bot_id,
        world.clock() + HOUR,
        app.id,
        installation.id,
        held,
        reach,
    )
    return _keep(world, token)


def job_token(
    world: World, repository: Repository, permissions: Mapping[str, str], lives_for: float = HOUR
) -> Token:
    """A `GITHUB_TOKEN` for one job: that repository, those permissions, acting as `github-actions[bot]`."""
    held = tuple(sorted(permissions.items()))
    ends = world.clock() + lives_for
    reach = frozenset({repository.id})
    return _keep(world, Token(_value("job"), "job", ACTIONS_BOT_ID, ends, ACTIONS_APP_ID, None, held, reach))


def revoke(world: World, token: Token) -> None:
    """The token is good for nothing any more."""
    world.tokens.pop(token.value, None)


def _value(kind: str) -> str:
    return PREFIXES[kind] + secrets.token_hex(18)


def _keep(world: World, token: Token) -> Token:
    world.tokens[token.value] = token
    return token
