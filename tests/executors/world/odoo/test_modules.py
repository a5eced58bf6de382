"""Modules are asked for once; whatever is answered, the states that are read decide."""

from __future__ import annotations

from typing import Any

import pytest

from executors.errors import OperationTimeout, PartlyDone, WorldError
from executors.protocol.odoo import InstallModule, ResetModules
from executors.world.odoo import modules
from executors.world.odoo.problems import Busy, Down, NoRights, Refused
from tests.executors.world.odoo.stand_in import BUSY, CUT, TRACE, Shop, fault, running, waiting

BEFORE = ("base", "web")


def shop(**more: Any) -> Shop:
    """A database that could have crm and what comes with it."""
    states = {"base": "installed", "web": "installed", "crm": "uninstalled", "mail": "uninstalled"}
    return Shop(states | {"sale_subscription": "uninstallable"} | more.pop("states", {}), **more)


def crm(place: Shop, **more: Any) -> InstallModule:
    values: dict[str, Any] = {"module": "crm", "brings": ("crm", "mail"), "before": BEFORE}
    return InstallModule(at=place.at, **(values | more))


def becomes(**states: str) -> Any:
    """What a press or a look changes."""
    return lambda place, *_: place.states.update(states)


def then_cut(**states: str) -> Any:
    """The same, and the connection breaks before the answer."""
    return lambda place, *_: place.states.update(states) or CUT


def test_an_install_answers_with_what_takes_exactly_that_back():
    with running(shop(press=becomes(crm="installed", mail="installed"))) as place:
        undo = modules.install(place.client(), crm(place))
    assert undo is not None
    assert undo.modules == ("crm", "mail")
    assert place.pressed == [("button_immediate_install", ("crm",))]


def test_what_is_installed_is_not_asked_for_again():
    with running(shop(states={"crm": "installed"})) as place:
        assert modules.install(place.client(), crm(place)) is None
    assert place.pressed == []


@pytest.mark.parametrize(
    ("module", "states", "why"),
    [
        ("crm_nope", {}, "has no module crm_nope"),
        ("sale_subscription", {}, "not in this edition"),
        ("crm", {"mail": "to install"}, r"mail \(to install\).*/plan offers to clear"),
        ("crm", {"web": "to upgrade"}, r"web \(to upgrade\)"),
        ("crm", {"web": "to remove"}, r"web \(to remove\)"),
    ],
)
def test_what_cannot_be_installed_is_refused_before_anything_is_pressed(module, states, why):
    with running(shop(states=states)) as place, pytest.raises(WorldError, match=why) as caught:
        modules.install(place.client(), crm(place, module=module))
    assert not caught.value.again
    assert place.pressed == []


def test_a_success_that_is_none_is_not_believed():
    with running(shop()) as place, pytest.raises(WorldError, match=r"says that it is done; .*crm is uninstalled"):
        modules.install(place.client(), crm(place))


def test_more_than_was_approved_is_told_with_what_takes_it_back():
    press = becomes(crm="installed", mail="installed", sms="installed")
    with (
        running(shop(press=press)) as place,
        pytest.raises(PartlyDone, match=r"more than was approved: sms") as caught,
    ):
        modules.install(place.client(), crm(place))
    assert caught.value.undo["modules"] == ["crm", "mail", "sms"]


@pytest.mark.parametrize("wait", [0, 3, 40])
def test_an_install_that_goes_on_after_the_connection_is_gone_is_waited_for(wait):
    looks = [lambda _: None] * wait + [becomes(mail="installed"), becomes(crm="installed")]
    place = shop(press=then_cut(crm="to install", mail="to install"), looks=looks)
    with running(place):
        undo = modules.install(place.client(stuck=1000.0), crm(place))
    assert undo is not None
    assert undo.modules == ("crm", "mail")
    assert len(place.pressed) == 1


def test_an_install_that_begins_late_is_not_taken_for_none():
    looks = [lambda _: None, becomes(crm="to install"), becomes(crm="installed")]
    with running(shop(press=then_cut(), looks=looks)) as place:
        undo = modules.install(place.client(), crm(place))
    assert undo is not None
    assert undo.modules == ("crm",)


def test_a_lost_call_of_which_nothing_shows_installed_nothing_and_is_not_repeated():
    with (
        running(shop(press=then_cut())) as place,
        pytest.raises(WorldError, match=r"cut off.*crm is uninstalled, and nothing was installed") as caught,
    ):
        modules.install(place.client(), crm(place))
    assert not isinstance(caught.value, OperationTimeout | PartlyDone)
    assert not caught.value.again
    assert len(place.pressed) == 1


def test_marks_that_stop_moving_are_named_and_can_be_taken_back():
    with (
        running(shop(press=then_cut(crm="to install", mail="installed"))) as place,
        pytest.raises(PartlyDone, match=r"left marks: crm \(to install\).*/plan") as caught,
    ):
        modules.install(place.client(), crm(place))
    assert caught.value.undo["modules"] == ["crm", "mail"]


def test_marks_are_given_as_long_as_patience_says():
    times: list[float] = []
    with running(shop(press=then_cut(crm="to install"))) as place, pytest.raises(PartlyDone):
        modules.install(place.client(waiting(times.append), stuck=60.0), crm(place))
    assert 60 <= times[-1] <= 71


def test_a_server_that_comes_back_is_waited_for():
    def gone(place: Shop, *_: object) -> Any:
        place.states["crm"] = "to install"
        return CUT

    place = shop(
        press=gone, looks=[lambda _: (502, "text/html", b"<h1>Bad Gateway</h1>")] * 5 + [becomes(crm="installed")]
    )
    with running(place):
        undo = modules.install(place.client(), crm(place))
    assert undo is not None
    assert undo.modules == ("crm",)


def test_marks_of_a_server_that_was_down_are_dead_sooner():
    place, times = shop(press=then_cut(crm="to install")), []

    def then(moment: float) -> None:
        times.append(moment)
        if len(times) == 1:
            place.stop()
        if len(times) == 3:
            place.start()

    with running(place), pytest.raises(PartlyDone, match="left marks"):
        modules.install(place.client(waiting(then)), crm(place))
    assert times[-1] < 60


def test_a_server_that_stays_away_leaves_the_question_open():
    place = shop(press=then_cut(crm="to install"))
    with running(place):
        client = place.client(waiting(lambda _: place.stop()), total=100.0)
        with pytest.raises(OperationTimeout, match=r"cannot be reached.*nobody knows"):
            modules.install(client, crm(place))
    assert len(place.pressed) == 1


def test_marks_that_move_for_longer_than_patience_leave_the_question_open():
    flip = [becomes(mail="installed"), becomes(mail="to install")] * 100
    with (
        running(shop(press=then_cut(crm="to install"), looks=flip)) as place,
        pytest.raises(OperationTimeout, match="still moving"),
    ):
        modules.install(place.client(total=200.0), crm(place))


def test_a_key_that_ends_in_the_middle_leaves_the_question_open():
    late = fault(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey")
    with (
        running(shop(press=then_cut(), looks=[lambda _: late])) as place,
        pytest.raises(OperationTimeout, match="does not accept the key"),
    ):
        modules.install(place.client(), crm(place))


def test_what_odoo_says_to_users_is_passed_on_in_one_line():
    said = 'Unable to install module "account_peppol" because of a dependency that is not met: phonenumbers\nmore'
    press = lambda *_: fault(422, "odoo.exceptions.UserError", said)  # noqa: E731
    with running(shop(press=press)) as place, pytest.raises(Refused, match="phonenumbers") as caught:
        modules.install(place.client(), crm(place))
    assert "more" not in str(caught.value)
    assert len(place.pressed) == 1


def test_nobodys_address_is_passed_on_with_what_odoo_says():
    said = 'The operation failed: "Anna" <anna@firm.example>, (bob.b+x@firm.example) have the same login'
    press = lambda *_: fault(422, "odoo.exceptions.ValidationError", said)  # noqa: E731
    with running(shop(press=press)) as place, pytest.raises(Refused, match="have the same login") as caught:
        modules.install(place.client(), crm(place))
    assert "firm.example" not in str(caught.value)
    assert "bob" not in str(caught.value)


def test_an_error_after_a_part_was_committed_is_told_with_what_takes_it_back():
    def press(place: Shop, *_: object) -> Any:
        place.states["mail"] = "installed"
        return fault(500, "psycopg2.errors.UndefinedColumn", TRACE)

    with running(shop(press=press)) as place, pytest.raises(PartlyDone, match="UndefinedColumn") as caught:
        modules.install(place.client(), crm(place))
    assert caught.value.undo["modules"] == ["mail"]
    assert "Traceback" not in str(caught.value)


def test_what_was_there_before_and_is_marked_by_somebody_else_is_not_ours_to_take_back():
    with (
        running(shop(press=then_cut(crm="to install", web="to upgrade"))) as place,
        pytest.raises(PartlyDone, match="left marks") as caught,
    ):
        modules.install(place.client(), crm(place))
    assert caught.value.undo["modules"] == ["crm"]


def test_a_key_without_the_right_is_told_which_one():
    press = lambda *_: fault(403, "odoo.exceptions.AccessDenied", "Access Denied")  # noqa: E731
    with running(shop(press=press)) as place, pytest.raises(NoRights, match=r"base.group_system"):
        modules.install(place.client(), crm(place))


def test_another_operation_is_waited_for_and_then_it_may_be_tried_again():
    def press(place: Shop, *_: object) -> Any:
        place.states["mail"] = "to install"
        return fault(422, "odoo.exceptions.UserError", BUSY)

    with (
        running(shop(press=press, looks=[lambda _: None, becomes(mail="installed")])) as place,
        pytest.raises(Busy) as caught,
    ):
        modules.install(place.client(), crm(place))
    assert caught.value.again
    assert len(place.pressed) == 1


def test_what_another_operation_installed_is_not_ours_to_take_back():
    def press(place: Shop, *_: object) -> Any:
        place.states["crm"] = "installed"
        return fault(422, "odoo.exceptions.UserError", BUSY)

    with running(shop(press=press)) as place:
        assert modules.install(place.client(), crm(place)) is None


def test_nobody_there_can_be_tried_again():
    with running(shop()) as place:
        client = place.client()
        place.stop()
        with pytest.raises(Down) as caught:
            modules.install(client, crm(place))
    assert caught.value.again


@pytest.mark.parametrize(
    ("states", "done", "back"),
    [
        ({}, False, None),
        ({"crm": "installed", "mail": "installed"}, True, ("crm", "mail")),
        ({"mail": "installed"}, False, ("mail",)),
        ({"mail": "installed", "crm": "to install"}, False, ("crm", "mail")),
        ({"crm": "installed", "web": "to upgrade"}, False, ("crm",)),
        ({"crm": "installed", "mail": "installed", "website": "installed"}, True, ("crm", "mail")),
    ],
)
def test_an_open_install_is_settled_by_looking(states, done, back):
    with running(shop(states=states)) as place:
        found, undo = modules.settle_install(place.client(), crm(place))
    assert found is done
    assert (undo.modules if undo else None) == back
    assert place.pressed == []


def test_an_install_that_still_runs_is_waited_for_before_it_is_settled():
    times: list[float] = []
    place = shop(states={"crm": "to install"})

    def then(moment: float) -> None:
        times.append(moment)
        if len(times) == 4:
            place.states["crm"] = "installed"

    with running(place):
        found, undo = modules.settle_install(place.client(waiting(then)), crm(place))
    assert found
    assert undo is not None


def reset_of(place: Shop, *names: str) -> ResetModules:
    return ResetModules(at=place.at, modules=names)


def test_marks_are_cleared_where_they_are_those_that_were_named():
    with running(shop(states={"crm": "to install", "web": "to remove"})) as place:
        modules.reset(place.client(), reset_of(place, "crm", "web"))
        assert modules.settle_reset(place.client(), reset_of(place, "crm", "web"))
    assert (place.states["crm"], place.states["web"]) == ("uninstalled", "installed")


@pytest.mark.parametrize("named", [("crm",), ("crm", "mail", "web"), ("web",)])
def test_other_marks_than_those_named_stay(named):
    with running(shop(states={"crm": "to install", "mail": "to install"})) as place:
        with pytest.raises(WorldError, match="other marks than were approved"):
            modules.reset(place.client(), reset_of(place, *named))
        assert not modules.settle_reset(place.client(), reset_of(place, *named, "crm"))
    assert place.pressed == []


def test_marks_that_move_are_not_cleared():
    times: list[float] = []
    place = shop(states={"crm": "to install"})

    def then(moment: float) -> None:
        times.append(moment)
        if len(times) == 5:
            place.states["crm"] = "installed"

    with running(place):
        modules.reset(place.client(waiting(then)), reset_of(place, "crm"))
    assert place.pressed == []


def test_no_marks_are_nothing_to_clear():
    with running(shop()) as place:
        modules.reset(place.client(), reset_of(place, "crm"))
    assert place.pressed == []


def test_an_odoo_that_cannot_clear_marks_says_what_to_do():
    with (
        running(shop(states={"crm": "to install"}, resets=False)) as place,
        pytest.raises(WorldError, match="restart it with -u base"),
    ):
        modules.reset(place.client(), reset_of(place, "crm"))
