"""Exactly what was named is uninstalled, and nothing that others need or have entered."""

from __future__ import annotations

from typing import Any

import pytest

from executors.errors import OperationTimeout, WorldError
from executors.protocol.odoo import UninstallModules
from executors.world.odoo import uninstall
from executors.world.odoo.problems import Busy
from tests.executors.world.odoo.stand_in import BUSY, CUT, Shop, fault, running, waiting

HERE = {"base": "installed", "web": "installed", "crm": "installed", "mail": "installed", "sms": "uninstalled"}
GONE = {"crm": "uninstalled", "mail": "uninstalled"}


def shop(**more: Any) -> Shop:
    return Shop(HERE | more.pop("states", {}), **more)


def of(place: Shop, *names: str) -> UninstallModules:
    return UninstallModules(at=place.at, modules=names)


def goes(place: Shop, _button: str, names: list[str]) -> None:
    place.states.update(dict.fromkeys(names, "uninstalled"))


def test_what_is_still_installed_of_the_named_goes_in_one_press():
    with running(shop(press=goes)) as place:
        uninstall.uninstall(place.client(), of(place, "crm", "mail", "sms", "never_heard_of"))
    assert place.pressed == [("button_immediate_uninstall", ("crm", "mail"))]


def test_a_second_time_is_harmless():
    with running(shop(states=GONE)) as place:
        uninstall.uninstall(place.client(), of(place, "crm", "mail"))
        assert uninstall.settle_uninstall(place.client(), of(place, "crm", "mail"))
    assert place.pressed == []


def test_what_others_need_is_refused_by_the_names_of_the_others():
    with (
        running(shop(press=goes, dependents=["crm", "web"])) as place,
        pytest.raises(WorldError, match="would go with it: web"),
    ):
        uninstall.uninstall(place.client(), of(place, "crm", "mail"))
    assert place.pressed == []


@pytest.mark.parametrize("name", ["base", "web"])
def test_what_belongs_to_every_odoo_stays(name):
    with running(shop(press=goes)) as place, pytest.raises(WorldError, match=f"{name} belongs to every Odoo"):
        uninstall.uninstall(place.client(), of(place, "crm", name))
    assert place.pressed == []


def test_what_people_have_entered_is_not_destroyed():
    with (
        running(shop(press=goes, entered={"crm.lead": 5}, brought=2)) as place,
        pytest.raises(WorldError, match=r"3 crm\.lead; uninstalling destroys them"),
    ):
        uninstall.uninstall(place.client(), of(place, "crm"))
    assert place.pressed == []


@pytest.mark.parametrize(
    ("module", "model"),
    [("calendar", "calendar.event"), ("product", "product.template"), ("hr_holidays", "hr.leave")],
)
def test_what_people_have_entered_into_what_came_along_is_not_destroyed_either(module, model):
    place = shop(states={module: "installed"}, press=goes, entered={model: 3}, brought=2)
    with running(place), pytest.raises(WorldError, match=f"1 {model}; uninstalling destroys them"):
        uninstall.uninstall(place.client(), of(place, "crm", module))
    assert place.pressed == []


def test_what_the_module_itself_has_brought_does_not_count():
    with running(shop(press=goes, entered={"crm.lead": 2}, brought=2)) as place:
        uninstall.uninstall(place.client(), of(place, "crm"))
    assert len(place.pressed) == 1


@pytest.mark.parametrize(
    ("projects", "internal", "tasks", "why"),
    [
        (1, 1, 0, None),
        (1, 1, -1, None),
        (2, 1, 0, r"1 project\.project;"),
        (1, 1, 3, r"3 project\.task;"),
        (0, 0, 0, None),
    ],
)
def test_what_odoo_itself_puts_into_projects_is_told_from_what_people_did(projects, internal, tasks, why):
    place = shop(
        states={"project": "installed", "hr_timesheet": "installed"},
        press=goes,
        entered={"project.project": projects},
        counts={"res.company": internal, "project.task": tasks},
    )
    with running(place):
        if why is None:
            uninstall.uninstall(place.client(), of(place, "project", "hr_timesheet"))
        else:
            with pytest.raises(WorldError, match=why):
                uninstall.uninstall(place.client(), of(place, "project", "hr_timesheet"))
    assert len(place.pressed) == (why is None)


def test_marks_of_its_own_are_cleared_first():
    with running(shop(states={"crm": "to install"}, press=goes)) as place:
        uninstall.uninstall(place.client(), of(place, "crm", "mail"))
    assert [button for button, _ in place.pressed] == ["button_reset_state", "button_immediate_uninstall"]
    assert place.states["mail"] == "uninstalled"


def test_marks_of_somebody_else_stay():
    with (
        running(shop(states={"sms": "to install"}, press=goes)) as place,
        pytest.raises(WorldError, match="somebody else's operation left marks: sms"),
    ):
        uninstall.uninstall(place.client(), of(place, "crm", "mail"))
    assert place.pressed == []


def test_what_is_still_there_afterwards_is_named():
    with (
        running(shop(press=lambda place, *_: goes(place, "", ["crm"]))) as place,
        pytest.raises(WorldError, match="still there: mail"),
    ):
        uninstall.uninstall(place.client(), of(place, "crm", "mail"))


def test_an_answer_that_is_lost_is_looked_for_and_nothing_is_asked_twice():
    def press(place: Shop, _button: str, names: list[str]) -> Any:
        place.states.update(dict.fromkeys(names, "to remove"))
        return CUT

    looks = [lambda _: None] * 3 + [lambda place: place.states.update(GONE)]
    with running(shop(press=press, looks=looks)) as place:
        uninstall.uninstall(place.client(), of(place, "crm", "mail"))
    assert len(place.pressed) == 1


def test_a_lost_answer_of_which_nothing_shows_is_an_error():
    with (
        running(shop(press=lambda *_: CUT)) as place,
        pytest.raises(WorldError, match=r"cut off.*still there") as caught,
    ):
        uninstall.uninstall(place.client(), of(place, "crm"))
    assert not isinstance(caught.value, OperationTimeout)
    assert len(place.pressed) == 1


def test_a_lock_of_postgresql_may_be_tried_again():
    press = lambda *_: fault(422, "odoo.exceptions.UserError", BUSY)  # noqa: E731
    with running(shop(press=press)) as place, pytest.raises(Busy) as caught:
        uninstall.uninstall(place.client(), of(place, "crm"))
    assert caught.value.again


@pytest.mark.parametrize(("states", "done"), [(GONE, True), ({}, False), (GONE | {"mail": "to remove"}, False)])
def test_an_open_uninstall_is_settled_by_looking(states, done):
    with running(shop(states=states)) as place:
        assert uninstall.settle_uninstall(place.client(waiting()), of(place, "crm", "mail")) is done
    assert place.pressed == []
