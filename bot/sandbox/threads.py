"""Where people talk: issues and pull requests, which share their numbers, with comments, reactions and reviews."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Reaction:
    """One emoji by one account on an issue or a comment."""

    id: int
    account_id: int
    content: str
    created_at: str


@dataclass(slots=True)
class Comment:
    """A comment on an issue or pull request; `app_id` if an App wrote it, `minimized` if it is hidden."""

    id: int
    issue_number: int
    author_id: int
    body: str
    created_at: str
    updated_at: str
    app_id: int | None = None
    minimized: str | None = None
    reactions: list[Reaction] = field(default_factory=list)


@dataclass(slots=True)
class Review:
    """A submitted review of a pull request; `commit_id` is the head it was given on."""

    id: int
    author_id: int
    body: str
    state: str
    commit_id: str
    submitted_at: str
    app_id: int | None = None
    updated_at: str | None = None


@dataclass(slots=True)
class Pull:
    """What makes an issue a pull request: where it comes from, where it goes, and what became of it."""

    id: int
    head_repository_id: int
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    is_draft: bool = False
    merged_at: str | None = None
    merged_by_id: int | None = None
    merge_commit_sha: str | None = None
    reviews: list[Review] = field(default_factory=list)
    requested_reviewer_ids: list[int] = field(default_factory=list)

    @property
    def source(self) -> tuple[int, str]:
        """Repository and branch it comes from."""
        return self.head_repository_id, self.head_ref


@dataclass(slots=True)
class Issue:
    """An issue, or a pull request when `pull` is there."""

    id: int
    number: int
    author_id: int
    title: str
    body: str | None
    created_at: str
    updated_at: str
    app_id: int | None = None
    state: str = "open"
    state_reason: str | None = None
    closed_at: str | None = None
    closed_by_id: int | None = None
    is_locked: bool = False
    labels: list[str] = field(default_factory=list)
    assignee_ids: list[int] = field(default_factory=list)
    comments: dict[int, Comment] = field(default_factory=dict)
    reactions: list[Reaction] = field(default_factory=list)
    pull: Pull | None = None
