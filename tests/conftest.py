"""Every test has a home of its own, a fixed git identity, and nothing of the developer's set-up."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from loop.adapters.git import GitHistory
from loop.adapters.keys import VARIABLES
from loop.adapters.lock import file_lock
from loop.adapters.training.programs import surroundings
from loop.model import Entry, FileChange
from tests.rules.sources import ROOT

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # two test processes share the cores
os.environ.setdefault("OMP_NUM_THREADS", "1")
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")  # a busy computer is no failed law

GIT_CONFIG = """\
[user]
\tname = Ann Lee
\temail = ann@example.org
[init]
\tdefaultBranch = main
[advice]
\tdetachedHead = false
"""


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("home")
    home.joinpath(".gitconfig").write_text(GIT_CONFIG, encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith(("GIT_", "XDG_"))]:
            environment.delenv(name)
        bases = ("ANTHROPIC_BASE_URL", "OPENAI_BASE_URL", "OPENAI_API_BASE")
        for name in ("VISUAL", "EDITOR", "EMAIL", *bases, *VARIABLES.values()):
            environment.delenv(name, raising=False)
        environment.setenv("HOME", str(home))
        environment.setenv("GIT_CONFIG_NOSYSTEM", "1")
        yield home


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what is made once, however many processes test side by side."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


UNPACK = """
import sys
from loop.adapters.models.catalogue import find_embedded
from loop.model.training import Job, Recipe
from loop.train.bases import folder_of
folder_of(Job(name="", folder="", base=str(find_embedded()), bases=sys.argv[1], recipe=Recipe(method="sft")))
"""


@pytest.fixture(scope="session")
def bases(whole_run: Path) -> Path:
    """The folder that redraft keeps for unpacked bases, with the embedded one in it."""
    folder = whole_run / "shared" / "redraft" / "bases"
    with file_lock(whole_run / "bases.lock", wait_seconds=600):
        if not any(folder.glob("*-*/config.json")):
            subprocess.run(
                [sys.executable, "-P", "-c", UNPACK, str(folder)],
                env={**surroundings(), "PYTHONPATH": str(ROOT)},
                check=True,
            )
    return folder


class GitProject:
    """A folder with a git repository, as a writer and their own git see it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.history = GitHistory(root)

    def git(self, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=self.root, capture_output=True, check=True)
        return done.stdout.decode("utf-8", "surrogateescape")

    def write(self, path: str, text: str) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())

    def read(self, path: str) -> str:
        return self.root.joinpath(path).read_bytes().decode()

    def commit(
        self, path: str, after: str | None, *, expect: str | None = None, subject: str = "a change"
    ) -> str:
        """Commit one file through the adapter, from what is on disk."""
        before = self.read(path) if self.root.joinpath(path).exists() else None
        return self.history.commit(
            [FileChange(path=path, before=before, after=after)],
            Entry(verb="decide", subject=subject),
            expect=self.history.head() if expect is None else expect,
        )

    def clean(self) -> bool:
        """True when the writer's git sees nothing to commit."""
        return self.git("status", "--porcelain") == ""


@pytest.fixture
def empty_project(tmp_path: Path) -> GitProject:
    """A repository without commits."""
    project = GitProject(tmp_path / "project")
    project.root.mkdir()
    project.git("init", "--quiet")
    return project


@pytest.fixture
def git_project(empty_project: GitProject) -> GitProject:
    """A repository with a style guide, a prompt and notes of the writer's own."""
    for path, text in {
        "CLAUDE.md": "# How I write\n",
        "prompts/draft.md": "Write it.\n",
        "notes.txt": "mine\n",
    }.items():
        empty_project.write(path, text)
    empty_project.git("add", "-A")
    empty_project.git("commit", "--quiet", "-m", "start")
    return empty_project
