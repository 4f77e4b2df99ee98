"""The import directions are checked, and the check bites."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.rules.sources import PACKAGES, ROOT

LINT = [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports_command as lint; lint()"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages and their contracts, to be spoiled."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> tuple[int, list[str]]:
    """The exit code and the names of the broken contracts."""
    done = subprocess.run(
        [*LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    broken = [line.partition(" BROKEN")[0] for line in done.stdout.splitlines() if " BROKEN" in line]
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    return done.returncode, broken


def plant(folder: Path, module: str, line: str) -> None:
    path = folder / module
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")


def test_the_code_keeps_every_contract(copy: Path) -> None:
    assert lint(copy) == (0, [])


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("loop/mine/__init__.py", "import loop.demo", "The miner cannot see the scripted editor's habits"),
        ("loop/verbs/learn.py", "import loop.demo", "Only the demo knows the scripted editor"),
        ("loop/errors.py", "import loop.verbs", "Imports point down"),
        ("pipelines/runner.py", "import feedback.evidence", "Imports point down"),
        ("feedback/evidence.py", "import pipelines.runner", "Imports point down"),
        ("loop/gate/__init__.py", "import loop.mine", "The learning step's parts do not know each other"),
        (
            "loop/verbs/parts/fields.py",
            "import loop.verbs.learning.trial",
            "What verbs share does not know what they are made of",
        ),
        ("loop/verbs/status.py", "import click", "Only front ends draw on a terminal"),
        ("loop/gate/verdict.py", "import subprocess", "Thinking touches no network, process or model"),
        ("pipelines/runner.py", "import loop.adapters.git", "Thinking touches no network, process or model"),
        ("loop/verbs/status.py", "from git import Repo", "Only the history adapter uses GitPython"),
        (
            "loop/wiring.py",
            "import xllamacpp",
            "Only embedded models, the doctor and conversion load the engine",
        ),
    ],
)
def test_a_forbidden_import_breaks_its_contract(copy: Path, module: str, line: str, contract: str) -> None:
    plant(copy, module, line)
    code, broken = lint(copy)
    assert code == 1
    assert contract in broken


def test_every_part_of_the_loop_has_its_layer() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(contract for contract in contracts["contracts"] if contract["id"] == "layers")["layers"]
    placed = {name.strip(" ()") for layer in layers for name in layer.replace(":", "|").split("|")}
    parts = {
        f"loop.{path.stem}"
        for path in ROOT.joinpath("loop").iterdir()
        if (path.suffix == ".py" and not path.stem.startswith("_")) or path.joinpath("__init__.py").exists()
    }
    assert parts - placed == set()
