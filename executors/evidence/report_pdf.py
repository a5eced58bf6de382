"""`risk_assessment.pdf`: the risks and what came of them on paper; the same story gives the same bytes.

The font is Bitstream Vera, which comes with reportlab and is embedded, so text can be searched and copied on every
machine. Nothing is compressed, because Deflate's output depends on the build of zlib.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from executors.evidence.letters import Letters
from executors.evidence.report_words import estimate_rows, remains, step_rows, summary_rows
from executors.evidence.story import DecisionRow, Story
from executors.protocol.plan import Plan, Reason

if TYPE_CHECKING:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Flowable, Table

_INK, _SOFT, _LINE, _WASH = "#1b2430", "#5a6675", "#d9dee5", "#f5f7f9"
_LEVELS = {"LOW": "#17663a", "MEDIUM": "#7a5200", "HIGH": "#a1261b", "CRITICAL": "#7d1010"}
_FONTS = {"Text": "Vera.ttf", "Strong": "VeraBd.ttf"}
_MARGIN, _WIDTH = 45.0, 493.0
"""Points; `_WIDTH` is A4 without the margins and the padding of 6 that a frame has."""


def risk_pdf(story: Story, plan: Plan) -> bytes:
    """Return the report as PDF, A4."""
    pages = _built(story, plan, 0)[1]
    return _built(story, plan, pages)[0]


def _built(story: Story, plan: Plan, pages: int) -> tuple[bytes, int]:
    """Return the document and its number of pages; `pages` is the number that its footers tell."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    sink, paper = io.BytesIO(), _paper()

    def footer(canvas: Canvas, document: SimpleDocTemplate) -> None:
        _date(canvas, story.created)
        _footer(canvas, document.page, pages, paper.letters.fit(f"{story.case} · plan {story.token}"))

    document = SimpleDocTemplate(
        sink,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN + 12,
        title=f"Risk report: {story.title}",
        author="Millwright",
        subject=f"Plan {story.token}",
        lang="en",
        invariant=1,
        pageCompression=0,
    )
    document.build(list(_parts(paper, story, plan)), onFirstPage=footer, onLaterPages=footer)
    return sink.getvalue(), document.page


@dataclass(frozen=True)
class _Paper:
    """Styles and letters of one document."""

    letters: Letters
    styles: dict[str, ParagraphStyle]

    def say(self, text: str, style: str = "body", colour: str = "") -> Flowable:
        """Return a paragraph of plain text."""
        from xml.sax.saxutils import escape

        from reportlab.platypus import Paragraph

        words = escape(self.letters.fit(text))
        return Paragraph(f'<font color="{colour}">{words}</font>' if colour else words, self.styles[style])

    def table(self, head: Sequence[str], rows: Sequence[Sequence[Any]], widths: Sequence[int]) -> Table:
        """Return a table; a cell is text or what `say` made, the head is repeated on each page."""
        from reportlab.lib.colors import HexColor
        from reportlab.platypus import Table

        cells = [[self.say(cell, "head") for cell in head]] if head else []
        cells += [[self.say(cell, "cell") if isinstance(cell, str) else cell for cell in row] for row in rows]
        total = sum(widths)
        look: list[Any] = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor(_LINE)),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 8),
            ("TOPPADDING", (0, 0), (-1, -1), 4),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ]
        if head:
            look.append(("LINEBELOW", (0, 0), (-1, 0), 1, HexColor(_INK)))
        return Table(
            cells,
            [_WIDTH * width / total for width in widths],
            style=look,
            repeatRows=1 if head else 0,
            splitInRow=1,
        )


def _paper() -> _Paper:
    """Return styles on the embedded fonts."""
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    fonts = {name: TTFont(f"Millwright{name}", file) for name, file in _FONTS.items()}
    for font in fonts.values():
        pdfmetrics.registerFont(font)

    def style(
        name: str, size: float, lead: float, *, strong: bool = False, soft: bool = False, **more: Any
    ) -> ParagraphStyle:
        font = f"Millwright{'Strong' if strong else 'Text'}"
        colour = HexColor(_SOFT if soft else _INK)
        return ParagraphStyle(name, fontName=font, fontSize=size, leading=lead, textColor=colour, **more)

    styles = [
        style("over", 8, 12, soft=True),
        style("title", 19, 24, strong=True, spaceAfter=6),
        style("badge", 11, 15, strong=True, spaceAfter=8),
        style("section", 12, 16, strong=True, spaceBefore=16, spaceAfter=4, keepWithNext=1),
        style("body", 9, 13.5, spaceAfter=4),
        style("soft", 8, 12, soft=True, spaceAfter=4),
        style("head", 7.5, 10, strong=True, soft=True),
        style("cell", 8, 11.5),
        style("strong", 8, 11.5, strong=True),
        style("mono", 7, 10, soft=True),
    ]
    has = frozenset.intersection(*(frozenset(font.face.charToGlyph) for font in fonts.values()))
    return _Paper(Letters(has), {one.name: one for one in styles})


def _parts(paper: _Paper, story: Story, plan: Plan) -> Iterator[Flowable]:
    """Yield the report from top to bottom."""
    yield paper.say(f"Risk report · {story.repository} · issue {story.issue}", "over")
    yield paper.say(story.title, "title")
    yield paper.say(
        f"{story.risk} risk, {plan.risk.points} points · {story.outcome}", "badge", _LEVELS[story.risk]
    )
    yield paper.table(
        (), [(paper.say(name, "head"), value) for name, value in summary_rows(story, plan)], (22, 78)
    )
    yield from _reasons(paper, plan)
    yield paper.say("The steps, and how each can be undone", "section")
    yield paper.table(("Step", "What it does", "Undo", "Outcome", "Time"), step_rows(story), (25, 35, 14, 14, 12))
    yield paper.say("What it was expected to take", "section")
    yield paper.table(
        (), [(paper.say(name, "head"), value) for name, value in estimate_rows(story, plan)], (22, 78)
    )
    yield from _approvals(paper, story.decisions)
    yield paper.say("What remains", "section")
    for text in remains(story):
        yield paper.say(text)
    yield paper.say(
        f"Assessed by fixed rules before approval, as a part of plan {story.token}. Sealed {story.created}. This "
        "report is a reading of the records in the evidence pack; verify.py proves that they are the sealed ones.",
        "soft",
    )
    if paper.letters.note:
        yield paper.say(paper.letters.note, "soft")


def _reasons(paper: _Paper, plan: Plan) -> Iterator[Flowable]:
    """Yield the rules that fired, then the trade's general risks."""
    risk = plan.risk
    yield paper.say(f"Why {risk.level}", "section")
    head, widths = ("Severity", "Likely", "Risk", "What is done about it"), (12, 11, 40, 37)
    if risk.reasons:
        yield paper.table(head, [_reason(paper, one) for one in risk.reasons], widths)
    else:
        yield paper.say("No rule fired: nothing that this plan does raises the level.")
    for label, texts in (
        ("What approvers had to read", risk.warnings),
        ("What to do first", risk.recommendations),
    ):
        yield from [paper.say(label, "section")] if texts else []
        yield from (paper.say(f"· {text}") for text in texts)
    if risk.general:
        yield paper.say("General risks of the trade", "section")
        yield paper.say("For the reader; they do not raise the level.", "soft")
        yield paper.table(head, [_reason(paper, one) for one in risk.general], widths)


def _reason(paper: _Paper, one: Reason) -> tuple[Any, ...]:
    about = (
        f"{one.code} · {', '.join(one.steps) or 'the whole plan'} · {one.points} point{'s' * (one.points != 1)}"
    )
    severity = paper.say(one.severity, "strong", _LEVELS[one.severity])
    texts = [paper.say(text, "cell") for text in (one.text, one.impact) if text]
    return severity, one.probability, [*texts, paper.say(about, "mono")], one.mitigation


def _approvals(paper: _Paper, decisions: Sequence[DecisionRow]) -> Iterator[Flowable]:
    """Yield who allowed it."""
    yield paper.say("Who decided", "section")
    if not decisions:
        yield paper.say("No decision is recorded: nobody allowed this.", "body", _LEVELS["HIGH"])
        return
    rows = [
        (
            paper.say(one.verdict, "strong"),
            [paper.say(one.who, "cell"), paper.say(f"{one.role} · {one.basis}", "mono")],
            [
                paper.say(f"{one.gate}, {one.about}", "cell"),
                *([paper.say(one.reason, "cell")] if one.reason else []),
            ],
            [paper.say(one.at, "cell"), paper.say(one.source, "mono")],
        )
        for one in decisions
    ]
    yield paper.table(("Decision", "Who", "Of what", "When and where"), rows, (14, 34, 26, 26))


def _date(canvas: Canvas, created: str) -> None:
    """Date the document from the story; reportlab takes date and identity from SOURCE_DATE_EPOCH otherwise."""
    digits = "".join(letter for letter in created if letter.isdigit())
    canvas.setDateFormatter(lambda *_: f"D:{digits}Z")
    canvas._doc.signature = hashlib.sha256(created.encode())  # type: ignore[attr-defined]


def _footer(canvas: Canvas, page: int, pages: int, text: str) -> None:
    from reportlab.lib.colors import HexColor

    canvas.saveState()
    canvas.setFont("MillwrightText", 7)
    canvas.setFillColor(HexColor(_SOFT))
    canvas.drawString(_MARGIN + 6, _MARGIN - 12, text)
    canvas.drawRightString(_MARGIN + 6 + _WIDTH, _MARGIN - 12, f"{page} / {pages}")
    canvas.restoreState()
