"""`kill -9` before any change that a verb makes on disk: the next call finds a project that works.

The child counts what it is about to change (files opened for writing, renames, programs started) and
ends itself at one of them. By default a few points of every verb are tried; REDRAFT_POINTS=1 tries all.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import loop
from loop.store import as_file, draft_text, read_draft_file
from loop.wiring import World
from tests.cli.conftest import Redraft, git, repository

POINTS = int(os.environ.get("REDRAFT_POINTS", "9"))
"""Every so many-th point is tried, beginning with another one for each verb."""
CHILD = """
import os, signal, sys

left = int(sys.argv.pop(1))
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate", "subprocess.Popen"}

def count(event, args):
    global left
    if event == "open":
        path, _, flags = args
        if not isinstance(flags, int) or not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
        if "__pycache__" in str(path) or str(path).startswith("/dev/"):
            return
    elif event not in CHANGES:
        return
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
from loop.cli import main
main(sys.argv[1:])
"""
SETTINGS = """\
[pipeline]
name = "notes"
type = "note"

[[steps]]
kind = "command"
name = "copy"
argv = ["cat"]

[[steps]]
kind = "checks"

[gate]
samples = 1
"""
VERBS = {
    "run": ("run", "tea", "rain"),
    "correct": ("correct", "rain", "--file", "../final.md"),
    "critique": ("critique", "rain", "Never say 'tent'."),
    "pick": ("pick", "milk", "2"),
    "withdraw": ("withdraw", "tea"),
    "import": ("import", "../final.md", "../after.md"),
    "learn": ("learn", "--accept"),
    "decide": ("decide", "2", "--force"),
    "reject": ("decide", "2", "--reject"),
    "measure": ("measure",),
    "undo": ("undo",),
    "redo": ("redo",),
    "rollback": ("rollback", "FIRST"),
    "recall": ("recall", "r2"),
}
FINALLY = {
    "run": {"drafts/tea.md": "Tea is fine"},
    "correct": {"finals/rain.md": "in the night"},
    "critique": {"critiques/rain.md": "Never say 'tent'."},
    "pick": {"drafts/milk.md": "Milk is white."},
    "decide": {"CLAUDE.md": "very"},
    "undo": {"CLAUDE.md": "Be brief."},
    "redo": {"CLAUDE.md": "magical"},
}
"""What must stand in a file once the verb has been typed again."""
KEPT = ("CLAUDE.md", "checks.toml", "prompts", "examples", "finals", "critiques", "pairs", "measures")


@pytest.fixture
def ready(tmp_path: Path, redraft: Redraft) -> Path:
    """A project in which every verb has something to do."""
    root = tmp_path / "ready" / "notes"
    files = {
        "CLAUDE.md": "# How I write\n\n## Rules for note\n\n- Be brief. <!-- r1 -->\n",
        "redraft.toml": SETTINGS,
        "checks.toml": "",
        "briefs/tea.md": "Tea is magical outdoors. It is very good.\n",
        "briefs/rain.md": "The sound of rain on a magical tent.\n",
        "briefs/milk.md": "Milk is white.\n",
        "briefs/bread.md": "---\nsplit: held_out\n---\nThe magical smell of fresh bread.\n",
    }
    repository(root, files)
    root.with_name("final.md").write_text("The sound of rain on a tent, in the night.\n", encoding="utf-8")
    root.with_name("after.md").write_text("The sound of rain on a roof.\n", encoding="utf-8")
    for words in (
        ("trust",),
        ("run", "tea", "rain"),
        ("run", "milk", "--takes", "3"),
        ("critique", "tea", "Never say 'magical'."),
        ("learn",),
        ("decide", "1", "--force"),
        ("undo",),
        ("redo",),
        ("correct", "tea", "--file", "../final.md"),
        ("critique", "tea", "Leave out 'very'."),
    ):
        done = redraft("-C", root, *in_place(root, words))
        assert done.code == 0, done.err
    return root


def in_place(root: Path, words: Sequence[str]) -> list[str]:
    """The words of a command with the paths of the files beside the project."""
    return [str(root.parent / word[3:]) if word.startswith("../") else word for word in words]


def ended_at(point: int, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-c", CHILD, str(point), "-C", str(root), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(loop.__file__).parents[1],
        env={**os.environ, "PYTHONPATH": str(Path(loop.__file__).parents[1])},
    )


def torn(root: Path) -> None:
    """Every draft can be kept: its text is the one of its record, or was the writing cut short."""
    for record in root.glob("drafts/*.json"):
        brief = record.stem
        project = World().open(str(root))
        assert draft_text(project, brief) == as_file(read_draft_file(project, brief).draft.text), brief


@pytest.mark.slow
@pytest.mark.parametrize("verb", VERBS)
def test_the_next_call_works_wherever_a_verb_was_ended(
    verb: str, ready: Path, tmp_path: Path, redraft: Redraft
) -> None:
    if verb == "run":  # the new draft differs from the old one
        ready.joinpath("briefs/tea.md").write_text("Tea is fine, and magical.\n", encoding="utf-8")
    for before in {"redo": ["undo"], "decide": ["learn"], "reject": ["learn"]}.get(verb, []):
        assert redraft("-C", ready, before).code == 0
    first = git(ready, "rev-list", "--max-parents=0", "HEAD").strip()
    entries = len(git(ready, "rev-list", "HEAD").split())
    point = list(VERBS).index(verb) % POINTS + 1
    reached = 0
    while True:
        place = tmp_path / str(point)
        shutil.copytree(ready.parent, place)
        root = place / ready.name
        assert redraft("-C", root, "trust").code == 0
        words = [first if word == "FIRST" else word for word in in_place(root, VERBS[verb])]
        done = ended_at(point, root, *words)
        if done.returncode != -signal.SIGKILL:
            assert done.returncode == 0, done.stderr
            break
        reached += 1
        where = f"{verb}, ended at {point}"
        briefs = {path: root.joinpath(path).read_bytes() for path in ("briefs/tea.md", "briefs/rain.md")}
        assert redraft("-C", root, "status").code == 0, where
        torn(root)
        answer = redraft("-C", root, "critique", "milk", "Warmer.")
        assert answer.code == 0, f"{where}: {answer.err}"
        again = redraft("-C", root, *words)
        assert again.code in {0, 2}, f"{where}: {again.err}"
        assert git(root, "fsck", "--no-progress", "--no-dangling") == "", where
        assert git(root, "status", "--porcelain", "--", *KEPT) == "", where
        subjects = git(root, "log", "--format=%s").split("\n")
        assert not [subject for subject in subjects if subject.startswith("edit:")], where
        made = len(git(root, "rev-list", "HEAD").split()) - entries
        assert made <= 3, f"{where}: {subjects}"
        assert {path: root.joinpath(path).read_bytes() for path in briefs} == briefs, where
        for path, text in FINALLY.get(verb, {}).items():
            assert text in root.joinpath(path).read_text(encoding="utf-8"), where
        shutil.rmtree(place)
        point += POINTS
    assert reached, "no point of the verb was reached"
