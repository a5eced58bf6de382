"""Every payload that GitHub publishes means something or is ignored by name."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.events.github import meaning
from bot.events.life import InstallationChanged, RepositoryChanged, RightsChanged
from bot.events.model import (
    CheckRequested,
    CommentChanged,
    CommentCreated,
    Ignored,
    IssueChanged,
    PullChanged,
    ReviewChanged,
    RunChanged,
)
from bot.events.routing import nonce_of, route

EXAMPLES = Path(__file__).parents[2] / "contract/node_modules/@octokit/webhooks-examples/api.github.com/index.json"
published = pytest.mark.skipif(
    not EXAMPLES.exists(), reason=f"NOT TRIED: the published webhook examples are not installed at {EXAMPLES}"
)

HANDLED: dict[str, Any] = {
    "issues": IssueChanged,
    "issue_comment": (CommentCreated, CommentChanged),
    "pull_request": PullChanged,
    "pull_request_review": ReviewChanged,
    "workflow_run": RunChanged,
    "check_run": CheckRequested,
    "check_suite": CheckRequested,
    "repository": RepositoryChanged,
    "installation": InstallationChanged,
    "installation_repositories": InstallationChanged,
    "organization": RightsChanged,
    "member": RightsChanged,
    "membership": RightsChanged,
    "team": RightsChanged,
}


@cache
def examples() -> list[tuple[str, dict[str, Any]]]:
    entries = json.loads(EXAMPLES.read_text())
    return [(entry["name"], payload) for entry in entries for payload in entry["examples"]]


@published
def test_every_published_payload_is_handled_or_ignored_by_name() -> None:
    seen = examples()
    assert len(seen) >= 329
    for name, payload in seen:
        found = meaning(name, payload | {"installation": payload.get("installation") or {"id": 7}})
        if isinstance(found, Ignored):
            assert found.event == name
            assert "malformed" not in found.why, (name, found)
        else:
            assert isinstance(found, HANDLED[name])


@published
def test_every_event_we_subscribe_to_is_handled_at_least_once() -> None:
    found = {type(meaning(name, payload | {"installation": {"id": 7}})) for name, payload in examples()}
    assert {IssueChanged, CommentCreated, CommentChanged, PullChanged, RunChanged} <= found
    assert {RepositoryChanged, InstallationChanged, RightsChanged, CheckRequested} <= found


@published
def test_routing_the_published_payloads_finds_a_place_for_each() -> None:
    for name, payload in examples():
        found = route(name, payload)
        assert found.case or found.fallback.startswith(("repo:", "installation:"))


@published
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_mutilated_payload_is_ignored_and_never_raises(data: st.DataObject) -> None:
    name, payload = data.draw(st.sampled_from([pair for pair in examples() if pair[0] in HANDLED]))
    payload = json.loads(json.dumps(payload)) | {"installation": {"id": 7}}
    place: Any = payload
    for _ in range(data.draw(st.integers(0, 2))):
        inner = [value for value in place.values() if isinstance(value, dict) and value]
        place = data.draw(st.sampled_from(inner)) if inner else place
    key = data.draw(st.sampled_from(sorted(place)))
    place[key] = data.draw(st.sampled_from([None, 0, -1, 2**70, "", [], {}, "\ud800", 1.5, True]))
    assert meaning(name, payload) is not None
    assert route(name, payload) is not None


ISSUE: dict[str, Any] = {
    "action": "opened",
    "issue": {
        "node_id": "I_1",
        "number": 4,
        "title": "t\ud800",
        "body": None,
        "user": {"id": 5, "login": "ann", "type": "User"},
        "labels": [{"name": "capability:business"}],
        "state": "open",
    },
    "repository": {"id": 9, "full_name": "acme/site", "private": True, "default_branch": "trunk"},
    "installation": {"id": 3},
    "sender": {"id": 5, "login": "ann", "type": "User"},
}
COMMENT = ISSUE | {
    "action": "created",
    "comment": {"id": 77, "body": "/plan", "user": {"id": 5, "login": "ann", "type": "User"}},
}


def test_an_opened_issue_is_read_with_its_people_and_labels() -> None:
    event = meaning("issues", ISSUE)
    assert isinstance(event, IssueChanged)
    assert event.repo.default_branch == "trunk"
    assert event.issue.labels == ("capability:business",)
    assert event.issue.body == ""
    assert event.issue.title == "t?"


def test_a_comment_made_by_an_app_in_a_persons_name_is_no_persons_comment() -> None:
    comment = COMMENT["comment"] | {"performed_via_github_app": {"id": 1}}
    event = meaning("issue_comment", COMMENT | {"comment": comment})
    assert isinstance(event, CommentCreated)
    assert not event.actor.is_person


def test_an_unknown_kind_of_account_is_no_person() -> None:
    user = {"id": 5, "login": "ann", "type": "Robot"}
    event = meaning("issue_comment", COMMENT | {"comment": COMMENT["comment"] | {"user": user}})
    assert isinstance(event, CommentCreated)
    assert not event.actor.is_person


def test_a_comment_whose_author_is_not_its_sender_is_ignored() -> None:
    event = meaning("issue_comment", COMMENT | {"sender": {"id": 6, "login": "eve", "type": "User"}})
    assert isinstance(event, Ignored)


def test_a_comment_of_a_deleted_account_belongs_to_nobody() -> None:
    event = meaning("issue_comment", COMMENT | {"action": "deleted", "comment": {"id": 77, "user": None}})
    assert isinstance(event, CommentChanged)
    assert event.author.id == 0
    assert not event.author.is_person


def test_a_webhook_without_an_installation_is_malformed() -> None:
    event = meaning("issues", {key: value for key, value in ISSUE.items() if key != "installation"})
    assert isinstance(event, Ignored)
    assert "installation" in event.why


@pytest.mark.parametrize("name", ["repository", "installation", "issues"])
def test_a_body_of_another_event_is_ignored_whatever_the_header_calls_it(name: str) -> None:
    body = COMMENT | {"action": "deleted"}
    assert isinstance(meaning("issue_comment", body), CommentChanged)
    event = meaning(name, body)
    assert isinstance(event, Ignored)
    assert "another event" in event.why, event.why
    foreign = {"comment"} if name == "issues" else {"comment", "issue"}
    own = {key: value for key, value in body.items() if key not in foreign}
    assert not isinstance(meaning(name, own), Ignored), "without the comment it is an event of that name"


@pytest.mark.parametrize("payload", [{}, {"action": 3}, {"action": "opened"}, {"action": ["opened"], "issue": 1}])
def test_nonsense_is_ignored(payload: dict[str, Any]) -> None:
    assert isinstance(meaning("issues", payload), Ignored)
    assert route("issues", payload).fallback == "installation:0"


NONCE = "0123456789abcdef" * 2


def test_a_run_is_routed_by_its_id_and_by_the_nonce_in_its_name() -> None:
    run = {"id": 42, "display_title": f"millwright case:9:I_1 site {NONCE}"}
    found = route("workflow_run", {"repository": {"id": 9}, "workflow_run": run})
    assert found.aliases == ("run:42", f"nonce:{NONCE}")
    assert found.fallback == "repo:9"


@pytest.mark.parametrize("title", ["", f"x {NONCE}", f"millwright a b {NONCE}x", f"millwright a b c {NONCE}"])
def test_a_foreign_title_has_no_nonce(title: str) -> None:
    assert nonce_of(title) is None


def test_comments_on_a_pull_request_are_routed_by_its_number() -> None:
    payload = COMMENT | {"issue": ISSUE["issue"] | {"pull_request": {"url": "x"}}}
    assert route("issue_comment", payload).aliases == ("pull:9:4",)
    assert route("issue_comment", COMMENT).case == "case:9:I_1"


AROUND = {key: value for key, value in ISSUE.items() if key != "issue"}
RIVAL = {"id": 6, "login": "eve", "type": "User"}


def test_a_renamed_repository_tells_its_old_name() -> None:
    changes = {"repository": {"name": {"from": "website"}}}
    event = meaning("repository", AROUND | {"action": "renamed", "changes": changes})
    assert isinstance(event, RepositoryChanged)
    assert (event.was, event.repo.name, event.actor.login) == ("acme/website", "acme/site", "ann")


def test_of_edits_to_a_repository_only_its_default_branch_is_read() -> None:
    edited = AROUND | {"action": "edited"}
    event = meaning("repository", edited | {"changes": {"default_branch": {"from": "main"}}})
    assert isinstance(event, RepositoryChanged)
    assert (event.was, event.repo.default_branch) == ("main", "trunk")
    assert isinstance(meaning("repository", edited | {"changes": {"description": {"from": "x"}}}), Ignored)


@pytest.mark.parametrize(
    ("event_name", "action", "where"),
    [
        ("installation", "created", "repositories"),
        ("installation", "deleted", "repositories"),
        ("installation_repositories", "added", "repositories_added"),
        ("installation_repositories", "removed", "repositories_removed"),
    ],
)
def test_an_installation_names_the_repositories_that_are_meant(event_name: str, action: str, where: str) -> None:
    three = {"repositories": [{"id": 1}], "repositories_added": [{"id": 2}], "repositories_removed": [{"id": 3}]}
    payload = {key: value for key, value in AROUND.items() if key != "repository"} | {"action": action}
    event = meaning(event_name, payload | three)
    assert isinstance(event, InstallationChanged)
    assert event.repositories == (three[where][0]["id"],)
    assert route(event_name, payload).fallback == "installation:3"


@pytest.mark.parametrize(
    ("event_name", "action", "part", "what", "place"),
    [
        ("organization", "member_removed", {"membership": {"user": RIVAL}}, "organization", 0),
        ("member", "removed", {"member": RIVAL}, "repository", 9),
        ("member", "edited", {"member": RIVAL, "changes": {"permission": {"from": "write"}}}, "role", 9),
        ("membership", "removed", {"member": RIVAL, "team": {"slug": "ops"}}, "team", 0),
        ("team", "deleted", {"team": {"slug": "ops"}}, "team_gone", 0),
        ("team", "removed_from_repository", {"team": {"slug": "ops"}}, "team_changed", 9),
        ("team", "edited", {"team": {"slug": "ops"}}, "team_changed", 0),
    ],
)
def test_who_may_have_lost_which_right(
    event_name: str, action: str, part: dict[str, Any], what: str, place: int
) -> None:
    around = AROUND if place else {key: value for key, value in AROUND.items() if key != "repository"}
    event = meaning(event_name, around | part | {"action": action})
    assert isinstance(event, RightsChanged)
    assert (event.what, event.repository, event.installation) == (what, place, 3)
    assert (event.user, event.who) == ((0, "ops") if event_name == "team" else (6, "eve"))


def test_nobody_gains_a_right_by_a_webhook() -> None:
    for name, action in (("organization", "member_added"), ("member", "added"), ("membership", "added")):
        payload = AROUND | {"action": action, "member": RIVAL, "membership": {"user": RIVAL}}
        assert isinstance(meaning(name, payload), Ignored)


def test_all_checks_of_a_commit_are_routed_by_the_commit() -> None:
    suite = {"id": 31, "head_sha": "d" * 40}
    payload = AROUND | {"action": "rerequested", "check_suite": suite}
    event = meaning("check_suite", payload)
    assert isinstance(event, CheckRequested)
    assert (event.check_run_id, event.external_id) == (31, "")
    assert route("check_suite", payload).aliases == (f"head:9:{'d' * 40}",)
