"""A plan cannot put foreign code beside anything of ours: the model itself refuses it, in words (T57)."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from executors.protocol.canonical import digest
from executors.protocol.foreign import ForeignResult, task_digest
from executors.protocol.operation import RunForeign, Scratch, in_scratch
from executors.protocol.plan import Leg, Step
from tests.executors.legs import deploy, plan_of, site


def check(name: str = "links") -> Step:
    return Step(id=f"check-{name}", executor="check_foreign", title="Check", summary="", inputs={})


@pytest.mark.parametrize(
    "more", [{"environment": "production"}, {"secrets": ("SITE_KEY",)}, {"hosts": ("erp.acme.example",)}]
)
def test_a_foreign_leg_has_no_environment_no_secret_and_no_host(more: dict[str, Any]) -> None:
    Leg(id="checks", steps=("check-links",), foreign=True)
    with pytest.raises(ValidationError, match="leave out its environment, secrets and hosts"):
        Leg(id="checks", steps=("check-links",), foreign=True, **more)


def test_foreign_code_and_ours_are_never_in_one_leg(tmp_path: Any) -> None:
    steps = (check(), site(), deploy(tmp_path))
    apart = (
        Leg(id="checks", steps=("check-links",), foreign=True),
        Leg(id="website", steps=("website", "deploy")),
    )
    assert plan_of(*steps, legs=apart).legs == apart
    for mixed in (
        (Leg(id="all", steps=("check-links", "website", "deploy")),),
        (Leg(id="all", steps=("check-links", "website", "deploy"), foreign=True),),
        (Leg(id="checks", steps=("check-links",)), apart[1]),
        (apart[0], Leg(id="website", steps=("website", "deploy"), foreign=True)),
    ):
        with pytest.raises(ValidationError, match="foreign code has a leg of its own"):
            plan_of(*steps, legs=mixed)


def test_whether_a_leg_is_foreign_is_part_of_what_people_approve() -> None:
    leg = Leg(id="main", steps=())
    assert digest(leg.to_json()) != digest(leg.model_copy(update={"foreign": True}).to_json())


def run(**changes: Any) -> RunForeign:
    facts = {"at": Scratch(step="check-links"), "command": ("true",), "given": Scratch(step="check-links-in")}
    return RunForeign(**(facts | {"given_tree": "0" * 64} | changes))


def test_a_result_is_of_one_command_with_its_files() -> None:
    others = [
        run(command=("false",)),
        run(given_tree="1" * 64),
        run(site=Scratch(step="website")),
        run(timeout_seconds=1),
    ]
    assert len({task_digest(one) for one in (run(), *others)}) == 5
    assert in_scratch(run()), "it changes nothing of the world"


@pytest.mark.parametrize(
    "more",
    [
        {"exit_code": 300},
        {"seconds": "1"},
        {"seconds": "-1.000"},
        {"printed": -1},
        {"said": "I am fine"},
        {"operation": "x"},
    ],
)
def test_a_result_of_another_shape_is_refused(more: dict[str, Any]) -> None:
    facts = {"operation": "0" * 64, "exit_code": 0}
    ForeignResult.model_validate(facts)
    with pytest.raises(ValidationError):
        ForeignResult.model_validate(facts | more)
