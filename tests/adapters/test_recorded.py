"""The adapter against what api.github.com really answered (see recordings.py)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import yaml

from bot.adapters.github import issues, releases, repos
from bot.adapters.github.session import Session
from bot.adapters.github.tokens import scope
from bot.domain.people import Repo
from bot.errors import GitHubError
from tests.adapters import recordings

Play = Callable[..., AbstractContextManager[Any]]
HELLO = b"Hello, world!\n"


def repo(name: str) -> Repo:
    return Repo(1000, f"octokit-fixture-org/{name}", recordings.INSTALLATION, default_branch="master")


def asked(tape: Any) -> list[str]:
    """The exchanges that were played, without the token."""
    played = [tape.requests[index] for index, times in sorted(tape.play_counts.items()) if times]
    return [f"{one.method} {one.path}" for one in played if not one.path.endswith("/access_tokens")]


@pytest.mark.parametrize("scenario", recordings.SCENARIOS)
def test_a_cassette_is_what_the_published_recording_converts_to(scenario: str) -> None:
    if not recordings.PACKAGE.exists():
        pytest.skip("@octokit/fixtures is not installed: run `python tests/contract/install.py` (make test does)")
    assert (recordings.CASSETTES / f"{scenario}.yaml").read_text() == recordings.cassette(scenario)


@pytest.mark.parametrize("scenario", recordings.SCENARIOS)
def test_a_cassette_names_its_source_and_licence(scenario: str) -> None:
    text = (recordings.CASSETTES / f"{scenario}.yaml").read_text()
    assert text.startswith("# Recorded from api.github.com by @octokit/fixtures 23.1.2 (MIT")
    assert len(yaml.safe_load(text)["interactions"]) >= 2


async def test_a_repository_is_read_with_its_numeric_id_and_default_branch(
    session: Session, playing: Play
) -> None:
    with playing("get-repository"):
        # The recording ends before the branch is asked for, so the whole of `find` does not run on it.
        found = await session.get(repos.reading(repo("hello-world")), "/repos/octokit-fixture-org/hello-world")
    assert (found["id"], found["full_name"], found["private"], found["default_branch"]) == (
        1000,
        "octokit-fixture-org/hello-world",
        False,
        "master",
    )


async def test_a_folder_is_no_file(session: Session, playing: Play) -> None:
    with playing("get-content") as tape:
        assert await repos.file(session, repo("hello-world"), "", "master") is None
    assert asked(tape) == ["GET /repos/octokit-fixture-org/hello-world/contents/"]


async def test_a_label_that_is_there_is_not_made_again(session: Session, playing: Play) -> None:
    with playing("labels") as tape:
        await issues.ensure_label(session, repo("labels"), "test-label")
    assert asked(tape) == ["GET /repos/octokit-fixture-org/labels/labels/test-label"]


async def test_a_new_label_is_answered_with_its_name_and_colour(session: Session, playing: Play) -> None:
    wanted = {"name": "test-label", "color": "663399"}
    with playing("labels"):
        made = await session.post(
            issues.writing(repo("labels")), "/repos/octokit-fixture-org/labels/labels", wanted
        )
    assert {key: made[key] for key in wanted} == wanted


async def test_what_github_found_wrong_with_a_field_is_in_the_error(session: Session, playing: Play) -> None:
    wanted = {"name": "foo", "color": "invalid"}
    with playing("errors"), pytest.raises(GitHubError) as refused:
        await session.post(issues.writing(repo("errors")), "/repos/octokit-fixture-org/errors/labels", wanted)
    assert refused.value.status == 422
    assert "Validation Failed for 'color'" in str(refused.value)
    assert "POST /repos/octokit-fixture-org/errors/labels" in str(refused.value)


async def test_a_paged_list_is_read_to_its_last_page(session: Session, playing: Play) -> None:
    url = "/repos/octokit-fixture-org/paginate-issues/issues?per_page=3"
    with playing("paginate-issues", match_on=("method", "scheme", "host", "path", "query")) as tape:
        found = [issue["number"] async for issue in session.items(issues.writing(repo("paginate-issues")), url)]
    assert found == list(range(13, 0, -1))
    assert len(asked(tape)) == 5


async def test_a_paged_list_that_is_left_early_asks_no_further(session: Session, playing: Play) -> None:
    url = "/repos/octokit-fixture-org/paginate-issues/issues?per_page=3"
    with playing("paginate-issues") as tape:
        async for issue in session.items(issues.writing(repo("paginate-issues")), url):
            assert issue["number"] == 13
            break
    assert len(asked(tape)) == 1


async def test_a_pack_is_uploaded_to_the_release_of_its_tag(session: Session, playing: Play) -> None:
    with playing("release-assets") as tape:
        made = await releases.publish(session, repo("release-assets"), "v1.0.0", "test-upload.txt", HELLO)
    assert made.id == 1000
    assert made.url.endswith("/octokit-fixture-org/release-assets/releases/download/v1.0.0/test-upload.txt")
    assert asked(tape) == [
        "GET /repos/octokit-fixture-org/release-assets/releases/tags/v1.0.0",
        "POST /repos/octokit-fixture-org/release-assets/releases/1000/assets",
    ]


async def test_an_asset_that_github_has_and_does_not_show_us_is_a_refusal_in_its_words(
    session: Session, playing: Play
) -> None:
    with playing("release-assets-conflict", again=True), pytest.raises(GitHubError) as refused:
        await releases.publish(session, repo("release-assets-conflict"), "v1.0.0", "test-upload.txt", HELLO)
    assert refused.value.status == 422
    assert "Validation Failed for 'name'" in str(refused.value)


async def test_a_renamed_repository_is_found_under_its_old_name(session: Session, playing: Play) -> None:
    with playing("rename-repository") as tape:
        found = await session.get(
            repos.reading(repo("rename-repository")), "/repos/octokit-fixture-org/rename-repository"
        )
    assert found["full_name"] == "octokit-fixture-org/rename-repository-newname"
    assert asked(tape) == ["GET /repos/octokit-fixture-org/rename-repository", "GET /repositories/1000"]


async def test_a_write_to_a_renamed_repository_arrives_under_its_id(session: Session, playing: Play) -> None:
    admin = scope(repo("rename-repository"), administration="write")
    url = "/repos/octokit-fixture-org/rename-repository"
    with playing("rename-repository") as tape:
        await session.patch(admin, url, {"name": "rename-repository-newname"})
        changed = await session.patch(admin, url, {"description": "test description"})
    assert changed["description"] == "test description"
    assert asked(tape) == [f"PATCH {url}", f"PATCH {url}", "PATCH /repositories/1000"]
