"""`millwright template`: listed, written out, judged by file and line, made, compared and kept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.cli._templates import folder_files, inputs_for, named, sample_of
from executors.kinds.website.inputs import Website
from executors.render.registry import REGISTRY, Registry

ID = "corporate_site_v1"
Told = tuple[int, str, str]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Run `millwright template …`: exit code, standard output, standard error."""

    def run(*words: object) -> Told:
        code = main(["template", *map(str, words)])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def website(tmp_path: Path) -> Path:
    """The website templates, to be changed."""
    with as_file(files("templates") / "website") as shipped:
        return Path(shutil.copytree(shipped, tmp_path / "website", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture
def briefing() -> Path:
    """A briefing without pictures."""
    return Path(str(files("templates") / "examples" / "acme_briefing.yaml"))


def test_all_versions_are_listed_with_digest_groups_languages_and_pages(told: Callable[..., Told]) -> None:
    code, out, _ = told("list", "--json")
    listed = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert {one["id"] for one in listed if one["current"]} == set(REGISTRY.ids)
    [one] = [one for one in listed if one["id"] == ID and one["current"]]
    assert (one["digest"], one["groups"], one["languages"]) == (
        REGISTRY.current(ID).digest, ["base", "stories"], ["de", "en"]
    )  # fmt: skip
    assert {"home", "imprint", "privacy"} <= set(one["pages"])
    assert f"{ID}@{one['version']}" in told("list")[1]


def test_the_whole_of_a_template_is_written_into_a_new_folder_only(
    told: Callable[..., Told], tmp_path: Path
) -> None:
    code, out, _ = told("get", ID, "-o", tmp_path / "whole")
    assert (code, REGISTRY.current(ID).digest in out) == (0, True)
    assert (tmp_path / "whole" / "base" / "layout.html").is_file()
    manifest = json.loads((tmp_path / "whole" / "manifest.json").read_text("utf-8"))
    assert manifest == json.loads(told("get", f"{ID}@{manifest['version']}")[1])
    code, _, err = told("get", ID, "-o", tmp_path / "whole")
    assert (code, "nothing is overwritten" in err) == (2, True)
    assert "there are corporate_site_v1" in told("get", "unheard_of_v1")[2]
    assert f"{ID}@1.0.0" in told("get", f"{ID}@99.0.0")[2]


@pytest.mark.parametrize("template_id", REGISTRY.ids)
def test_each_of_ours_is_good(template_id: str, briefing: Path, told: Callable[..., Told]) -> None:
    # One briefing for all, for it has no pictures: `make test-web` looks at each with the briefing made for it.
    with as_file(files("templates") / "website" / template_id) as folder:
        code, out, err = told("validate", folder, "--briefing", briefing)
        assert isinstance(inputs_for(named(str(folder)), sample_of(folder_files(folder), folder)), Website)
    assert (code, err) == (0, "")
    assert f"{template_id} is good" in out
    assert "index.html" in out


def test_a_template_is_tried_with_the_example_that_it_names(told: Callable[..., Told]) -> None:
    with as_file(files("templates") / "website" / ID) as folder:
        assert "is good: 11 pages of acme_briefing.yaml" in told("validate", folder)[1]


FAULTS = [
    ("sections/hero.html", "<p>\n{{ x.y() }}", ":2: Call is not allowed"),
    ("sections/hero.html", "<p>\n{% if %}", ":2: Expected an expression"),
    ("sections/hero.html", "<p>\n\n{{ site.nothing }}", ":3: UndefinedError"),
    ("sections/hero.html", "<h1>\n<a href={{ root }}>x</a>", ":2: a value outside the quotes"),
    ("sections/hero.html", "<h1>\n<script>\nlet x = '{{ root }}'</script>", ":2: a value inside a script"),
    ("sections/spare.html", "<p>", ":1: is used by no page; name it in template.yaml"),
    ("words.yaml", "de: {hello: Hallo}\nen: {}\n", "en: hello has no text; add it below `en:`"),
    (
        "template.yaml",
        "template_id: x_v1\ntype: website\nversion: 1\n",
        ":3: version: Input should be a valid string",
    ),
    ("template.yaml", "a: 1\na: 2\n", ":2: line 2: 'a' stands twice"),
]


@pytest.mark.parametrize(("file", "text", "fault"), FAULTS)
def test_a_fault_is_told_by_file_and_line(
    file: str, text: str, fault: str, website: Path, briefing: Path, told: Callable[..., Told]
) -> None:
    (website / ID / file).write_text(text, "utf-8")
    code, out, err = told("validate", website / ID, "--briefing", briefing)
    assert (code, out) == (1, "")
    assert f"{website / ID / file}{fault}" in err or (f"{website / ID / file}:" in err and fault in err)


def test_a_fault_of_the_finished_site_is_told_too(
    website: Path, briefing: Path, told: Callable[..., Told]
) -> None:
    hero = website / ID / "sections" / "hero.html"
    hero.write_text('<h1>x</h1><img src="https://elsewhere.example/x.png" alt="">', "utf-8")
    code, _, err = told("validate", website / ID, "--briefing", briefing)
    assert code == 1
    assert "elsewhere.example" in err


def test_a_site_is_rendered_and_the_difference_of_two_versions_is_that_of_their_pages(
    website: Path, briefing: Path, told: Callable[..., Told], tmp_path: Path
) -> None:
    code, out, _ = told("render", ID, "--briefing", briefing, "-o", tmp_path / "site")
    assert code == 0
    assert (tmp_path / "site" / "index.html").is_file()
    assert "pages, to" in out

    hero = website / ID / "sections" / "hero.html"
    hero.write_text(hero.read_text("utf-8") + '<p class="new">more</p>\n', "utf-8")
    manifest = website / ID / "template.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace("  careers: shared\n  job: shared\n", ""), "utf-8")
    code, out, _ = told("diff", ID, website / ID, "--briefing", briefing, "--lines", 400)
    assert code == 0
    assert '    +<p class="new">more</p>' in out
    assert "~ index.html (" in out
    assert told("diff", ID, ID, "--briefing", briefing)[1].startswith("0 added, 0 removed, 0 changed")
    assert '<p class="new">' not in told("diff", ID, website / ID, "--briefing", briefing, "--lines", 0)[1]


def test_a_frozen_version_stays_when_the_next_one_comes(website: Path, told: Callable[..., Told]) -> None:
    shutil.rmtree(website / "released", ignore_errors=True)
    code, out, _ = told("freeze", website)
    assert (code, f"{ID}@" in out) == (0, True)
    before = Registry(website).current(ID)
    assert "Kept nothing new" in told("freeze", website)[1]

    manifest = website / ID / "template.yaml"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace("author: Millwright", "author: Others"), "utf-8")
    code, _, err = told("freeze", website)
    assert (code, "give corporate_site_v1 a new version number" in err) == (2, True)
    manifest.write_text(text.replace(f"version: {before.manifest.version}", "version: 9.0.0"), "utf-8")
    assert told("freeze", website)[0] == 0
    after = Registry(website)
    assert after.find(f"{ID}@{before.manifest.version}").digest == before.digest != after.current(ID).digest
    assert list(after.broken()) == []


def test_a_looping_template_ends_with_words(website: Path, briefing: Path, told: Callable[..., Told]) -> None:
    loops = "{% for a in w %}{% for b in w %}{% for c in w %}" + "{{ c if a == b else a }}" * 9 + "{% endfor %}"
    (website / ID / "sections" / "hero.html").write_text(f"{loops}{{% endfor %}}{{% endfor %}}", "utf-8")
    code, _, err = told("validate", website / ID, "--briefing", briefing)
    assert code
    assert "used more than" in err or "more than 15 s" in err


def test_a_link_in_a_folder_is_refused(website: Path, told: Callable[..., Told]) -> None:
    (website / ID / "sections" / "more.html").symlink_to("/etc/passwd")
    assert "is a link" in told("validate", website / ID)[2]
