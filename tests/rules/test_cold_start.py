"""What a command does not use, it does not load."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from loop.cli import main

HEAVY = {"torch", "transformers", "peft", "litellm", "anthropic", "xllamacpp", "textual", "rich"}
HEAVY |= {"claude_agent_sdk", "genai_prices", "keyring", "httpx", "httpx2", "openai"}
PROGRAM = """
import json, sys
from loop.cli import main
try:
    main(sys.argv[1:])
except SystemExit as exit_:
    code = exit_.code
else:
    code = 0
roots = sorted({name.partition(".")[0] for name in sys.modules})
print(json.dumps([code or 0, roots, sorted(sys.modules)]), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as `redraft new` makes it."""
    home = tmp_path_factory.mktemp("home")
    home.joinpath(".gitconfig").write_text(
        "[user]\n\tname = Ann Lee\n\temail = ann@example.org\n", encoding="utf-8"
    )
    root = tmp_path_factory.mktemp("project") / "blog"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HOME", str(home))
        with pytest.raises(SystemExit) as ended:
            main(["new", str(root), "--template", "blog"])
    assert not ended.value.code
    return root


def loaded(folder: Path, *words: str) -> tuple[set[str], set[str]]:
    """The packages and modules that a command has loaded when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], cwd=folder, capture_output=True, text=True, check=False
    )
    code, packages, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == 0, done.stderr
    assert done.stdout
    return set(packages), set(modules)


@pytest.mark.parametrize("words", [("--help",), ("status",), ("log",), ("status", "--json")])
def test_everyday_commands_load_nothing_heavy(project: Path, words: tuple[str, ...]) -> None:
    packages, _ = loaded(project, *words)
    assert packages & HEAVY == set()


@pytest.mark.parametrize("words", [("--help",), ("--version",)])
def test_help_loads_neither_git_nor_records_nor_verbs(tmp_path: Path, words: tuple[str, ...]) -> None:
    packages, modules = loaded(tmp_path, *words)
    assert packages & {"git", "pydantic", "asyncio", "rapidfuzz", "regex", "tomlkit", "unidiff"} == set()
    assert {name for name in modules if name.startswith("loop.verbs.")} == set()


def test_the_first_place_is_on_the_screen_before_anything_heavy_is_loaded() -> None:
    program = "import sys, tui.app, tui.places.write; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    names = set(done.stdout.split())
    assert "textual.app" in names
    assert (
        names & {"pydantic", "loop.events", "loop.model", "loop.wiring", "watchfiles", "rapidfuzz"} == set()
    )
