"""What a webhook means: an Event, or Ignored with the reason; never an exception (T20: a hint, not a fact)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_args, get_type_hints

from pydantic import ValidationError

from bot.events import around
from bot.events.model import (
    CheckRequested,
    CommentChanged,
    CommentCreated,
    Event,
    Ignored,
    Issue,
    IssueChanged,
    PullChanged,
    ReviewChanged,
    RunChanged,
)
from bot.events.payload import (
    CheckHook,
    CommentHook,
    IssuePart,
    IssuesHook,
    PullHook,
    ReviewHook,
    RunHook,
    Seen,
    SuiteHook,
)
from bot.events.shown import actor_of, repo_of

P = TypeVar("P", bound=Seen)
Payload = Mapping[str, Any]

_OWN: Mapping[str, frozenset[str]] = {
    "issues": frozenset({"issue"}),
    "issue_comment": frozenset({"issue", "comment"}),
    "pull_request_review": frozenset({"pull_request", "review"}),
    "membership": frozenset({"member", "team"}),
    "organization": frozenset({"membership"}),
}
"""What the bodies of these events tell of, where it is not what the event is called."""
_PARTS = frozenset({"check_run", "check_suite", "member", "pull_request", "ref", "team", "workflow_run"}).union(
    *_OWN.values()
)
"""What tells one event's body from another's: its name is a header, which GitHub does not sign (T16)."""


def meaning(event: str, payload: Payload) -> Event | Ignored:
    """The event that a webhook of that name stands for, or Ignored with why; raises nothing."""
    action = payload.get("action") if isinstance(payload, Mapping) else None
    action = action if isinstance(action, str) else ""
    reader = _READERS.get(event)
    if reader is None:
        return Ignored(event, action, "this event means nothing to us")
    actions, read = reader
    if action not in actions:
        return Ignored(event, action, "this action means nothing to us")
    if others := _PARTS & payload.keys() - _OWN.get(event, frozenset({event})):
        return Ignored(event, action, f"the body is of another event: it holds {', '.join(sorted(others))}")
    try:
        return read(action, payload)
    except ValidationError as error:
        first = error.errors()[0]
        return Ignored(event, action, f"malformed: {'.'.join(map(str, first['loc']))}: {first['msg']}")


def _issues(action: str, payload: Payload) -> Event | Ignored:
    hook = IssuesHook.model_validate(payload)
    if hook.issue.pull_request is not None:
        return Ignored("issues", action, "a pull request")
    return IssueChanged(
        repo=repo_of(hook.repository, hook.installation.id),
        action=_issue_action(action),
        issue=_issue(hook.issue),
        actor=actor_of(hook.sender),
        label=hook.label.name if hook.label else None,
        body_changed="body" in hook.changes,
    )


def _comment(action: str, payload: Payload) -> Event | Ignored:
    hook = CommentHook.model_validate(payload)
    repo, issue = repo_of(hook.repository, hook.installation.id), _issue(hook.issue)
    author = actor_of(hook.comment.user, via_app=hook.comment.performed_via_github_app is not None)
    if action == "created":
        if author.id != hook.sender.id:
            return Ignored("issue_comment", action, "its author is not its sender")
        return CommentCreated(repo, issue, hook.comment.id, hook.comment.body or "", author)
    sender = actor_of(hook.sender)
    if action == "edited":
        return CommentChanged(repo, issue, "edited", hook.comment.id, author, sender, hook.changes.body.was)
    return CommentChanged(repo, issue, "deleted", hook.comment.id, author, sender, hook.comment.body or "")


def _pull(action: str, payload: Payload) -> Event | Ignored:
    hook = PullHook.model_validate(payload)
    return PullChanged(
        repo=repo_of(hook.repository, hook.installation.id),
        number=hook.pull_request.number,
        action=action,
        head_sha=hook.pull_request.head.sha,
        merged=bool(hook.pull_request.merged),
        actor=actor_of(hook.sender),
    )


def _review(action: str, payload: Payload) -> Event | Ignored:
    hook = ReviewHook.model_validate(payload)
    review = hook.review
    author = actor_of(review.user, via_app=review.performed_via_github_app is not None)
    if action == "submitted" and author.id != hook.sender.id:
        return Ignored("pull_request_review", action, "its author is not its sender")
    return ReviewChanged(
        repo=repo_of(hook.repository, hook.installation.id),
        number=hook.pull_request.number,
        action="submitted" if action == "submitted" else "edited" if action == "edited" else "dismissed",
        review_id=review.id,
        state=review.state.lower(),
        commit=review.commit_id or "",
        body=review.body or "",
        author=author,
        actor=actor_of(hook.sender),
    )


def _run(action: str, payload: Payload) -> Event | Ignored:
    hook = RunHook.model_validate(payload)
    run = hook.workflow_run
    return RunChanged(
        repo=repo_of(hook.repository, hook.installation.id),
        action="completed" if action == "completed" else "requested" if action == "requested" else "in_progress",
        run_id=run.id,
        attempt=run.run_attempt,
        title=run.display_title or run.name or "",
        conclusion=run.conclusion,
        actor=actor_of(run.actor) if run.actor else actor_of(hook.sender),
        path=run.path,
        event=run.event,
    )


def _check(action: str, payload: Payload) -> Event | Ignored:
    hook = CheckHook.model_validate(payload)
    return CheckRequested(
        repo=repo_of(hook.repository, hook.installation.id),
        check_run_id=hook.check_run.id,
        external_id=hook.check_run.external_id or "",
        action="rerequested" if action == "rerequested" else "requested_action",
        identifier=hook.requested_action.identifier if hook.requested_action else None,
        actor=actor_of(hook.sender),
    )


def _suite(action: str, payload: Payload) -> Event | Ignored:
    del action  # there is only one that means something
    hook = SuiteHook.model_validate(payload)
    repo, actor = repo_of(hook.repository, hook.installation.id), actor_of(hook.sender)
    return CheckRequested(repo, hook.check_suite.id, "", "rerequested", None, actor)


def _issue(part: IssuePart) -> Issue:
    return Issue(
        node_id=part.node_id,
        number=part.number,
        title=part.title,
        body=part.body or "",
        author=actor_of(part.user, via_app=part.performed_via_github_app is not None),
        labels=tuple(label.name for label in part.labels),
        open=part.state == "open",
        is_pull=part.pull_request is not None,
    )


_ISSUE_ACTIONS = get_args(get_type_hints(IssueChanged)["action"])


def _issue_action(action: str) -> Any:
    """The action as IssueChanged names it; `meaning` lets only these through."""
    return action


_READERS: dict[str, tuple[frozenset[str], Callable[[str, Payload], Event | Ignored]]] = {
    "issues": (frozenset(_ISSUE_ACTIONS), _issues),
    "issue_comment": (frozenset({"created", "edited", "deleted"}), _comment),
    "pull_request": (frozenset({"opened", "closed", "reopened", "synchronize"}), _pull),
    "pull_request_review": (frozenset({"submitted", "edited", "dismissed"}), _review),
    "workflow_run": (frozenset({"requested", "in_progress", "completed"}), _run),
    "check_run": (frozenset({"rerequested", "requested_action"}), _check),
    "check_suite": (frozenset({"rerequested"}), _suite),
    "repository": (frozenset(around.REPOSITORY), around.repository),
    "installation": (frozenset(around.INSTALLATION), around.installation),
    "installation_repositories": (frozenset(around.REACH), around.installation),
    "organization": (frozenset({"member_removed"}), around.organization),
    "member": (frozenset({"removed", "edited"}), around.member),
    "membership": (frozenset({"removed"}), around.membership),
    "team": (frozenset({"deleted", "removed_from_repository", "edited"}), around.team),
}
