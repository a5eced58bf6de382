"""What the entries about legs, steps and performed effects leave behind in a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.domain.case import Case, LegRun, StepStatus
from bot.domain.ledger import Line


def _dispatched(case: Case, line: Line) -> Case:
    data = line.entry.data
    run = LegRun(
        leg=data["leg"],
        verb=data["verb"],
        nonce=data["nonce"],
        at=line.at,
        version=data["version"],
        place=data["place"],
        auto=data["auto"],
        fence=data.get("fence", 0),
        leased_at=line.at,
    )
    earlier = (*case.runs, replace(case.run, open=False)) if case.run else case.runs
    return replace(case, run=run, runs=earlier, cancel=False)


def _on_run(case: Case, nonce: object, **changes: object) -> Case:
    """The case with its present run changed, if the entry is about that run."""
    if case.run is None or case.run.nonce != nonce:
        return case
    return replace(case, run=replace(case.run, **changes))  # type: ignore[arg-type]  # names of LegRun's fields


def _claimed(case: Case, line: Line) -> Case:
    data = line.entry.data
    keys = dict(case.run.client_keys) if case.run else {}
    token_at = line.at if data["job"] == "execute" and data.get("token", True) else ""
    keys |= {data["job"]: data["client_key"]}
    facts = {"run_id": data["run_id"], "client_keys": keys, "token_at": token_at, "leased_at": line.at}
    return _on_run(case, data["nonce"], **facts)


def _locked_out(case: Case, line: Line) -> Case:
    """It had to stop, for its environment is another's: why is kept for the word that is said when it ends."""
    return _on_run(case, line.entry.data["nonce"], refused=line.entry.reason)


def _turned_away(case: Case, line: Line) -> Case:
    """Of the present run: what its job was told, for the word that is said when it ends."""
    run, why = case.run, line.entry.reason
    return (
        _on_run(case, run.nonce, refused=why) if run and run.run_id in {None, line.entry.data["run_id"]} else case
    )


def _bound(case: Case, line: Line) -> Case:
    return _on_run(case, line.entry.data["nonce"], run_id=line.entry.data["run_id"])


def _journalled(case: Case, line: Line) -> Case:
    data, run = line.entry.data, case.run
    if run is None or run.nonce != data["nonce"]:
        return case
    case = _on_run(
        case,
        run.nonce,
        lines=data["to"],
        journal=(*run.journal, data["blob"]),
        reported=data.get("outcome", run.reported),
        token_at=line.at if data.get("renewed") else run.token_at,
        leased_at=line.at if data.get("leased") else run.leased_at,
    )
    if "residue" not in data:
        return case
    return replace(case, remains={**case.remains, run.leg: tuple(data["residue"])})


def _reported(case: Case, line: Line) -> Case:
    data = line.entry.data
    return _on_run(case, data["nonce"], bundle=data["bundle"], artifact=data["artifact"])


def _finished(case: Case, line: Line) -> Case:
    data = line.entry.data
    kept = str(data.get("artifact") or "")
    case = _on_run(case, data["nonce"], open=False, outcome=data["outcome"], kept=kept)
    if data["verb"] == "execute" and data["outcome"] == "completed":
        return replace(case, legs_done=case.legs_done | {data["leg"]})
    if data["verb"] == "rollback" and data["outcome"] == "rolled_back":
        return replace(case, legs_done=case.legs_done - {data["leg"]})
    return case


def _lost(case: Case, line: Line) -> Case:
    return _on_run(case, line.entry.data["nonce"], open=False, lost=True)


def _closed(case: Case, _: Line) -> Case:
    """The run is over for us, whatever it still says."""
    case = replace(case, gate=None)
    return replace(case, run=replace(case.run, open=False)) if case.run else case


def _over(case: Case, line: Line) -> Case:
    """An end: nobody holds it any more; what GitHub keeps shut stays shut."""
    return replace(_closed(case, line), hold=False, objections=())


def _recalled(case: Case, line: Line) -> Case:
    return replace(_closed(case, line), passed=False)


def _failed(case: Case, line: Line) -> Case:
    return replace(_closed(case, line), failure=str(line.entry.reason))


def _kept(case: Case, line: Line) -> Case:
    """Taken back down to the step that stays. Should it go on from there, people decide at its gates again."""
    return replace(_failed(case, line), kept=case.rollback_to, rollback_to="", gates_passed={})


def _erased(case: Case, _: Line) -> Case:
    return replace(case, plan=None, erased=True)


def _stop(case: Case, line: Line) -> Case:
    """Why it is to stop is kept for the word that is said when it has stopped."""
    return replace(case, cancel=True, failure=str(line.entry.reason))


def _previewing(case: Case, _: Line) -> Case:
    return replace(case, preview="running")


def _preview_failed(case: Case, line: Line) -> Case:
    return replace(_closed(case, line), preview="failed", failure=str(line.entry.reason))


def _step(status: StepStatus) -> Callable[[Case, Line], Case]:
    def read(case: Case, line: Line) -> Case:
        return replace(case, steps={**case.steps, line.entry.data["step"]: status})

    return read


def _superseding(case: Case, _: Line) -> Case:
    """What is carried out from here on is no longer what somebody decided to take back."""
    kept = tuple(one for one in case.approvals if one.gate != "rollback")
    return replace(case, failure="", gate=None, decided=False, approvals=kept, rollback_to="", kept="")


def _recalling(case: Case, line: Line) -> Case:
    """Who began to take it back stays the one who did while leg follows leg; the bot itself is nobody."""
    actor, before = line.entry.actor, case.run
    recaller = (actor.id, actor.login) if actor.is_person else None
    if recaller is None and before is not None and before.verb == "rollback" and before.version == case.version:
        recaller = case.recaller
    return replace(case, failure=line.entry.reason, recaller=recaller, gate=None, kept="")


def _performed(case: Case, line: Line) -> Case:
    """`made` names what an effect made on GitHub; of a run and a session the run itself takes note."""
    made = dict(line.entry.data.get("made") or {})
    nonce, run_id = made.pop("nonce", None), made.pop("run_id", None)
    if run_id is not None:
        case = _on_run(case, nonce, run_id=run_id)
    for name in [name for name in made if name.startswith("session:")]:
        case = _on_run(case, name.removeprefix("session:"), session=made.pop(name))
    return replace(case, made={**case.made, **made})


def _spent(case: Case, line: Line) -> Case:
    return replace(case, costs=(*case.costs, *line.entry.data["lines"]))


def _sealed(case: Case, line: Line) -> Case:
    return replace(case, evidence={name: str(value) for name, value in line.entry.data.items()})


RUN_READERS: dict[str, Callable[[Case, Line], Case]] = {
    "leg.dispatched": _dispatched,
    "leg.claimed": _claimed,
    "claim.refused": _turned_away,
    "lock.lost": _locked_out,
    "leg.bound": _bound,
    "leg.journalled": _journalled,
    "leg.reported": _reported,
    "leg.finished": _finished,
    "leg.lost": _lost,
    "preview.started": _previewing,
    "preview.failed": _preview_failed,
    "execution.started": _superseding,
    "execution.recalled": _recalled,
    "execution.failed": _failed,
    "execution.cancel_requested": _stop,
    "rollback.started": _recalling,
    "rollback.failed": _failed,
    "rollback.stopped": _kept,
    "data.erased": _erased,
    "rollback.completed": _over,
    "capability.completed": _over,
    "capability.cancelled": _over,
    "capability.rejected": _over,
    "step.started": _step("running"),
    "step.completed": _step("completed"),
    "step.failed": _step("failed"),
    "step.skipped": _step("skipped"),
    "step.rolled_back": _step("rolled_back"),
    "effect.performed": _performed,
    "evidence.sealed": _sealed,
    "spend.recorded": _spent,
}
