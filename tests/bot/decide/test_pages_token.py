"""Only the job that pushes to a Pages branch may write contents, and of the product's repository alone (T43)."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.effects import Answer, Grant
from bot.domain.leg import writes_contents
from executors.protocol.journal import LegStarted
from tests.bot.decide.people import of
from tests.bot.decide.scene import Scene
from tests.bot.domain.acme import POLICY

PAGES = POLICY.replace("    path: /srv/www/acme\n", "    kind: pages\n")


def granted(scene: Scene, job: str) -> Grant:
    [grant] = of(Grant, scene.claims(job))
    return grant


def test_the_job_that_pushes_may_write_the_product_and_nobody_else_may() -> None:
    scene = Scene(policy_text=PAGES).to_approved()
    assert granted(scene, "admit").token_writes is False
    execute = granted(scene, "execute")
    assert (execute.token_repositories, execute.token_writes) == ((101,), True)


def test_its_preview_reads_only() -> None:
    scene = Scene(policy_text=PAGES)
    scene.opens()
    assert scene.case.run is not None
    assert scene.case.run.verb == "preview"
    granted(scene, "admit")
    execute = granted(scene, "execute")
    assert (execute.token_repositories, execute.token_writes) == ((101,), False)


def test_a_renewed_token_may_do_what_the_first_one_might() -> None:
    scene = Scene(policy_text=PAGES).to_approved()
    scene.claims("admit")
    scene.claims("execute")
    scene.now += timedelta(minutes=50)
    [answer] = of(Answer, scene.journals(LegStarted(verb="execute")))
    assert (answer.token_repositories, answer.token_writes) == ((101,), True)


def test_taking_back_writes_the_branch_and_a_web_root_needs_no_token_for_it() -> None:
    from dataclasses import replace

    for policy, writes in ((PAGES, True), (POLICY, False)):
        scene = Scene(policy_text=policy).to_approved()
        run = scene.case.run
        assert run is not None
        assert writes_contents(scene.case, replace(run, verb="rollback")) is writes


def test_a_web_root_is_deployed_with_a_token_that_only_reads() -> None:
    scene = Scene().to_approved()
    granted(scene, "admit")
    execute = granted(scene, "execute")
    assert (execute.token_repositories, execute.token_writes) == ((101,), False)
