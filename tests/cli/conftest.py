"""A person at a command line: types, and reads what comes back."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from loop.cli import main
from tests.cli.served import DRAFT, KEY, SETTINGS
from tests.loopback import Loopback, serving


class Answer(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Redraft = Callable[..., Answer]


@pytest.fixture
def redraft(capfd: pytest.CaptureFixture[str]) -> Redraft:
    """Type a command in this process."""

    def type_(*argv: object) -> Answer:
        capfd.readouterr()
        try:
            main([str(word) for word in argv])
            code = 0
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        out, err = capfd.readouterr()
        return Answer(code, out, err)

    return type_


SMALL = """\
[pipeline]
name = "notes"
type = "note"
told = "unenforced"

[[steps]]
kind = "prompt"
name = "draft"
max_tokens = 40

[[steps]]
kind = "checks"

[gate]
samples = 1
held_out = 1
"""


@pytest.fixture
def project(tmp_path: Path, redraft: Redraft) -> Path:
    """A small project whose one prompt is quickly answered by the embedded model."""
    root = tmp_path / "notes"
    files = {
        "CLAUDE.md": "# How I write\n\nPlain words.\n\n## Rules for note\n\n- Be brief. <!-- r1 -->\n",
        "redraft.toml": SMALL,
        "prompts/draft.md": "{{guidance}}\n\nWrite two sentences about this: {{brief}}\n",
        "checks.toml": "",
        "briefs/tea.md": "Why tea tastes better outdoors.\n",
        "briefs/rain.md": "The sound of rain on a tent.\n",
        "briefs/bread.md": "---\nsplit: held_out\n---\nThe smell of fresh bread.\n",
    }
    return repository(root, files)


def repository(root: Path, files: Mapping[str, str]) -> Path:
    """A folder with these files in a git repository of its own."""
    for path, text in files.items():
        root.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
        root.joinpath(path).write_text(text, encoding="utf-8", newline="")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "start")
    return root


def git(root: Path, *argv: str) -> str:
    """Ask the real git."""
    done = subprocess.run(["git", *argv], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout


def written(root: Path, brief: str, text: str) -> None:
    """A draft as `run` leaves it, without asking a model."""
    from loop.model import Draft
    from loop.store import DraftFile

    folder = root / "drafts"
    folder.mkdir(exist_ok=True)
    file = DraftFile(draft=Draft(brief=brief, text=text, version="0" * 12, model="test"))
    folder.joinpath(f"{brief}.json").write_text(file.model_dump_json(), encoding="utf-8")
    folder.joinpath(f"{brief}.md").write_text(text, encoding="utf-8")


@pytest.fixture
def anthropic(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Anthropic on this computer."""
    with serving(always=DRAFT, key=KEY) as server:
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.address)
        yield server


@pytest.fixture
def claude(project: Path, anthropic: Loopback) -> Loopback:
    """Anthropic on this computer; the small project is written by Claude."""
    project.joinpath("redraft.toml").write_text(SETTINGS, encoding="utf-8")
    git(project, "commit", "-qam", "Claude writes")
    return anthropic
