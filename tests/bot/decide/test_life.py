"""What a case makes of what happens around it, in every phase: its repository, the App, people's rights."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cache, wraps
from typing import Any

import pytest

from bot.decide import decide, life, needs, spread
from bot.domain.effects import Answer, CancelRun, Check, Dispatch, Effect, Record, Say, Tell, Timer
from bot.domain.frozen import in_words
from bot.domain.knowledge import CasesOf, Knowledge
from bot.domain.lifecycle import Phase
from bot.domain.messages import ApprovalsVoid
from bot.domain.people import Repo, Role
from bot.domain.replies import Happened
from bot.events.life import InstallationChanged, RepositoryChanged, RightsChanged
from bot.events.model import CheckRequested, EffectFailed, Event, TimerDue, Told
from executors.protocol.journal import LegStarted
from tests.bot.decide.people import AUTHOR, BOSS, LEAD, OPS, OUTSIDER, REPO, START, of
from tests.bot.decide.scene import Scene
from tests.bot.decide.two_legs import website_done
from tests.bot.domain.acme import POLICY

TWO = POLICY + "approval:\n  MEDIUM: {count: 2}\n"
GATED = POLICY + "gates:\n  - {name: release, before: www, count: 1}\n"
BY = {"id": LEAD.id, "login": LEAD.login, "kind": "User"}
KEY = "case:101:I_1"


def happens(scene: Scene, kind: str, place: Repo = REPO, **more: Any) -> list[Effect]:
    """Something happened to a repository, to the installation or to somebody's rights, and the case is told."""
    facts = {"repository": place.id, "name": place.name, "was": place.name, "branch": "main", "installation": 7}
    return scene.tell(Told(KEY, f"house.{kind}", {**facts, "by": BY, **more}))


def lost(scene: Scene, who: Any, what: str = "role") -> list[Effect]:
    """Somebody's rights have changed."""
    return happens(scene, "rights", what=what, user=who.id if who else 0, who=who.login if who else "ops")


# --- the road to each phase --------------------------------------------------------------------------------------


def road(travel: Callable[[], Scene]) -> Callable[[], Scene]:
    """Travels once and hands out copies: there are many things that may happen at its end."""
    there = cache(travel)

    @wraps(travel)
    def copied() -> Scene:
        return deepcopy(there())

    return copied


@road
def draft() -> Scene:
    scene = Scene(body="nothing")
    scene.opens()
    return scene


@road
def previewing() -> Scene:
    scene = Scene()
    scene.opens()
    return scene


@road
def validated() -> Scene:
    scene = Scene(policy_text=TWO)
    scene.opens()
    scene.previews()
    return scene


@road
def half_approved() -> Scene:
    scene = validated()
    scene.says(BOSS, f"/approve {scene.token}")
    return scene


@road
def untouched() -> Scene:
    return Scene().to_approved()


@road
def acting() -> Scene:
    scene = untouched()
    scene.claims("admit")
    scene.claims("execute")
    scene.journals(LegStarted(verb="execute"))
    return scene


@road
def waiting() -> Scene:
    return Scene(policy_text=GATED).to_approved()


@road
def held() -> Scene:
    scene = half_approved()
    scene.says(AUTHOR, "/hold")
    return scene


@road
def completed() -> Scene:
    scene = untouched()
    scene.executes("completed", *website_done())
    return scene


@road
def failed() -> Scene:
    scene = untouched()
    scene.executes("failed")
    return scene


@road
def rolled_back() -> Scene:
    scene = untouched()
    scene.executes("rolled_back")
    return scene


@road
def rolling_back() -> Scene:
    scene = completed()
    scene.says(BOSS, "/rollback")
    return scene


@road
def cancelled() -> Scene:
    scene = half_approved()
    scene.says(AUTHOR, "/cancel")
    return scene


ROADS: dict[Callable[[], Scene], Phase] = {
    draft: Phase.DRAFT,
    previewing: Phase.PREVIEWING,
    validated: Phase.VALIDATED,
    half_approved: Phase.VALIDATED,
    untouched: Phase.EXECUTING,
    acting: Phase.EXECUTING,
    waiting: Phase.WAITING,
    held: Phase.HELD,
    completed: Phase.COMPLETED,
    failed: Phase.FAILED,
    rolled_back: Phase.ROLLED_BACK,
    rolling_back: Phase.ROLLING_BACK,
    cancelled: Phase.CANCELLED,
}
FREEZES = {
    "archived": (REPO, "unarchived"),
    "suspended": (REPO, "unsuspended"),
    "excluded": (REPO, "included"),
    "ops archived": (OPS, "unarchived"),
    "ops excluded": (OPS, "included"),
}


def name_of(travel: Callable[[], Scene]) -> str:
    return travel.__name__


@pytest.mark.parametrize("to", ROADS, ids=name_of)
def test_the_roads_lead_where_they_say(to: Callable[[], Scene]) -> None:
    assert to().case.phase is ROADS[to]


@pytest.mark.parametrize("kind", sorted(life.KINDS))
@pytest.mark.parametrize("to", ROADS, ids=name_of)
def test_whatever_happens_in_whatever_phase_is_decided_and_starts_nothing(
    to: Callable[[], Scene], kind: str
) -> None:
    for place in (REPO, OPS, Repo(999, "acme/other", 7)):
        scene = to()
        data = {"what": "role", "user": BOSS.id, "who": "bert"} if kind == "house.rights" else {}
        effects = happens(scene, kind.removeprefix("house."), place, **data)
        assert not of(Dispatch, effects)
        assert scene.case.phase in {ROADS[to], Phase.HELD, Phase.VALIDATED, Phase.CANCELLED, *(
            {Phase.COMPLETED} if to is rolling_back else ()
        )}  # fmt: skip


@pytest.mark.parametrize("what", FREEZES)
@pytest.mark.parametrize("to", ROADS, ids=name_of)
def test_what_is_frozen_and_thawed_is_where_it_was(to: Callable[[], Scene], what: str) -> None:
    place, back = FREEZES[what]
    scene, phase = to(), ROADS[to]
    if to is draft and place is OPS:
        return  # there is no plan yet that would be carried out there
    happens(scene, what.removeprefix("ops "), place)
    assert scene.case.frozen
    assert in_words(scene.case.frozen)
    if to in {draft, previewing, validated, half_approved, untouched, waiting, failed, held}:
        assert scene.case.phase is Phase.HELD
    happens(scene, back, place)
    assert scene.case.frozen == ""
    if to is acting:
        assert scene.case.cancel
    assert scene.case.phase is phase, scene.types()


@pytest.mark.parametrize("what", ["archived", "suspended", "excluded"])
@pytest.mark.parametrize("to", ROADS, ids=name_of)
def test_nothing_is_written_where_nothing_can_be(to: Callable[[], Scene], what: str) -> None:
    effects = happens(to(), what)
    assert not [one for one in effects if not isinstance(one, Record | Tell | Timer | CancelRun)]
    assert what != "suspended" or not of(CancelRun, effects)


def test_two_reasons_are_two_and_both_must_end() -> None:
    scene = half_approved()
    happens(scene, "archived")
    happens(scene, "suspended")
    assert scene.case.frozen.split() == ["archived", "suspended"]
    happens(scene, "unarchived")
    assert (scene.case.phase, scene.case.frozen) == (Phase.HELD, "suspended")
    happens(scene, "unsuspended")
    assert (scene.case.phase, scene.case.frozen) == (Phase.VALIDATED, "")
    assert len(scene.case.approvals) == 1


def test_the_same_news_twice_is_news_once() -> None:
    scene = half_approved()
    happens(scene, "suspended")
    before = scene.types()
    assert happens(scene, "suspended") == []
    assert scene.types() == before


def test_a_frozen_case_is_not_resumed_by_a_person() -> None:
    scene = half_approved()
    happens(scene, "archived", OPS)
    scene.says(AUTHOR, "/resume")
    assert scene.case.phase is Phase.HELD


def test_a_persons_hold_outlives_the_freeze() -> None:
    scene = held()
    happens(scene, "suspended")
    happens(scene, "unsuspended")
    assert (scene.case.phase, scene.case.frozen, scene.case.hold) == (Phase.HELD, "", True)


def test_a_suspended_installation_is_asked_nothing() -> None:
    scene = acting()
    happens(scene, "suspended")
    run = scene.case.run
    assert run is not None
    events: list[Event] = [
        TimerDue(KEY, "run-look", {"nonce": run.nonce}),
        TimerDue(KEY, "approval-expiry"),
        EffectFailed(KEY, "Dispatch", f"dispatch:{run.nonce}", "403"),
        CheckRequested(REPO, 31, f"{KEY}/plan/v1", "rerequested", None, BOSS),
        Told(KEY, "house.rights", {"what": "role", "user": BOSS.id, "who": "bert", "by": BY}),
    ]
    for event in events:
        assert needs(event, scene.case) == (), event
        scene.tell(event)
    assert scene.case.phase is Phase.EXECUTING


def test_a_job_of_a_frozen_case_is_refused_before_anything_is_read() -> None:
    scene = untouched()
    scene.claims("admit")
    run = scene.case.run
    happens(scene, "suspended")
    assert scene.case.phase is Phase.HELD
    assert run is not None
    [answer] = of(Answer, scene.claims("execute", claim={"nonce": run.nonce, "leg": run.leg}))
    assert (answer.status, answer.body["code"]) == (409, "frozen")


def test_a_leg_under_way_is_told_to_stop_and_gets_no_new_token() -> None:
    scene = acting()
    happens(scene, "suspended")
    [answer] = of(Answer, scene.journals(LegStarted(verb="execute")))
    assert (answer.body["decision"], answer.token_repositories) == ("stop", ())


def test_a_run_that_ended_meanwhile_is_settled_when_it_can_be_read() -> None:
    scene = acting()
    happens(scene, "suspended")
    assert scene.ends("failure") == []
    assert "leg.lost" not in scene.types()
    happens(scene, "unsuspended")
    assert "leg.lost" in scene.types()
    assert scene.case.phase is Phase.CANCELLED
    assert "suspended by cleo" in scene.case.failure


def test_a_preview_that_was_called_back_is_begun_again() -> None:
    scene = previewing()
    effects = happens(scene, "archived")
    assert of(CancelRun, effects)
    again = happens(scene, "unarchived")
    assert [one.verb for one in scene.dispatches] == ["preview", "preview"]
    assert of(Say, again)
    assert scene.case.phase is Phase.PREVIEWING


def test_what_was_missed_is_read_again() -> None:
    scene = half_approved()
    happens(scene, "suspended")
    scene.words.clear()
    effects = happens(scene, "unsuspended")
    assert scene.case.approvals == ()
    [void] = [say.message for say in of(Say, effects) if isinstance(say.message, ApprovalsVoid)]
    assert "read again" in void.because


def test_a_policy_that_changed_meanwhile_makes_the_plan_stale() -> None:
    scene = half_approved()
    happens(scene, "suspended")
    scene.policy_text = TWO.replace("count: 2", "count: 1")
    [said] = notes(happens(scene, "unsuspended"))
    assert "the policy has changed" in said.what
    assert not scene.case.approvals


def notes(effects: list[Effect]) -> list[Happened]:
    return [say.message for say in of(Say, effects) if isinstance(say.message, Happened)]


# --- names and branches ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ROADS, ids=name_of)
def test_a_renamed_repository_keeps_its_case_and_only_a_waiting_plan_is_stale(to: Callable[[], Scene]) -> None:
    scene = to()
    effects = happens(scene, "renamed", Repo(101, "acme/shop", 7), was="acme/website")
    assert scene.case.repo.name == "acme/shop"
    stale = to in {previewing, validated, half_approved, untouched, waiting, held}
    assert len(notes(effects)) == stale
    if stale:
        [said] = notes(effects)
        assert "`products` write `acme/shop` in place of `acme/website`" in said.next
        assert scene.case.approvals == ()
        assert not scene.case.passed
    assert bool(of(CancelRun, effects)) == (to is untouched)


def test_a_policy_that_names_the_new_name_already_needs_only_a_plan() -> None:
    scene = half_approved()
    scene.policy_text = TWO.replace("acme/website", "acme/shop")
    [said] = notes(happens(scene, "renamed", Repo(101, "acme/shop", 7), was="acme/website"))
    assert said.next == "`/plan`"


def test_the_branch_of_the_product_follows_and_says_nothing() -> None:
    scene = half_approved()
    assert [one for one in happens(scene, "branched", branch="trunk", was="main") if isinstance(one, Say)] == []
    assert scene.case.repo.default_branch == "trunk"
    assert len(scene.case.approvals) == 1


def test_the_branch_of_the_operations_repository_makes_the_plan_stale_once() -> None:
    scene = half_approved()
    [said] = notes(happens(scene, "branched", OPS, branch="trunk", was="main"))
    assert "`trunk` now, no longer `main`" in said.what
    assert scene.case.approvals == ()
    assert notes(happens(scene, "branched", OPS, branch="main", was="trunk")) == []


# --- the end -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["deleted", "uninstalled", "transferred"])
@pytest.mark.parametrize("to", ROADS, ids=name_of)
def test_what_is_gone_ends_what_waits_and_stops_what_runs(to: Callable[[], Scene], kind: str) -> None:
    scene, before = to(), len(to().lines)
    effects = happens(scene, kind, Repo(101, "rival/website", 8) if kind == "transferred" else REPO,
                      installation=8 if kind == "transferred" else 7)  # fmt: skip
    if to is acting:
        assert scene.case.cancel
    elif to in {completed, rolled_back, rolling_back, cancelled}:
        assert scene.case.phase is ROADS[to]
    else:
        assert scene.case.phase is Phase.CANCELLED
    assert len(scene.lines) >= before
    assert kind == "transferred" or not of(Say, effects)


def test_a_moved_repository_is_written_to_by_its_new_installation() -> None:
    scene = half_approved()
    happens(scene, "transferred", Repo(101, "rival/website", 8), installation=8)
    assert (scene.case.repo.name, scene.case.repo.installation) == ("rival/website", 8)
    assert f"installation:8:0:{KEY}" in [line.entry.alias for line in scene.lines]
    before = scene.types()
    assert happens(scene, "suspended") == []
    assert scene.types() == before


def test_an_app_that_is_installed_again_knows_its_cases() -> None:
    scene = half_approved()
    happens(scene, "uninstalled")
    assert scene.case.phase is Phase.CANCELLED
    effects = happens(scene, "installed", installation=9)
    assert (scene.case.repo.installation, scene.case.frozen) == (9, "")
    assert of(Say, effects)


# --- rights ------------------------------------------------------------------------------------------------------


def test_who_may_not_approve_any_more_has_not_approved_and_that_is_said_once() -> None:
    scene = half_approved()
    scene.roles[BOSS.id] = Role.READ
    effects = lost(scene, BOSS, "organization")
    [void] = [say.message for say in of(Say, effects) if isinstance(say.message, ApprovalsVoid)]
    assert void.because == "bert was removed from the organisation by cleo"
    assert void.logins == ("bert",)
    assert scene.case.approvals == ()
    withdrawn = [line.entry for line in scene.lines if line.entry.type == "approval.withdrawn"]
    assert [entry.data["code"] for entry in withdrawn] == ["no_role"]
    assert lost(scene, BOSS, "team") == []
    scene.roles[BOSS.id] = Role.MAINTAIN
    lost(scene, BOSS)
    assert scene.case.approvals == ()


def test_who_may_still_approve_has_approved() -> None:
    scene = half_approved()
    assert lost(scene, BOSS) == []
    assert len(scene.case.approvals) == 1


def test_of_strangers_nothing_is_asked() -> None:
    scene = half_approved()
    event = Told(KEY, "house.rights", {"what": "role", "user": OUTSIDER.id, "who": "dora", "by": BY})
    assert needs(event, scene.case) == ()
    everybody = Told(KEY, "house.rights", {"what": "team_gone", "user": 0, "who": "ops", "by": BY})
    assert needs(everybody, scene.case)
    assert needs(everybody, validated().case) == ()


def test_a_dispatch_that_nobody_has_claimed_is_recalled() -> None:
    scene = untouched()
    scene.roles[BOSS.id] = Role.READ
    effects = lost(scene, BOSS)
    assert of(CancelRun, effects)
    assert scene.case.phase is Phase.VALIDATED


def test_what_has_begun_is_not_recalled() -> None:
    scene = acting()
    scene.roles[BOSS.id] = Role.READ
    assert lost(scene, BOSS) == []
    assert scene.case.phase is Phase.EXECUTING


def test_an_objection_of_somebody_who_may_not_object_any_more_is_settled() -> None:
    scene = validated()
    scene.policy_text = TWO
    scene.reviews(BOSS, "changes_requested")
    assert scene.case.objections
    scene.roles[BOSS.id] = Role.READ
    lost(scene, BOSS)
    assert scene.case.objections == ()


# --- telling everybody -------------------------------------------------------------------------------------------


def spread_of(event: Event, cases: tuple[str, ...], nonce: str = "n") -> list[Tell]:
    found = decide(event, None, Knowledge(cases=cases, nonce=nonce), START)
    assert len(of(Record, found)) == 1, "the place's own ledger keeps it"
    return of(Tell, found)


def test_a_repositorys_news_goes_to_its_cases_and_to_those_carried_out_in_it() -> None:
    event = RepositoryChanged(OPS, "archived", LEAD)
    assert needs(event, None) == (CasesOf((OPS.id,), OPS.installation),)
    [told] = spread_of(event, (KEY,))
    assert (told.to, told.kind) == (KEY, "house.archived")
    assert told.data["by"] == BY


def test_news_that_come_again_are_told_again() -> None:
    event = RepositoryChanged(REPO, "archived", LEAD)
    first, second = spread_of(event, (KEY,), "n1"), spread_of(event, (KEY,), "n2")
    assert first[0].key != second[0].key


def test_each_case_hears_only_of_repositories_that_may_be_its_own() -> None:
    event = InstallationChanged(7, "removed", LEAD, (101, 102, 103))
    found = {
        told.to: told.data["repositories"] for told in spread_of(event, (KEY, "case:103:I_9", "case:500:I_2"))
    }
    assert found == {KEY: [101], "case:103:I_9": [103], "case:500:I_2": [102]}


def test_thousands_of_repositories_do_not_make_a_row_large() -> None:
    event = InstallationChanged(7, "removed", LEAD, tuple(range(1000, 6000)))
    [told] = spread_of(event, (KEY,))
    assert len(told.data["repositories"]) <= spread.NAMED


@pytest.mark.parametrize("action", ["new_permissions_accepted"])
def test_new_permissions_are_noted_and_tell_nobody(action: Any) -> None:
    event = InstallationChanged(7, action, LEAD, (101,))
    assert needs(event, None) == ()
    assert spread_of(event, ()) == []


def test_rights_on_a_repository_concern_its_cases_and_others_the_whole_installation() -> None:
    there = RightsChanged(7, 101, "role", 2, "bert", LEAD)
    everywhere = RightsChanged(7, 0, "organization", 2, "bert", LEAD)
    assert needs(there, None) == (CasesOf((101,)),)
    assert needs(everywhere, None) == (CasesOf((), 7),)


# --- checks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ROADS, ids=name_of)
def test_t55_a_check_asked_for_again_shows_the_state_and_moves_nothing(to: Callable[[], Scene]) -> None:
    scene = to()
    for external in (f"{KEY}/run/v1", ""):
        effects = scene.tell(CheckRequested(REPO, 31, external, "rerequested", None, OUTSIDER))
        assert scene.case.phase is ROADS[to]
        assert not of(Dispatch, effects)
        assert bool(of(Check, effects)) == (to is not draft)
