"""Every message renders its sample, and nothing that people wrote gets out of its place."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot import say
from bot.domain.faults import Fault
from bot.domain.messages import BriefingFaults, CheckReport, CostLine, Message, PlanReady, PullText
from bot.say import deeds
from bot.say.budget import COMMENT, Section, fit
from bot.say.encode import Markdown, advice, code, prose, url, visible, word
from executors.protocol.operation import UNDO_CLASS
from executors.protocol.plan import Planned, Seen
from tests.samples import CASE, PLAN, WEBSITE
from tests.samples import MESSAGES as FIRST
from tests.samples_erp import AT, ERP_CASE, ERP_ENVELOPE, ERP_MESSAGES, ERP_PLAN
from tests.samples_notices import NOTICED, NOTICES
from tests.samples_replies import REPLIES, VARIANTS

GOLDEN = Path(__file__).parent / "golden"
MARK = say.marker(CASE.key, "sticky")
MESSAGES = (*FIRST, *REPLIES, *NOTICES)
SPECIAL = ERP_MESSAGES | VARIANTS | NOTICED
"""of other cases, by the name of the golden file"""


def text_of(message: Message) -> str:
    if isinstance(message, CheckReport):
        output = say.check(message)
        return f"# {output.title}\n\n{output.summary}\n\n{output.text}\n"
    if isinstance(message, PullText):
        words = say.pull(message)
        return f"# {words.title}\n\n{words.body}\n"
    return say.comment(message, MARK) + "\n"


def name_of(message: Message) -> str:
    return f"{message.kind}_{message.name}" if isinstance(message, CheckReport) else message.kind


def test_every_message_has_a_sample() -> None:
    assert {type(message) for message in MESSAGES} == set(get_args(Message))


def test_every_comment_template_belongs_to_a_message() -> None:
    kinds = {message.kind for message in MESSAGES}
    folder = files("templates") / "comments"
    found = {entry.name.removesuffix(".md.j2") for entry in folder.iterdir()}
    assert found - {"README.md"} <= kinds


@pytest.mark.parametrize("message", MESSAGES, ids=name_of)
def test_a_message_renders_as_its_golden_file(message: Message) -> None:
    path = GOLDEN / f"{name_of(message)}.md"
    assert text_of(message) == path.read_text("utf-8"), f"look at it, then write it to {path.name}"


@pytest.mark.parametrize("name", sorted(SPECIAL))
def test_a_message_of_another_case_renders_as_its_golden_file(name: str) -> None:
    path = GOLDEN / f"{name}.md"
    assert text_of(SPECIAL[name]) == path.read_text("utf-8"), f"look at it, then write it to {path.name}"


HOSTILE = (
    "@octocat", "#12", "fixes #12", "GH-7", "acme/widgets#3", "<img src=x>", "<!-- x -->", "](https://evil.example)",
    "https://evil.example/x", "www.evil.example", "a@b.example", "| a | b |", "```", "`", "# head", "- item",
    "1. one", "> quote", "**bold**", "_it_", "&lt;b&gt;", "\u202eabc", "a\u200bb", "\x00", "0123456789abcdef0123",
    "![x](y)", "[x]: y", "<details>", "~~x~~", "=====", "-----", "\\", "$x$", "<a@b.c>", "+ item", "* item",
    ":tada:",
)  # fmt: skip


@pytest.mark.parametrize("encoder", [code, prose, advice])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_text(encoder: object, hostile: str) -> None:
    stays_text(encoder(hostile))  # type: ignore[operator]


@given(st.text(max_size=80) | st.lists(st.sampled_from(HOSTILE), max_size=5).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_any_text_stays_text(text: str) -> None:
    stays_text(code(text))
    stays_text(prose(text))
    stays_text(advice(text))


def stays_text(markdown: Markdown) -> None:
    """Alone, in a list and in a table cell it renders to one text or code, without link, HTML or mention."""
    assert "\n" not in markdown
    parser = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    tokens = parser.parse(f"x {markdown} y\n\n| a | b |\n|---|---|\n| {markdown} | z |\n")
    kinds = [token.type for token in tokens if token.nesting >= 0]
    assert kinds.count("td_open") == 2
    assert set(kinds) <= {
        "paragraph_open", "inline", "table_open", "thead_open", "tr_open", "th_open", "tbody_open", "td_open",
    }  # fmt: skip
    inner = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inner} <= {"text", "code_inline", "html_inline", "text_special"}
    assert {child.content for child in inner if child.type == "html_inline"} <= {"<!-- -->"}
    plain = [child.content for child in inner if child.type in ("text", "text_special")]
    for run in plain:
        assert not run.endswith("@octocat")
        assert "@octocat" not in run
        assert "://" not in run


@given(st.text(alphabet=st.characters(max_codepoint=0x24F), max_size=60))
@settings(max_examples=150, deadline=None)
def test_prose_reads_as_it_was_written(text: str) -> None:
    expected = " ".join(visible(text).split()).replace("|", "¦")
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parseInline(prose(text))
    shown = "".join(c.content for t in tokens for c in t.children or () if c.type in ("text", "text_special"))
    assert shown == (expected or "–")


def test_a_long_plan_stays_within_the_limit_and_whole() -> None:
    steps = tuple(WEBSITE.model_copy(update={"id": f"s{n}", "summary": "x" * 3000}) for n in range(400))
    notes = tuple(f"note {n} " + "y" * 3000 for n in range(200))
    plan = PLAN.model_copy(update={"steps": steps, "notes": notes})
    text = say.comment(PlanReady(replace(CASE, plan=plan), plan, "done", 1, "anyone"), MARK)
    assert len(text) <= COMMENT
    assert text.count("```") % 2 == 0
    assert text.count("<details>") == text.count("</details>")
    assert text.endswith(MARK)


def test_what_a_preview_tells_stays_within_the_limit_and_in_its_place() -> None:
    names = [*HOSTILE, *(f"m{n}" for n in range(200))]
    planned = tuple(Planned(op="create_user", target=f"{AT}#{name}", count=1, undo="compensate") for name in names)
    odd = (Planned(op="paint_wall", target="@octocat:#12", count=3, undo="reversible"), *planned)
    seen = tuple(Seen(target=f"{AT}#{name}", fact="comes-with", value=(f"{name} " * 300)[:4000]) for name in names)
    envelope = ERP_ENVELOPE.model_copy(update={"planned": (*odd, *ERP_ENVELOPE.planned), "seen": seen})
    plan = ERP_PLAN.model_copy(update={"envelopes": (envelope, *ERP_PLAN.envelopes[1:])})
    text = say.comment(PlanReady(replace(ERP_CASE, plan=plan), plan, "done", 1, "anyone"), MARK)
    assert len(text) <= COMMENT
    assert text.count("<details>") == text.count("</details>")
    assert "more operations in `plan.json`" in text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_a_preview_names_stays_text(hostile: str) -> None:
    item = Planned(op="create_user", target=f"{AT}#{hostile}", count=1, undo="reversible")
    fact = Seen(target=item.target, fact="comes-with", value=hostile)
    for op in ("create_user", "install_module", "paint_wall"):
        stays_text(deeds.deed(op, item.target))
    for shown in (deeds.subject(item.target), deeds.brings(item, [fact]), deeds.place(hostile)):
        stays_text(shown)


def test_what_we_have_no_words_for_is_shown_by_its_own_name() -> None:
    assert deeds.deed("paint_wall", "wall:north", 3) == "paint wall (3 times)"
    assert deeds.deed("paint_wall", "wall:north#red") == "paint wall `red`"
    assert deeds.place("wall:north") == "`wall:north`"
    assert deeds.back("somehow") == "somehow"


def test_every_operation_there_is_has_plain_words() -> None:
    assert [op for op in UNDO_CLASS if deeds.deed(op, AT) == op.replace("_", " ")] == []


def test_a_thousand_faults_are_counted_not_shown() -> None:
    faults = tuple(Fault(f"field{n}", "wrong " * 100, "right " * 100) for n in range(1000))
    text = say.comment(BriefingFaults(CASE, faults), MARK)
    assert len(text) <= COMMENT
    assert "and 960 more" in text


def test_sections_of_the_highest_rank_give_way_first() -> None:
    found = [Section(0, "a", "A" * 10), Section(2, "c", "C" * 200), Section(1, "b", "B" * 200)]
    text = fit(found, 330)
    assert "B" * 200 in text
    assert "C" * 200 not in text
    assert "Left out here for length: c." in text


def test_what_must_stay_is_never_cut_silently() -> None:
    with pytest.raises(ValueError, match="must stay"):
        fit([Section(0, "a", "A" * 100)], 50)


@pytest.mark.parametrize(
    "bad",
    [
        "javascript:alert(1)",
        "https://a@b.example",
        "https://x.example/)](y",
        "ftp://x",
        "https://x.example&#64;y.example",
    ],
)
def test_only_plain_web_addresses_are_links(bad: str) -> None:
    assert url(bad).startswith("`")


def test_an_address_that_could_be_more_stands_between_angle_brackets() -> None:
    assert url("https://x.example/a_b/c.zip?d=1#top") == "https://x.example/a_b/c.zip?d=1#top"
    for more in (
        "https://x.example/*a*@octocat",
        "https://x.example/_a_",
        "https://x.example/a.",
        "http://x_.example",
    ):
        assert url(more) == f"<{more}>"


@pytest.mark.parametrize("hostile", ["## head", "---", "===", "# head", "www.x.example", "_it_www.x.example"])
def test_a_text_that_begins_a_line_begins_nothing_else(hostile: str) -> None:
    parser = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    kinds = [token.type for token in parser.parse(f"{prose(hostile)}\n\n- {prose(hostile)}")]
    assert not {"heading_open", "hr"} & set(kinds)
    assert "www." not in prose(hostile)


def test_what_is_no_word_of_ours_stands_in_code() -> None:
    assert word("roll_back") == "roll back"
    assert advice("") == "–"
    for other in ("1. one", "a ", "www.x.example", "x GH-1", "a#1"):
        assert word(other).startswith("`")


def test_advice_shows_what_is_to_be_typed_as_code() -> None:
    assert advice("write `priority: 5`, not `5`") == "write `priority: 5`, not `5`"
    assert advice("`scope: [website]` first") == "`scope: [website]` first"
    assert "&#96;" in advice("a lone ` mark")
    assert "&#96;" in advice("two `` marks")


def test_a_job_whose_times_github_does_not_tell_is_unknown_in_the_cost_report() -> None:
    line = CostLine("admit", "unknown", None, None, "USD")
    output = say.check(CheckReport("cost", CASE, PLAN, "neutral", (line,)))
    assert output.title == "Cost: unknown"
    assert "| `admit` | unknown | unknown | unknown |" in output.summary


@pytest.mark.parametrize(
    ("conclusion", "seen", "title", "asks"),
    [
        ("neutral", False, "waits for its preview", False),
        ("neutral", True, "waits for approval", True),
        ("action_required", True, "needs a choice before it can be approved", False),
        ("success", True, "is approved", False),
    ],
)
def test_the_plans_check_run_says_what_is_awaited(conclusion: str, seen: bool, title: str, asks: bool) -> None:
    plan = PLAN if seen else PLAN.model_copy(update={"envelopes": ()})
    output = say.check(CheckReport("plan", CASE, plan, conclusion))
    assert output.title == f"Plan v1 {title}, risk MEDIUM"
    assert ("/approve" in output.summary) is asks
