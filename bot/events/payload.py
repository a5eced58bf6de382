"""Models of what we read in GitHub's webhooks, and of nothing else; what is not read may be anything.

Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _sound(value: object) -> object:
    """The string without lone surrogates, which JSON can spell and UTF-8 cannot."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


Id = Annotated[int, Field(ge=1, le=2**53 - 1)]
Words = Annotated[str, BeforeValidator(_sound)]
Name = Annotated[str, BeforeValidator(_sound), Field(max_length=300)]


class Seen(BaseModel):
    """Only what we read; GitHub may add to it."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class UserPart(Seen):
    """An account."""

    id: Id
    login: Name
    type: str = "Bot"


class RepoPart(Seen):
    """A repository."""

    id: Id
    full_name: Name
    private: bool = False
    default_branch: Name = "main"


class InstallationPart(Seen):
    """The App's installation that a webhook was sent for."""

    id: Id


class LabelPart(Seen):
    """A label."""

    name: Name


class IssuePart(Seen):
    """An issue or a pull request seen as one."""

    node_id: Name
    number: Id
    title: Words
    body: Words | None = None
    user: UserPart | None = None
    state: str = "open"
    labels: tuple[LabelPart, ...] = Field(default=(), strict=False)
    pull_request: dict[str, Any] | None = None
    performed_via_github_app: dict[str, Any] | None = None


class CommentPart(Seen):
    """A comment on an issue."""

    id: Id
    body: Words | None = None
    user: UserPart | None = None
    performed_via_github_app: dict[str, Any] | None = None


class HeadPart(Seen):
    """The head of a pull request."""

    sha: Name


class PullPart(Seen):
    """A pull request."""

    number: Id
    head: HeadPart
    merged: bool | None = None


class ReviewPart(Seen):
    """A review of a pull request."""

    id: Id
    body: Words | None = None
    state: Name
    commit_id: Name | None = None
    user: UserPart | None = None
    performed_via_github_app: dict[str, Any] | None = None


class RunPart(Seen):
    """A workflow run; a hint only, the run is read again before anything follows from it."""

    id: Id
    run_attempt: Id = 1
    display_title: Words | None = None
    name: Words | None = None
    conclusion: str | None = None
    path: Words = ""
    event: Name = ""
    actor: UserPart | None = None


class CheckPart(Seen):
    """A check run."""

    id: Id
    external_id: Words | None = None


class SuitePart(Seen):
    """A check suite."""

    id: Id


class ActionPart(Seen):
    """The button of a check run that was pressed."""

    identifier: Name


class IssuesHook(Seen):
    """`issues`."""

    issue: IssuePart
    repository: RepoPart
    installation: InstallationPart
    sender: UserPart
    label: LabelPart | None = None
    changes: dict[str, Any] = Field(default_factory=dict)


class ChangedBodyPart(Seen):
    """A text as it was before an edit."""

    was: Words = Field(default="", alias="from")


class ChangesPart(Seen):
    """What an edit changed."""

    body: ChangedBodyPart = ChangedBodyPart()


class CommentHook(Seen):
    """`issue_comment`."""

    issue: IssuePart
    comment: CommentPart
    repository: RepoPart
    installation: InstallationPart
    sender: UserPart
    changes: ChangesPart = ChangesPart()


class PullHook(Seen):
    """`pull_request`."""

    pull_request: PullPart
    repository: RepoPart
    installation: InstallationPart
    sender: UserPart


class ReviewHook(Seen):
    """`pull_request_review`."""

    review: ReviewPart
    pull_request: PullPart
    repository: RepoPart
    installation: InstallationPart
    sender: UserPart


class RunHook(Seen):
    """`workflow_run`."""

    workflow_run: RunPart
    repository: RepoPart
    installation: InstallationPart
    sender: UserPart


class CheckHook(Seen):
    """`check_run`."""

    check_run: CheckPart
    repository: RepoPart
    installation: InstallationPart
    sender: UserPart
    requested_action: ActionPart | None = None


class SuiteHook(Seen):
    """`check_suite`."""

    check_suite: SuitePart
    repository: RepoPart
    installation: InstallationPart
    sender: UserPart
