"""What is published holds the four packages with their data, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile

import pytest

from tests.rules.sources import PACKAGES, ROOT

BUILT_FROM = (*PACKAGES, "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Names in a wheel that was built from a copy."""
    copy = tmp_path_factory.mktemp("source")
    for name in BUILT_FROM:
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(place, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(place, copy)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(copy / "dist")],
        cwd=copy,
        check=True,
        capture_output=True,
    )
    (built,) = copy.joinpath("dist").glob("redraft-*.whl")
    with zipfile.ZipFile(built) as package:
        return package.namelist()


@pytest.mark.slow
def test_only_the_four_packages_are_inside(wheel: list[str]) -> None:
    tops = {name.partition("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


@pytest.mark.slow
def test_every_source_file_template_and_prompt_is_inside(wheel: list[str]) -> None:
    kept = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in ROOT.joinpath(package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert kept - set(wheel) == set()
    assert any(name.startswith("pipelines/library/blog/briefs/") for name in wheel)
    assert "loop/revise/question.md" in wheel


@pytest.mark.slow
def test_the_licence_travels_along(wheel: list[str]) -> None:
    assert any(name.endswith("/licenses/LICENSE") for name in wheel)
