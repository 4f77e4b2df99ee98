"""The files of this repository, for the tests of its rules."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("loop", "pipelines", "feedback", "tui")
FOLDERS = (*PACKAGES, "tests", "benchmarks")


def python_files(*folders: str) -> list[Path]:
    """Every Python file under the folders."""
    return sorted(path for folder in folders for path in ROOT.joinpath(folder).rglob("*.py"))


def named(path: Path) -> str:
    """A path as a person would write it."""
    return path.relative_to(ROOT).as_posix()
