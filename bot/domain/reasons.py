"""Every reason code there is, with what it means and what to do: a closed list that machines may rely on.

`tests/rooms/test_reasons.py` holds it to the source, and `.github/REASONS.md` to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """What a code means and what somebody who meets it does next; `group` is where it is met."""

    group: str
    meaning: str
    next: str


def _group(name: str, rows: Mapping[str, tuple[str, str]]) -> dict[str, Reason]:
    return {code: Reason(name, meaning, step) for code, (meaning, step) in rows.items()}


_APPROVALS = {
    "counts": ("The approval counts.", "nothing"),
    "by_policy": ("The policy itself approves, or would: mode `auto`, LOW risk.", "nothing"),
    "enough": ("There are as many approvals as the gate asks for.", "nothing"),
    "approvals_missing": (
        "There are fewer approvals than the gate asks for, or those that were given do not count any more.",
        "the people whom the answer names approve",
    ),
    "approvals_void": (
        "At a job's claim the approvals were judged again and are not enough any more.",
        "approve again what stands now",
    ),
    "no_plan": ("There is nothing to decide at this gate.", "`/plan`, or `/status`"),
    "approval_stale": (
        "The approval is of another plan than stands now, or the plan has drifted from policy or workflow.",
        "approve the line in the sticky comment; `/plan` where the policy changed",
    ),
    "expired": ("The approval is older than the gate allows.", "approve again"),
    "self_approval": (
        "Issue author, briefing editors and commit authors do not decide on what they wrote.",
        "somebody else approves; in a one-person organisation `solo: true` in the policy",
    ),
    "no_role": (
        "The account's role, teams and ownership give it no say here, or not any more.",
        "ask those whom the answer names",
    ),
    "not_a_person": ("Bots and Apps approve nothing.", "a person approves"),
    "app_comment": ("An App wrote the comment in somebody's name.", "write the comment yourself"),
    "already_approved": ("This account's approval of exactly this plan stands already.", "nothing"),
    "token_missing": ("The words name no plan.", "paste the line from the answer"),
    "token_malformed": (
        "The token is not `v<version>-<12 lower-case hex digits>`.",
        "paste the line from the answer",
    ),
    "gate_unknown": ("The plan meets no gate of that name.", "`/why` lists the gates"),
    "gate_closed": ("Nobody has to decide at that gate now.", "`/status`"),
    "words_edited": ("The approving comment is not what it was.", "approve again in a new comment"),
    "words_gone": ("The approving comment or review is not there any more.", "approve again"),
    "words_hidden": ("The approving comment was minimised.", "approve again in a new comment"),
    "review_stale": (
        "The review is of a commit that does not hold the plan as it stands, or that is not the bot's own.",
        "review the newest commit, or approve in a comment",
    ),
    "review_dismissed": (
        "The review was dismissed; an older approval does not come back.",
        "review or approve again",
    ),
    "objected": (
        "Somebody who may approve asks for changes in a review.",
        "they approve, or the review is dismissed",
    ),
    "head_moved": ("Somebody pushed to the plan pull request.", "approve again"),
    "withdrawn": ("The approval was taken back.", "approve again"),
    "override": ("An admin overrides the gate.", "nothing"),
    "overridden": ("The gate is passed by override.", "nothing; it stands in the evidence"),
    "second_person": (
        "An override takes a second admin: from HIGH risk up, and always for somebody who wrote the briefing.",
        "another admin says the same `/override`",
    ),
    "preview_pending": ("Above LOW risk the preview comes first.", "wait for it, or `/plan`"),
    "preview_failed": ("The preview failed, and above LOW risk it comes first.", "`/plan`"),
    "choice_missing": (
        "The briefing asks for something that cannot be had, and leaves open what is to become of it.",
        "edit the briefing as the answer says",
    ),
    "dry_run": ("A dry run is shown and never carried out.", "take `dry_run` out of the briefing"),
    "nothing_to_do": ("The plan changes nothing.", "edit the issue"),
}
_COMMANDS = {
    "wrong_phase": ("The command has no meaning in the present phase.", "`/status`"),
    "two_commands": ("One comment holds more than one command, so none is done.", "one comment, one command"),
    "arguments": (
        "The words after the command are none that it takes.",
        "the usage stands in the answer and in `/help`",
    ),
    "reason_missing": ("The command needs a reason.", "say why, on the same line"),
    "environment_unknown": ("The product has no environment of that name.", "name one that the answer lists"),
    "duration": ("The time is none, or longer than a lock may last.", "`for 2h`, `for 3d`; at most 14 days"),
    "not_locked": ("Nobody has locked that environment.", "nothing"),
    "not_yours": ("Somebody else has locked that environment.", "its owner or an admin says `/unlock`"),
    "run_open": ("A run has that environment, and its lock ends with the run.", "`/cancel` on its issue"),
    "no_policy": (
        "The policy cannot be read, so nobody can be told apart.",
        "`/status` names what is wrong with it",
    ),
    "no_vertical": ("No vertical serves this type of business.", "use one that the answer names"),
    "frozen": (
        "GitHub's own state keeps it shut: archived, suspended, or the App is not installed there.",
        "put that right on GitHub; it goes on by itself then",
    ),
    "held": ("The capability is held, and nothing is decided meanwhile.", "`/resume`"),
    "nothing_to_undo": ("Nothing stands that could be taken back.", "`/status`"),
    "residue_first": ("Something of the last run still stands in the world.", "`/rollback` first"),
    "same_plan": ("The issue gives exactly the plan that is there.", "`/approve` it, or edit the issue"),
    "nothing_to_withdraw": ("No approval of this account stands at the gate.", "`/why`"),
    "already_begun": ("What was approved has begun.", "`/cancel` stops it, `/rollback` takes it back"),
    "objection_stands": (
        "A review that asks for changes is dismissed where it was written.",
        "dismiss it, or approve",
    ),
    "already_held": ("It is held already, or as soon as the present run is over.", "`/resume`"),
    "not_held": ("Nothing is held.", "`/status`"),
    "gate_shut": (
        "It waits at a gate, and trying again is no way around it.",
        "approve at the gate, or `/reject`",
    ),
    "step_unknown": ("The step is none that the command is about.", "name one that the answer lists"),
    "other_rollback": (
        "People decide at the gate `rollback` whether something else is taken back.",
        "`/reject` leaves it as it is; then ask for what you want",
    ),
    "not_overridable": ("It is no gate that people decide at.", "the answer says what helps instead"),
    "already_overridden": ("This admin has overridden the gate already, and counts once.", "ask a second admin"),
    "not_confirmed": ("Only the exact line erases anything.", "paste the line from the answer"),
    "nothing_to_erase": ("Nothing but the ledger is stored.", "`/audit`"),
    "erased": ("Plan and journals were erased, so nothing of it can be done again or taken back.", "`/plan`"),
}
_CLAIMS_OF_JOBS = {
    "case_unknown": (
        "No such case is carried out in the token's repository.",
        "nothing: only the bot starts runs",
    ),
    "leg_unknown": ("No leg of that name is dispatched.", "nothing: only the bot starts runs"),
    "leg_closed": ("This run of the leg is over.", "`/retry` on the issue"),
    "leg_done": ("This run has handed in its bundle.", "nothing"),
    "nonce": ("The nonce is not that of the present dispatch.", "nothing: only the bot starts runs"),
    "event": ("The run was not started by a dispatch.", "nothing: only the bot starts runs"),
    "actor": ("The run was not started by our App.", "nothing: only the bot starts runs"),
    "workflow_ref": (
        "The run is not of the generated workflow on the default branch.",
        "nothing: only the bot starts runs",
    ),
    "workflow_changed": (
        "The workflow at the run's commit is not the approved one.",
        "`/plan`, then approve again",
    ),
    "attempt": ("The run was repeated on GitHub.", "`/retry` on the issue"),
    "run": ("The token is of another run.", "nothing: only the bot starts runs"),
    "job": ("The token is of another job than the claim names.", "nothing"),
    "job_of_leg": ("A leg of this kind has no such job.", "nothing"),
    "environment": (
        "The job runs in another environment than the leg's.",
        "generate the workflow again: `millwright workflow`",
    ),
    "admit_first": ("The job `admit` of this run has not claimed.", "nothing"),
    "already_claimed": ("The job of this leg was claimed with another key.", "`/retry` on the issue"),
    "already_started": ("The job of this leg has begun to journal.", "`/retry` on the issue"),
    "cancelled": ("The capability is being cancelled.", "nothing"),
    "locked": ("A person has locked the environment.", "wait, or `/unlock` as its owner or an admin"),
    "lock_lost": (
        "The environment's lock is not this run's any more: its lease ended, or another run has it.",
        "`/retry` on the issue",
    ),
    "issue_gone": ("The issue is not there any more.", "nothing"),
    "issue_closed": ("The issue is closed.", "open it again, then `/plan`"),
    "briefing_changed": ("The issue is not what the plan was made from.", "`/plan`, then approve again"),
    "session_unknown": ("The session key belongs to no leg.", "nothing"),
}
_DOORS = {
    "signature": ("The webhook's signature is not right.", "compare the webhook secret"),
    "headers": ("GitHub's headers are missing.", "nothing: GitHub sends them"),
    "content_type": ("The body is of a type that the door does not take.", "send `application/json`"),
    "too_large": ("The body is larger than the door takes.", "nothing"),
    "json": ("The body is no JSON, or JSON that could be read in two ways.", "nothing"),
    "schema": ("The body has not the shape that the door takes.", "use the actions of this release"),
    "bearer_missing": ("There is no bearer token.", "give the job `id-token: write`"),
    "token_invalid": ("The OIDC token is none that we trust.", "generate the workflow again"),
    "token_expired": ("The OIDC token is past its time.", "get a new one"),
    "token_old": ("The OIDC token was issued more than five minutes ago.", "get a new one"),
    "token_spent": ("This OIDC token has claimed before.", "get a new one for each try"),
    "too_many_claims": ("The jobs of this repository claim too often.", "wait"),
    "issuer_unreachable": ("The issuer's keys cannot be read now.", "try again"),
    "not_yet": ("The bot has not decided in time.", "try again"),
    "draining": ("The process is shutting down.", "try again"),
    "database": ("The database takes no write.", "look at the bot's log"),
    "engine_ended": ("The bot takes webhooks and works on nothing any more.", "restart the bot"),
    "engine_stuck": ("The bot has not looked for work for too long.", "look at the bot's log, then restart it"),
    "internal": ("Something went wrong that nobody foresaw.", "look at the bot's log"),
}

REASONS: Mapping[str, Reason] = {
    **_group("Approvals", _APPROVALS),
    **_group("Commands", _COMMANDS),
    **_group("Claims of jobs", _CLAIMS_OF_JOBS),
    **_group("Doors", _DOORS),
}
"""Code → reason, by group."""
