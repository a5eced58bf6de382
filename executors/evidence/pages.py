"""The pack's pages: one HTML file each, with everything inside it, for screens and for paper."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from importlib.resources import files as resources

from executors.evidence.story import Story
from executors.evidence.words import plain
from executors.protocol.plan import Reason, Risk
from executors.render.sandbox import render, safe_html


def index_page(story: Story) -> str:
    """Return `index.html`: the story, with links to the files beside it."""
    return render("index.html", _text("index.html"), {**asdict(story), "css": safe_html(_text("style.css"))})


def risk_page(story: Story, risk: Risk) -> str:
    """Return `risk_assessment.html`: the level, the rules that fired, and the trade's general risks."""
    data = {
        "css": safe_html(_text("style.css")),
        "level": risk.level,
        "points": risk.points,
        "warnings": [plain(text) for text in risk.warnings],
        "recommendations": [plain(text) for text in risk.recommendations],
        "reasons": [_reason(reason) for reason in risk.reasons],
        "general": [_reason(reason) for reason in risk.general],
    }
    about = {name: getattr(story, name) for name in ("title", "case", "repository", "token", "created")}
    return render("risk_assessment.html", _text("risk_assessment.html"), data | about)


def _reason(reason: Reason) -> dict[str, str | int]:
    return {
        "code": reason.code,
        "severity": reason.severity,
        "probability": reason.probability,
        "text": plain(reason.text),
        "impact": plain(reason.impact),
        "points": reason.points,
        "mitigation": plain(reason.mitigation),
        "steps": ", ".join(reason.steps) or "the whole plan",
    }


@cache
def _text(name: str) -> str:
    return resources("templates").joinpath(f"evidence/{name}").read_text(encoding="utf-8")
