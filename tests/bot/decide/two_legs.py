"""Acme's website with an Odoo before it: a plan of two legs, and what the runs of each say they did."""

from __future__ import annotations

from typing import Any

from bot.domain.effects import Effect
from executors.protocol.journal import Intent, LegFinished, LegStarted, Looked, Result, StepFinished, StepStarted
from executors.protocol.odoo import CopyDatabase, InstallModule, OdooDatabase, RestoreCopy, UninstallModules
from executors.protocol.operation import undo_class
from executors.protocol.plan import Planned, Seen
from tests.bot.decide.people import BOSS, LEAD, briefing, switch
from tests.bot.decide.scene import Scene
from tests.bot.domain.acme import ERP, erp_text

BODY = briefing(**{"scope: [website]": "scope: [website, erp]"})
COPIED = erp_text()
"""a policy whose Odoo is copied before a change"""
BARE = erp_text(ERP.replace("    master: ODOO_MASTER\n", ""))
"""one that is not, so that modules can only be uninstalled again"""
TWO = "approval:\n  LOW: {count: 2}\n  MEDIUM: {count: 2}\n  HIGH: {count: 2}\n"
ONE = "approval:\n  MEDIUM: {count: 1}\n  HIGH: {count: 1}\n"


def opened(policy: str = COPIED + ONE, **fields: Any) -> Scene:
    scene = Scene(body=BODY, policy_text=policy, **fields)
    scene.opens()
    return scene


def place(scene: Scene) -> OdooDatabase:
    plan = scene.case.plan
    assert plan is not None
    return OdooDatabase.model_validate(plan.step("erp-modules").inputs["at"])


def install(scene: Scene) -> InstallModule:
    return InstallModule(at=place(scene), module="crm", brings=("crm", "sms"), before=("base",))


def env(scene: Scene) -> str | None:
    """The GitHub environment that the present run's job must be in."""
    run = scene.case.run
    assert run is not None
    if run.leg == "website":
        return None
    return "erp-read" if run.verb == "preview" else "erp"


def whole_run(
    scene: Scene, *bodies: Any, outcome: Any = "completed", residue: tuple[str, ...] = ()
) -> list[Effect]:
    """The present run claims in its environment, journals this, and ends so."""
    run = scene.case.run
    assert run is not None
    scene.claims("admit")
    scene.claims("execute", environment=env(scene))
    scene.journals(LegStarted(verb=run.verb), *bodies, LegFinished(outcome=outcome, residue=residue))
    scene.done(outcome)
    return scene.ends("success" if outcome == "completed" else "failure")


def preview(scene: Scene) -> list[Effect]:
    """The leg that is previewed now is seen."""
    run = scene.case.run
    assert run is not None
    if run.leg == "website":
        return scene.previews()
    operation = install(scene)
    planned = Planned(op="install_module", target=operation.target, count=1, undo=undo_class(operation))
    seen = Seen(target=operation.target, fact="comes-with", value="installs 2 modules: crm, sms")
    return whole_run(scene, Looked(step="erp-modules", round=1, seen=(seen,), planned=(planned,)))


def approved(policy: str = COPIED + ONE) -> Scene:
    scene = opened(policy)
    preview(scene)
    preview(scene)
    scene.says(BOSS, f"/approve {scene.token}")
    if "count: 2" in policy:
        scene.says(LEAD, f"/approve {scene.token}")
    return scene


def erp_done(scene: Scene) -> list[Any]:
    """What the run of the ERP's leg journals: a copy where there is to be one, and a module installed."""
    operation = install(scene)
    back = UninstallModules(at=operation.at, modules=("crm", "sms")).to_json()
    copy = CopyDatabase(at=operation.at)
    made = [Result(step="erp-company", key="c", ok=True, undo={**copy.to_json(), "op": "drop_copy"})]
    first = [Intent(step="erp-company", key="c", operation=copy.to_json()), *made] if operation.at.snapshot else []
    return [
        *first,
        StepStarted(step="erp-modules"),
        Intent(step="erp-modules", key="m", operation=operation.to_json()),
        Result(step="erp-modules", key="m", ok=True, undo=back),
        StepFinished(step="erp-modules", status="completed", changed=1),
    ]


def website_done() -> list[Any]:
    return [
        Intent(step="deploy", key="deploy/1/0", operation=switch()),
        Result(step="deploy", key="deploy/1/0", ok=True, undo=switch("v1")),
    ]


def website_back() -> list[Any]:
    return [
        Intent(step="deploy", key="undo/0", operation=switch("v1"), undoes=("deploy/1/0",)),
        Result(step="deploy", key="undo/0", ok=True),
    ]


def erp_back(scene: Scene, *, ok: bool = True) -> list[Any]:
    """The copy is put back, or cannot be; without one the modules are uninstalled."""
    at = place(scene)
    if at.snapshot is None:
        undo, keys = UninstallModules(at=at, modules=("crm", "sms")).to_json(), ("m",)
    else:
        undo, keys = RestoreCopy(at=at).to_json(), ("m", "c")
    error = None if ok else "3 contacts were written since the copy was made"
    return [
        Intent(step="erp-modules", key="undo/m", operation=undo, undoes=keys),
        Result(step="erp-modules", key="undo/m", ok=ok, error=error),
    ]


def halfway(policy: str = COPIED + ONE) -> Scene:
    """The ERP's leg is done, the website's is dispatched."""
    scene = approved(policy)
    whole_run(scene, *erp_done(scene))
    return scene


def completed(policy: str = COPIED + ONE) -> Scene:
    scene = halfway(policy)
    whole_run(scene, *website_done())
    return scene
