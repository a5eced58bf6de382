"""Samples of what the check run of a proposed policy says."""

from __future__ import annotations

from bot.domain.faults import Fault
from bot.domain.policy_words import GateChange, PolicyChecked, RuleChange
from bot.domain.proposed import OpenPlan

CHECKED = PolicyChecked(
    "policy",
    "acme/millwright-ops",
    gates=(
        GateChange(
            ("WEB", "SHOP"),
            ("HIGH", "CRITICAL"),
            "plan",
            "2 approvals by maintain role or more, not the author; each counts for 72 hours",
            "1 approval by write role or more, not the author; each counts for 168 hours",
            ("fewer approvals", "an approval counts longer", "new: write role or more"),
        ),
        GateChange(
            ("WEB",), ("LOW", "MEDIUM", "HIGH", "CRITICAL"), "acceptance", "",
            "1 approval by @dora, the author too, before end; each counts for 168 hours",
        ),
    ),
    rules=(RuleChange("solo", "no", "yes", weaker=True), RuleChange("budgets.per_case", "no limit", "20")),
    stale=(OpenPlan("acme/website", 12, "WEB-12", "HIGH", "a" * 64),),
)  # fmt: skip
BROKEN = PolicyChecked(
    "policy",
    "acme/millwright-ops",
    (
        Fault("mode", "is none of the values allowed", "write 'auto' or `final`", 12, ".github/millwright.yml"),
        Fault("gates.0.before", "names `moon`", "", 3, "acme/.github:.github/millwright.yml"),
    ),
    compared=False,
)
SAME = PolicyChecked("defaults", "acme/millwright-ops")
ALONE = PolicyChecked("defaults", "", compared=False)
SAMPLES = {"policy": CHECKED, "policy_broken": BROKEN, "policy_same": SAME, "policy_alone": ALONE}
