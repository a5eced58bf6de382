"""The house keeps its shape: sizes, arrows that bite, no patching, nothing left open."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for room in ("bot", "executors") for path in (ROOT / room).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

VIOLATIONS = {
    "bot-layers": ("bot/domain", "import bot.engine"),
    "executor-layers": ("executors/kinds", "import executors.world.world"),
    "executors-know-no-bot": ("executors/parts", "import bot.errors"),
    "bot-uses-of-executors": ("bot/decide", "import executors.runner"),
    "sandbox-is-alone": ("bot/sandbox", "import bot.errors"),
    "pure-rooms": ("bot/domain", "import subprocess"),
    "one-door-gidgethub": ("bot/perform", "import gidgethub"),
    "one-door-sql": ("bot/perform", "import sqlalchemy"),
    "one-door-pygithub": ("executors/kinds", "import github"),
    "one-door-pillow": ("executors/world", "import PIL"),
    "one-door-requests": ("executors/world", "import requests"),
}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_small_and_its_functions_smaller(path: Path) -> None:
    assert path.read_text("utf-8").count("\n") <= 250
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 40, node.name
            given = node.args
            assert len(given.posonlyargs + given.args + given.kwonlyargs) <= 6, node.name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_opens_with_its_promise(path: Path) -> None:
    assert len((ast.get_docstring(tree_of(path)) or "").split("\n")[0]) > 15


def test_nothing_is_left_open() -> None:
    for path in MODULES:
        assert not re.search(r"#\s*(TODO|FIXME|XXX|HACK)|NotImplementedError", path.read_text("utf-8")), path


def test_nothing_is_patched() -> None:
    spoken = "|".join(["mock" + r"\.patch", "monkeypatch" + r"\.setattr", "Magic" + "Mock"])
    for path in TESTS:
        assert not re.search(spoken, path.read_text("utf-8")), path


def contracts() -> list[dict[str, str]]:
    parsed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: list[dict[str, str]] = parsed["tool"]["importlinter"]["contracts"]
    return found


def test_every_contract_has_a_violation_to_catch() -> None:
    assert {contract["id"] for contract in contracts()} == set(VIOLATIONS)


def linted(folder: Path) -> str:
    """What import-linter says of the tree; it must not be content with it."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    environ = {**os.environ, "COLUMNS": "200"}
    said = subprocess.run([*command, "--no-cache"], cwd=folder, capture_output=True, text=True, env=environ)
    assert said.returncode == 1, said.stdout + said.stderr
    return said.stdout


def test_every_contract_bites(tmp_path: Path) -> None:
    copied(tmp_path)
    for contract, (room, line) in VIOLATIONS.items():
        name = f"planted_{contract.replace('-', '_')}.py"
        (tmp_path / room / name).write_text(f'"""Planted."""\n\n{line}\n')
    said = linted(tmp_path)
    broken = said[said.index("Broken contracts") :]
    names = {c["id"]: c["name"] for c in contracts()}
    places = sorted((broken.index(f"\n{name}\n"), contract) for contract, name in names.items())
    for (start, contract), (end, _) in zip(places, [*places[1:], (len(broken), "")], strict=True):
        assert f"planted_{contract.replace('-', '_')}" in broken[start:end], contract


def test_a_module_without_a_place_fails(tmp_path: Path) -> None:
    copied(tmp_path)
    (tmp_path / "bot" / "drawer.py").write_text('"""A junk drawer."""\n')
    assert "drawer" in linted(tmp_path)


def copied(folder: Path) -> None:
    for name in ("bot", "executors"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
