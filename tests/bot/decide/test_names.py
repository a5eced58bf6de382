"""Two capabilities for one domain: the second is refused by name, with the link of the first; nothing begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bot.domain.effects import Dispatch, Effect, Say, Tell
from bot.domain.lifecycle import Phase
from bot.domain.names import holders
from bot.domain.notices import LegWaits
from bot.events.model import Told
from executors.protocol.journal import LegStarted, Looked
from tests.bot.decide.people import BOSS, briefing, of
from tests.bot.decide.scene import Scene
from tests.bot.domain.test_dns_plan import text

BODY = briefing(**{"scope: [website]": "scope: [website, dns]"})
ONE = "approval:\n  MEDIUM: {count: 1}\n  HIGH: {count: 1}\n"
DOMAIN = "acme-consulting.example"


def planned(**fields: Any) -> Scene:
    """A capability of website and names, both legs seen."""
    scene = Scene(body=BODY, policy_text=text() + ONE, **fields)
    scene.opens()
    scene.previews()
    scene.whole_run(LegStarted(verb="preview"), Looked(step="dns", round=1))
    return scene


def two() -> tuple[Scene, Scene]:
    first = planned()
    second = planned(key="case:101:I_2", number=8, post=first.post)
    second.now = first.now
    return first, second


def approve(scene: Scene) -> list[Effect]:
    return scene.says(BOSS, f"/approve {scene.token}")


def run(scene: Scene, outcome: Any = "completed") -> list[Effect]:
    present = scene.case.run
    assert present is not None
    return scene.whole_run(LegStarted(verb=present.verb), outcome=outcome)


def refused(effects: list[Effect]) -> LegWaits:
    assert not of(Dispatch, effects)
    message = of(Say, effects)[-1].message
    assert isinstance(message, LegWaits), message
    return message


def key(scene: Scene) -> str:
    return f"names:{scene.case.repo.installation}"


def owner(scene: Scene, name: str = DOMAIN) -> str | None:
    found = holders(scene.post.ledgers.get(key(scene), ())).get(name)
    return found[-1].called if found else None


def test_the_second_is_refused_by_name_before_anything_begins() -> None:
    first, second = two()
    approve(first)
    assert first.case.phase is Phase.EXECUTING
    message = refused(approve(second))
    assert message.queued.stopped == (
        f"the name {DOMAIN} belongs to ACME-7 (acme/website#7), which is not over yet"
    )
    assert "wait until acme/website#7 is over" in message.queued.line
    assert "`/run` here" in message.queued.line
    assert not second.case.queued or not second.case.queued.has_money
    assert second.case.phase is Phase.APPROVED
    assert owner(first) == owner(first, f"www.{DOMAIN}") == "ACME-7"


def test_it_is_refused_between_the_legs_too_where_no_environment_is_held() -> None:
    first, second = two()
    approve(first)
    run(first)
    assert first.case.run is not None
    assert first.case.run.leg == "dns"
    refused(approve(second))


def test_what_is_completed_is_renewed_from_its_own_repository() -> None:
    first, second = two()
    approve(first)
    run(first)
    run(first)
    assert first.case.phase is Phase.COMPLETED
    assert of(Dispatch, approve(second))
    assert owner(first) == "ACME-8"


def test_what_is_taken_back_leaves_its_names_to_others() -> None:
    first, second = two()
    approve(first)
    refused(approve(second))
    run(first, outcome="rolled_back")
    assert first.case.phase is Phase.ROLLED_BACK, first.case.phase
    assert owner(first) is None
    assert of(Dispatch, second.says(BOSS, "/run"))
    assert owner(second) == "ACME-8"


def test_who_is_refused_and_gives_up_takes_nothing_from_the_other() -> None:
    first, second = two()
    approve(first)
    approve(second)
    second.says(BOSS, "/cancel never mind")
    assert owner(first) == "ACME-7"


def website(**fields: Any) -> Scene:
    """A capability of a website without names, approved."""
    return Scene(**fields).to_approved()


def test_a_website_alone_keeps_its_domain_from_other_repositories() -> None:
    first = website()
    assert owner(first) == "ACME-7"
    assert owner(first, f"www.{DOMAIN}") is None
    (told,) = wish(first, 555, "9" * 32, DOMAIN, sites=[DOMAIN])
    assert (told.to, told.kind) == ("case:555:I_9", "leg.taken")
    assert told.data["why"] == f"the name {DOMAIN} belongs to ACME-7 (acme/website#7), which is not over yet"
    run(first)
    assert first.case.phase is Phase.COMPLETED
    (told,) = wish(first, 555, "8" * 32, DOMAIN, sites=[DOMAIN])
    assert "take acme/website#7 back with `/rollback` there" in told.data["line"]
    assert owner(first) == "ACME-7"


def test_two_websites_of_one_repository_take_turns_at_their_place_and_not_at_the_domain() -> None:
    first = website()
    second = Scene(key="case:101:I_2", number=8, post=first.post, now=first.now).to_approved()
    assert owner(second) == "ACME-8"
    assert second.case.queued is not None
    assert second.case.queued.has_money, "it waits for the place"
    run(first, outcome="rolled_back")
    assert owner(second) == "ACME-8"


def test_what_renews_a_domain_and_is_taken_back_leaves_it_to_what_was_there_before() -> None:
    first, second = two()
    approve(first)
    run(first)
    run(first)
    approve(second)
    assert owner(first) == "ACME-8"
    run(second, outcome="rolled_back")
    assert second.case.phase is Phase.ROLLED_BACK
    assert owner(first) == "ACME-7"
    (told,) = wish(first, 555, "9" * 32, DOMAIN)
    assert told.kind == "leg.taken"


def wish(scene: Scene, repository: int, nonce: str, *names: str, sites: Sequence[str] = ()) -> list[Tell]:
    """Another repository of the installation wants these names; what its capability is told."""
    claim = {"case": f"case:{repository}:I_9", "repository": repository, "link": f"acme/r{repository}#1"}
    data = {"claim": {**claim, "called": f"R{repository}-1", "names": list(names), "sites": list(sites)}}
    budget = {"wish": {"nonce": nonce}, "budget": "budget:0"}
    scene.post.hold = True
    scene.post.decide(Told(key(scene), "names.want", data | budget), scene.now)
    rows = [Tell("", row.case, row.kind, row.data) for row in scene.post.rows]
    scene.post.rows.clear()
    scene.post.senders.clear()
    scene.post.hold = False
    return rows


@pytest.mark.parametrize("done", [False, True], ids=["under way", "completed"])
def test_another_repository_of_the_installation_gets_it_neither_before_nor_after(*, done: bool) -> None:
    first = planned()
    approve(first)
    if done:
        run(first)
        run(first)
    (told,) = wish(first, 555, "9" * 32, f"shop.{DOMAIN}", f"www.{DOMAIN}")
    assert (told.to, told.kind) == ("case:555:I_9", "leg.taken")
    assert f"the name www.{DOMAIN} belongs to ACME-7 (acme/website#7)" in told.data["why"]
    assert ("`/rollback`" in told.data["line"]) is done
    assert owner(first, f"shop.{DOMAIN}") is None, "all of its names or none"
    (free,) = wish(first, 555, "8" * 32, f"shop.{DOMAIN}")
    assert (free.to, free.kind) == ("budget:0", "budget.reserve")


def test_an_edited_domain_gives_the_old_one_back() -> None:
    first = planned()
    approve(first)
    run(first, outcome="failed")
    assert owner(first) == "ACME-7"
    first.edits(BODY.replace(DOMAIN, f"neu.{DOMAIN}"))
    first.says(BOSS, "/plan")
    assert owner(first) is None
