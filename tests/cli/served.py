"""A small project that Claude writes, with a server on this computer in its place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import loop
from tests.loopback import Loopback
from tests.wire import Item, Says

if TYPE_CHECKING:
    from tests.cli.conftest import Redraft

KEY = "sk-ant-test-0123456789"
DRAFT = Says(pieces=("We ", "utilize ", "a ", "kettle ", "outdoors."), cache_read=80, cache_written=10)
SETTINGS = """\
[pipeline]
name = "notes"
type = "note"

[[steps]]
kind = "prompt"
name = "draft"

[[steps]]
kind = "checks"
refine = false

[model]
name = "claude-sonnet-5-5"

[learn]
candidates = 1
rounds = 0

[gate]
samples = 1
held_out = 1
"""


def says(*operations: dict[str, Any]) -> Says:
    text = json.dumps({"operations": operations})
    return Says(pieces=tuple(text[start : start + 40] for start in range(0, len(text), 40)))


def play(server: Loopback, *items: Item) -> None:
    """The next answers, in order; then it says the draft again."""
    server._script.extend(items)


def play_texts(server: Loopback, *texts: str) -> None:
    """The next answers, each in one piece."""
    play(server, *(Says(pieces=(text,)) for text in texts))


def begun(root: Path, *words: str) -> subprocess.Popen[str]:
    """A command typed in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "loop", "-C", str(root), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(loop.__file__).parents[1])},
    )


def asked(server: Loopback, questions: int) -> None:
    """Come back when so many questions have arrived."""
    until = time.monotonic() + 60
    while len(server.requests) < questions:
        assert time.monotonic() < until
        time.sleep(0.02)


def heard(running: subprocess.Popen[str], piece: str) -> str:
    """Come back when a command that tells its events as JSON has heard this piece of a text; what it told."""
    assert running.stderr is not None
    told = ""
    while not told.endswith("\n") or json.loads(told.splitlines()[-1]).get("text") != piece:
        line = running.stderr.readline()
        assert line, f"{piece!r} did not come: {told}"
        told += line
    return told


def corrected(project: Path, redraft: Redraft, *briefs: str) -> None:
    for brief in briefs:
        assert redraft("-C", project, "run", brief).code == 0
        final = project / f"{brief}.txt"
        final.write_text("We use a kettle outdoors.", encoding="utf-8")
        assert redraft("-C", project, "correct", brief, "--file", final).code == 0
        final.unlink()


PLAIN = {
    "action": "add",
    "target": "rule",
    "text": "Use the short everyday word.",
    "scope": "note",
    "check": {"kind": "replace", "find": "utilize", "text": "use"},
    "hypothesis": "The writer put a short word in the place of a long one.",
}
